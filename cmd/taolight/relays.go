package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/relays"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/relay"
)

const nodeUsage = "the node's folder (default: node under --home)"

// relayCalls are about the list of relays on chain.
func relayCalls() []callSpec {
	return []callSpec{
		{
			path: "relay register", call: "register_relay", shape: shapeRelay, fill: proveRelay, figures: relayDeposit,
			extra: []extraFlag{{"node", "DIR", nodeUsage}},
			long: `On the node's computer, whose key signs that the wallet may list it: the address is what the node announces (its --announce),
unless --addr says otherwise. Where the wallet is elsewhere, "relay prove" on the node's computer makes the proof, and
--addr, --until and --proof take it here. The listing ends after some weeks; the same command renews it.`,
			example: `  taolight relay register --from savings --relay http://127.0.0.1:8080 --name "my relay"
  taolight relay register --from savings --addr /dns/relay.tao.net/tcp/443/wss
  taolight relay register --from savings --addr /dns/…/p2p/12D3Koo… --until 7312 --proof 5f0c…`,
		},
		{
			path: "relay unregister", call: "unregister_relay", args: "peer", shape: shapePeer,
			extra:   []extraFlag{{"node", "DIR", nodeUsage}},
			long:    "PEER is the relay's peer id, by default that of the node on this computer. The deposit is free again at once.",
			example: "  taolight relay unregister --from savings\n  taolight relay unregister --from savings 12D3KooWGBKfzYRxtjMnYYVMBFkPzKcBdkRjLJUHKvCaXQpvNHKm",
		},
	}
}

// nodeKey is the key that names the relay of a node's folder.
func (a *app) nodeKey(dir string) (*sign.Key, error) {
	if dir == "" {
		dir = filepath.Join(a.home, "node")
	}
	key, err := relay.Identity(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hint(fmt.Errorf("no node has run in %s", dir), "name its folder with --node DIR; where it is on another computer, see taolight relay prove --help")
	}
	return key, err
}

// relayAddr checks an address, to which the peer id is added where it is missing.
func relayAddr(text string, peer *multiaddr.PeerID) (string, error) {
	if peer != nil && !strings.Contains(text, "/p2p/") {
		text += "/p2p/" + peer.String()
	}
	at, err := multiaddr.Parse(text)
	if err == nil && peer != nil && at.Peer != *peer {
		err = fmt.Errorf("the node in this folder is another relay, %s", peer)
	}
	if err != nil {
		return "", fmt.Errorf("--addr: %w", err)
	}
	return text, nil
}

// shapeRelay takes a proof that was made elsewhere, or finds the key that makes one.
func shapeRelay(in *callInput) (err error) {
	dir, _ := in.take("node")
	if _, named := in.texts["name"]; !named {
		in.texts["name"] = ""
	}
	_, proven := in.texts["proof"]
	var peer *multiaddr.PeerID
	if !proven {
		if in.relay, err = in.app.nodeKey(dir); err != nil {
			return err
		}
		id := multiaddr.PeerID(in.relay.Account())
		peer = &id
		in.texts["proof"] = strings.Repeat("00", 64) // until the chain is known
	}
	for _, field := range []string{"addr", "until"} {
		_, given := in.texts[field]
		switch {
		case given && field == "addr":
			if in.texts[field], err = relayAddr(in.texts[field], peer); err != nil {
				return err
			}
		case !given && proven:
			return &missing{field}
		case !given:
			in.texts[field] = map[string]string{"until": "0"}[field]
		}
	}
	return nil
}

// proveRelay signs with the node's key, unless the proof was given.
func proveRelay(_ context.Context, s *session, in *callInput) (err error) {
	if in.relay == nil {
		return nil
	}
	addr := in.texts["addr"]
	if addr == "" {
		if addr, err = s.announced(multiaddr.PeerID(in.relay.Account())); err != nil {
			return err
		}
	}
	until, err := strconv.ParseUint(in.texts["until"], 10, 64)
	if err != nil {
		return fmt.Errorf("--until %.40q: want the height of a block", in.texts["until"])
	}
	if until == 0 {
		until = s.head.Block.Height() + validFor
	}
	proof, err := in.relay.Sign(relays.ProofPayload(s.chain, in.signer, addr, until))
	in.texts["addr"], in.texts["until"], in.texts["proof"] = addr, strconv.FormatUint(until, 10), hex.EncodeToString(proof[:])
	return err
}

// announced returns the address under which a relay of the session says that visitors reach it.
func (s *session) announced(peer multiaddr.PeerID) (string, error) {
	var private string
	for _, l := range s.links {
		known := []string{l.addr}
		if l.boot != nil {
			known = append(known, l.boot.Relays...)
		}
		for _, text := range known {
			switch at, err := multiaddr.Parse(text); {
			case err != nil || at.Peer != peer:
			case at.Public():
				return text, nil
			default:
				private = text
			}
		}
	}
	if private != "" {
		return "", hint(fmt.Errorf("the node announces only %s, where others don't reach it", private), "start it with --announce, or name its address with --addr")
	}
	return "", hint(fmt.Errorf("none of the relays asked is the node, %s", peer), "name it with --relay, or its address with --addr")
}

