package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/taolight/taolight/core/chain"
)

// announce says that a node is ready and where.
func (a *app) announce(r nodeResult) error {
	return a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "dashboard\t%s\n", r.URL)
		fmt.Fprintf(w, "relay\t%s\n", r.Relay)
		for _, addr := range r.Announced {
			fmt.Fprintf(w, "announced\t%s\tlist it with taolight relay register\n", addr)
		}
		fmt.Fprintf(w, "chain\t%s at block %d\n", r.ChainID, r.Height)
		if r.Trust != "" {
			fmt.Fprintf(w, "trust\t%s\n", r.Trust)
		}
		fmt.Fprintf(w, "\t\ntry\t%s\nstop\tctrl-c\n", a.invitation(r))
	})
}

// invitation is a command line that works against a node just started.
func (a *app) invitation(r nodeResult) string {
	line := "taolight status"
	if strings.HasPrefix(r.ChainID, "devnet-") {
		line = "taolight query account //Alice"
	}
	if relay := trimSlash(r.URL); relay != defaultRelay {
		line += " --relay " + relay
	}
	if a.home != defaultHome() {
		line += " --home " + a.home
	}
	return line
}

// nodeKeyResult is what others have to know of a node.
type nodeKeyResult struct {
	PubKey string `json:"pubkey"` // for the genesis's list of producers
	PeerID string `json:"peer_id"`
	Relay  string `json:"relay"` // peer id of its relay
}

func (a *app) printNodeKey(p chain.Producer, id, relay string) error {
	r := nodeKeyResult{PubKey: hex.EncodeToString(p.PubKey[:]), PeerID: id, Relay: relay}
	return a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "pubkey\t%s\tfor \"producers\" in the genesis spec\n", r.PubKey)
		fmt.Fprintf(w, "peer id\t%s\tfor --peer %s@HOST:PORT of other producers\n", r.PeerID, r.PeerID)
		fmt.Fprintf(w, "relay\t%s\tits peer id, for light nodes\n", r.Relay)
	})
}

func trimSlash(url string) string { return strings.TrimRight(url, "/") }
