package main

import (
	"encoding/hex"
	"fmt"
	"io"

	"github.com/taolight/taolight/core/chain"
)

// announce says that a node is ready and where.
func (a *app) announce(r nodeResult) error {
	return a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "dashboard\t%s\n", r.URL)
		fmt.Fprintf(w, "relay\t%s\n", r.Relay)
		fmt.Fprintf(w, "chain\t%s at block %d\n", r.ChainID, r.Height)
		if r.Trust != "" {
			fmt.Fprintf(w, "trust\t%s\n", r.Trust)
		}
		fmt.Fprintf(w, "\t\ntry\ttaolight query account //Alice --relay %s\nstop\tctrl-c\n", trimSlash(r.URL))
	})
}

// nodeKeyResult is what others have to know of a node.
type nodeKeyResult struct {
	PubKey string `json:"pubkey"` // for the genesis's list of producers
	PeerID string `json:"peer_id"`
}

func (a *app) printNodeKey(p chain.Producer, id string) error {
	r := nodeKeyResult{PubKey: hex.EncodeToString(p.PubKey[:]), PeerID: id}
	return a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "pubkey\t%s\tfor \"producers\" in the genesis spec\n", r.PubKey)
		fmt.Fprintf(w, "peer id\t%s\tfor --peer %s@HOST:PORT of other producers\n", r.PeerID, r.PeerID)
	})
}

func trimSlash(url string) string {
	for len(url) > 0 && url[len(url)-1] == '/' {
		url = url[:len(url)-1]
	}
	return url
}