// shapePeer takes the node of this computer where no peer id is given.
func shapePeer(in *callInput) error {
	dir, _ := in.take("node")
	if _, given := in.texts["peer"]; given {
		return nil
	}
	key, err := in.app.nodeKey(dir)
	if err != nil {
		return err
	}
	in.texts["peer"] = multiaddr.PeerID(key.Account()).String()
	return nil
}

// relayDeposit says what is reserved beyond what is for this relay already.
func relayDeposit(ctx context.Context, s *session, args any) (f figures, err error) {
	at, err := multiaddr.Parse(args.(relays.Register).Addr)
	if err != nil {
		return f, err
	}
	p, err := askParams(ctx, s)
	if err != nil {
		return f, err
	}
	now, err := ask[view.Relays](ctx, s, chain.RelaysQuery, chain.RelaysArgs{From: at.Peer})
	if err != nil {
		return f, err
	}
	had := tao.Amount(0)
	if page := now.Value().Relays; len(page) > 0 && page[0].Peer == at.Peer {
		had = page[0].Deposit
		f.add("listed", fmt.Sprintf("since block %d, until block %d, at %s", page[0].Since, page[0].Expires, page[0].Addr))
	}
	f.cost = p.RelayDeposit - min(had, p.RelayDeposit)
	f.add("deposit", amount(p.RelayDeposit)+" while it is listed")
	f.add("listing", fmt.Sprintf("for %d blocks", p.RelayPeriod))
	return f, nil
}

// relayProof is what "relay register" takes on another computer.
type relayProof struct {
	Addr    string       `json:"addr"`
	Owner   keys.Account `json:"owner"`
	Until   uint64       `json:"until"`
	Proof   string       `json:"proof"`
	ChainID string       `json:"chain_id"`
}

func (r *relayProof) human(w io.Writer) {
	fmt.Fprintf(w, "owner\t%s\nchain\t%s\n\t\nregister\ttaolight relay register --from WALLET --addr %s --until %d --proof %s\n", r.Owner, r.ChainID, r.Addr, r.Until, r.Proof)
}

// relayProveCommand makes the proof for a wallet that is on another computer.
func (a *app) relayProveCommand() *cobra.Command {
	var n network
	var owner, addr, node string
	var blocks uint64
	c := &cobra.Command{
		Use: "prove --owner ADDRESS", Short: "Sign with the node's key that a wallet may list it", Args: arguments(),
		Long: `For operators who keep their wallet away from the node's computer: what this prints is given to "relay register" where the
wallet is. The proof is good for that wallet, that address and so many blocks.`,
		Example: "  taolight relay prove --owner 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if owner == "" {
				return usage(cmd, "--owner is missing: name the address of the wallet that lists the relay")
			}
			account, err := a.address(owner)
			if err != nil {
				return fmt.Errorf("--owner: %w", err)
			}
			in := &callInput{app: a, signer: account, texts: map[string]string{"node": node}}
			if addr != "" {
				in.texts["addr"] = addr
			}
			if err := shapeRelay(in); err != nil {
				return err
			}
			return a.asking(cmd.Context(), &n, func(ctx context.Context, s *session) (any, func(io.Writer), error) {
				in.texts["until"] = strconv.FormatUint(s.head.Block.Height()+blocks, 10)
				if err := proveRelay(ctx, s, in); err != nil {
					return nil, nil, err
				}
				r := &relayProof{Addr: in.texts["addr"], Owner: account, Until: s.head.Block.Height() + blocks, Proof: in.texts["proof"], ChainID: s.chain}
				return r, r.human, nil
			})
		},
	}
	n.flags(c.Flags())
	f := c.Flags()
	f.StringVar(&owner, "owner", "", "`ADDRESS` of the wallet that lists the relay")
	f.StringVar(&addr, "addr", "", "`MULTIADDR` under which visitors reach the relay (default: what the node announces)")
	f.StringVar(&node, "node", "", "`DIR`: "+nodeUsage)
	f.Uint64Var(&blocks, "blocks", 7_200, "`N` blocks for which the proof is good")
	return c
}

func printRelays(w io.Writer, v *view.Relays) {
	fmt.Fprintf(w, "NAME\tADDRESS\tOWNER\tSINCE\tUNTIL\n")
	for _, r := range v.Relays {
		name := r.Name
		if name == "" {
			name = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\n", oneLine(name), oneLine(r.Addr), brief(r.Owner), r.Since, r.Expires)
	}
	if len(v.Relays) == 0 {
		fmt.Fprintln(w, "no relay is listed")
	}
}
