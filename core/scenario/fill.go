package scenario

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/registration/work"
	"github.com/taolight/taolight/core/relays"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/weights"
)

// maxSearch is how many nonces are tried for a proof of work; that takes minutes.
const maxSearch = 1 << 28

// searchChunk is how many are tried between two looks at whether the run is to end.
const searchChunk = 1 << 16

// filled are the arguments that [machine.fill] knows where they are left out, by call.
var filled = map[string][]string{
	"register":            {"hotkey", "block", "nonce", "work"},
	"associate_hotkey":    {"scheme", "signature"},
	"swap_hotkey":         {"scheme", "signature"},
	"set_subnet_identity": {"name", "url", "contact", "description"},
	"register_relay":      {"until", "proof"},
}

// fill puts in what nobody writes by hand: proof of work, the hash of a commit, a hotkey's or a relay's signature. Arguments
// of another form than these calls have are left as they are, for the reader of arguments to refuse.
func (m *machine) fill(name string, args object, signer keys.Account) error {
	switch hash := bytes.TrimSpace(args["hash"]); {
	case name == "register" && (args.text("nonce") == "search" || args["nonce"] == nil && args["work"] == nil):
		return m.search(args, signer)
	case name == "commit_weights" && bytes.HasPrefix(hash, []byte("{")):
		return seal(args, signer)
	case name == "associate_hotkey" && args["signature"] == nil:
		return m.consent(args, "hotkey", signer)
	case name == "swap_hotkey" && args["signature"] == nil:
		return m.consent(args, "new", signer)
	case name == "set_subnet_identity":
		return m.identify(args)
	case name == "register_relay" && args["proof"] == nil:
		return m.prove(args, signer)
	case name == "unregister_relay" && strings.HasPrefix(args.text("peer"), "//"):
		k, err := relayKey("peer", args.text("peer"))
		if err != nil {
			return err
		}
		return args.put("peer", multiaddr.PeerID(k.Account()))
	}
	return nil
}

// wrong is an error about one argument.
func wrong(name, format string, args ...any) error {
	return &forms.Error{Path: name, Reason: fmt.Sprintf(format, args...)}
}

// netuid reads the argument.
func (o object) netuid() (uint16, error) {
	var n struct {
		Netuid uint16 `json:"netuid"`
	}
	only := object{}
	if o["netuid"] != nil {
		only["netuid"] = o["netuid"]
	}
	raw, err := json.Marshal(only)
	if err == nil {
		err = forms.Decode(&n, raw, address)
	}
	return n.Netuid, err
}

// identify leaves what isn't named of a subnet as it is.
func (m *machine) identify(args object) error {
	netuid, err := args.netuid()
	if err != nil {
		return err
	}
	s, there, err := subnet.Get(m.tree, netuid)
	if err != nil || !there {
		return err
	}
	now, err := subnet.ReadIdentity(m.tree, s.ID)
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"name": now.Name, "url": now.URL, "contact": now.Contact, "description": now.Description} {
		if args[name] == nil {
			if err := args.put(name, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// search finds the proof of work of a registration. Block and hotkey may be left out: the last block, the signer.
func (m *machine) search(args object, signer keys.Account) error {
	if args["hotkey"] == nil {
		if err := args.put("hotkey", signer); err != nil {
			return err
		}
	}
	if args["block"] == nil {
		if err := args.put("block", m.height-1); err != nil {
			return err
		}
	}
	var c registration.Register
	for name, unknown := range map[string]any{"nonce": 0, "work": hex.EncodeToString(make([]byte, 32))} {
		if err := args.put(name, unknown); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(args)
	if err == nil {
		err = forms.Decode(&c, raw, address)
	}
	if err != nil {
		return err
	}
	difficulty := uint64(1)
	s, ok, err := subnet.Get(m.tree, c.Netuid)
	if err != nil {
		return err
	}
	if ok {
		p, err := subnet.ReadParams(m.tree, s.ID)
		if err != nil {
			return err
		}
		difficulty = p.Difficulty
	}
	hash := m.hash(c.Block)
	nonce, found := uint64(0), false
	for from := uint64(0); !found; from += searchChunk {
		switch {
		case m.ctx.Err() != nil:
			return context.Cause(m.ctx)
		case from == maxSearch:
			return wrong("nonce", "none of %d does; the difficulty is %d", maxSearch, difficulty)
		}
		nonce, found = work.Search(hash, c.Hotkey, difficulty, from, searchChunk)
	}
	seal := work.Seal(hash, c.Hotkey, nonce)
	if err := args.put("work", hex.EncodeToString(seal[:])); err != nil {
		return err
	}
	return args.put("nonce", nonce)
}

// seal puts the hash of a row in place of the row.
func seal(args object, hotkey keys.Account) error {
	netuid, err := args.netuid()
	if err != nil {
		return err
	}
	var o weights.Opening
	if err := forms.Decode(&o, args["hash"], address); err != nil {
		var bad *forms.Error
		if errors.As(err, &bad) {
			return &forms.Error{Path: below("hash", bad.Path), Reason: bad.Reason}
		}
		return err
	}
	return args.put("hash", weights.Seal(hotkey, netuid, o).String())
}

// consent signs for the hotkey that gets the signer as its owner.
func (m *machine) consent(args object, field string, owner keys.Account) error {
	k, err := sign.FromURI(args.text(field))
	if err != nil {
		return wrong(field, "%v; name a development key such as //Hot, or give its signature", err)
	}
	signature, err := k.Sign(stake.AssociationPayload(m.chainID, k.Account(), owner))
	if err != nil {
		return err
	}
	if err := args.put("scheme", k.Scheme()); err != nil {
		return err
	}
	return args.put("signature", hex.EncodeToString(signature[:]))
}

// relayKey is the key of a relay with a development name.
func relayKey(field, name string) (*sign.Key, error) {
	k, err := sign.FromURIScheme(sign.Ed25519, name)
	if err != nil {
		return nil, wrong(field, "%v", err)
	}
	return k, nil
}

// prove signs for the relay whose development name stands in place of the address's peer id, that the signer may list it.
func (m *machine) prove(args object, owner keys.Account) error {
	path, name, ok := strings.Cut(args.text("addr"), "/p2p/")
	if !ok || !strings.HasPrefix(name, "//") {
		return wrong("addr", "want a development name such as //Relay behind /p2p/, or a proof")
	}
	k, err := relayKey("addr", name)
	if err != nil {
		return err
	}
	until := m.height
	if args["until"] != nil {
		if until, err = strconv.ParseUint(textOf(args["until"]), 10, 64); err != nil {
			return wrong("until", "want the height of a block")
		}
	}
	addr := path + "/p2p/" + multiaddr.PeerID(k.Account()).String()
	proof, err := k.Sign(relays.ProofPayload(m.chainID, owner, addr, until))
	if err != nil {
		return err
	}
	for name, v := range map[string]any{"addr": addr, "until": until, "proof": hex.EncodeToString(proof[:])} {
		if err := args.put(name, v); err != nil {
			return err
		}
	}
	return nil
}
