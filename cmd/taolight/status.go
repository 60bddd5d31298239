package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/level"
)

// statusResult is where a chain stands, as the relays show it.
type statusResult struct {
	ChainID     string      `json:"chain_id"`
	Level       level.Level `json:"level"`
	Height      uint64      `json:"height"` // of the newest header
	Hash        string      `json:"hash"`
	AppHash     string      `json:"app_hash"` // state root after the block before
	Time        time.Time   `json:"time"`
	AgeSeconds  float64     `json:"age_seconds"`
	SignedPower int64       `json:"signed_power"`
	TotalPower  int64       `json:"total_power"`
	Producers   int         `json:"producers"`
	basis
	Relays []relayStatus `json:"relays"`
}

type relayStatus struct {
	Address string  `json:"address"`
	Latest  uint64  `json:"latest"` // newest height that it claims
	PingMS  float64 `json:"ping_ms"`
	Listed  bool    `json:"listed"`           // on chain, and connected to for --cross-check
	Agrees  *bool   `json:"agrees,omitempty"` // its newest block is on the chain of the head and not old; absent without --cross-check
}

func (a *app) statusCommand() *cobra.Command {
	var n network
	c := &cobra.Command{
		Use: "status", Short: "Where the chain stands, and who says so", Args: arguments(),
		Example: "  taolight status\n  taolight status --relay http://127.0.0.1:8080 --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.asking(cmd.Context(), &n, func(_ context.Context, s *session) (any, func(io.Writer), error) {
				r := statusOf(s)
				a.warnStale(r.Time)
				return r, r.human, nil
			})
		},
	}
	n.flags(c.Flags())
	return c
}

func statusOf(s *session) statusResult {
	b := s.head.Block
	r := statusResult{
		ChainID: s.chain, Level: s.head.Level, Height: b.Height(), Hash: hex.EncodeToString(s.head.Hash[:]),
		AppHash: hex.EncodeToString(b.Header.AppHash), Time: b.Header.Time.UTC(), AgeSeconds: time.Since(b.Header.Time).Seconds(),
		Producers: len(b.Validators.List), Relays: []relayStatus{}, basis: basisOf(s),
	}
	r.SignedPower, r.TotalPower = s.head.SignedPower()
	for _, l := range s.links {
		ping, _ := l.conn.Ping() // 0: it did not answer
		one := relayStatus{Address: l.addr, Latest: s.client.LatestOf(l.src.Name()), PingMS: float64(ping.Microseconds()) / 1000, Listed: l.listed}
		if s.agreeing != nil {
			agrees := slices.Contains(s.agreeing, l.addr)
			one.Agrees = &agrees
		}
		r.Relays = append(r.Relays, one)
	}
	return r
}

func (r statusResult) human(w io.Writer) {
	fmt.Fprintf(w, "chain\t%s\nhead\t%d, %s old, %s\n", oneLine(r.ChainID), r.Height, age(r.Time), r.Level)
	fmt.Fprintf(w, "hash\t%s\nstate root\t%s\n", r.Hash, r.AppHash)
	fmt.Fprintf(w, "signed by\t%d of %d voting power, %d block producers\n", r.SignedPower, r.TotalPower, r.Producers)
	if r.Trust != "" {
		fmt.Fprintf(w, "verified from\t%s (%s)\n", r.Trust, r.source())
	}
	for _, l := range r.Relays {
		agrees := ""
		if l.Agrees != nil {
			agrees = map[bool]string{true: ", agrees", false: ", is behind or does not answer"}[*l.Agrees]
		}
		fmt.Fprintf(w, "relay\t%s, at %d, %.1f ms%s\n", l.Address, l.Latest, l.PingMS, agrees)
	}
}
