package scenario

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
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

// object is the arguments of a call as they stand in the script.
type object map[string]json.RawMessage

// text returns an argument that is a text, "" where it isn't.
func (o object) text(name string) (s string) {
	if json.Unmarshal(o[name], &s) != nil {
		return ""
	}
	return s
}

func (o object) put(name string, v any) error {
	raw, err := json.Marshal(v)
	o[name] = raw
	return err
}

// fill puts in what nobody writes by hand: proof of work, the hash of a commit, a hotkey's or a relay's signature. Arguments
// of another form than these calls have are left as they are, for the reader of arguments to refuse.
func (m *machine) fill(c call, signer keys.Account) (json.RawMessage, error) {
	var args object
	if json.Unmarshal(c.args, &args) != nil || args == nil {
		return c.args, nil
	}
	var err error
	switch hash := bytes.TrimSpace(args["hash"]); {
	case c.name == "register" && args.text("nonce") == "search":
		err = m.search(args, c.from)
	case c.name == "commit_weights" && bytes.HasPrefix(hash, []byte("{")):
		err = seal(args, signer)
	case c.name == "associate_hotkey" && args["signature"] == nil:
		err = m.consent(args, "hotkey", signer)
	case c.name == "swap_hotkey" && args["signature"] == nil:
		err = m.consent(args, "new", signer)
	case c.name == "register_relay" && args["proof"] == nil:
		err = m.prove(args, signer)
	case c.name == "unregister_relay" && strings.HasPrefix(args.text("peer"), "//"):
		var k *sign.Key
		if k, err = relayKey(args.text("peer")); err == nil {
			err = args.put("peer", multiaddr.PeerID(k.Account()))
		}
	default:
		return c.args, nil
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(args)
}

// search finds the proof of work of a registration. Block and hotkey may be left out: the last block, the signer.
func (m *machine) search(args object, from string) error {
	if args["hotkey"] == nil {
		if err := args.put("hotkey", from); err != nil {
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
	nonce, ok := work.Search(hash, c.Hotkey, difficulty, 0, maxSearch)
	if !ok {
		return fmt.Errorf("nonce: none of %d does; the difficulty is %d", maxSearch, difficulty)
	}
	found := work.Seal(hash, c.Hotkey, nonce)
	if err := args.put("work", hex.EncodeToString(found[:])); err != nil {
		return err
	}
	return args.put("nonce", nonce)
}

// seal puts the hash of a row in place of the row.
func seal(args object, hotkey keys.Account) error {
	var netuid struct {
		Netuid uint16 `json:"netuid"`
	}
	raw, err := json.Marshal(object{"netuid": args["netuid"]})
	if err == nil {
		err = forms.Decode(&netuid, raw, address)
	}
	var o weights.Opening
	if err == nil {
		err = forms.Decode(&o, args["hash"], address)
	}
	if err != nil {
		return err
	}
	return args.put("hash", weights.Seal(hotkey, netuid.Netuid, o).String())
}

// consent signs for the hotkey that gets the signer as its owner.
func (m *machine) consent(args object, field string, owner keys.Account) error {
	k, err := sign.FromURI(args.text(field))
	if err != nil {
		return fmt.Errorf("%s: %w", field, err)
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
func relayKey(name string) (*sign.Key, error) {
	k, err := sign.FromURIScheme(sign.Ed25519, name)
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	return k, nil
}

// prove signs for the relay whose development name stands in place of the address's peer id, that the signer may list it.
func (m *machine) prove(args object, owner keys.Account) error {
	path, name, ok := strings.Cut(args.text("addr"), "/p2p/")
	if !ok || !strings.HasPrefix(name, "//") {
		return errors.New("addr: want a development name such as //Relay behind /p2p/, or a proof")
	}
	k, err := relayKey(name)
	if err != nil {
		return err
	}
	until := m.height
	if args["until"] != nil && json.Unmarshal(args["until"], &until) != nil {
		return errors.New("until: want the height of a block")
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
