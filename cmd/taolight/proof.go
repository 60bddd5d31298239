package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
)

// proof says of an answer how far it was checked and by what.
type proof struct {
	Level        level.Level `json:"level"`
	Height       uint64      `json:"height"`        // of the block after which the state was read
	AppHash      string      `json:"app_hash"`      // state root, hex
	HeaderHeight uint64      `json:"header_height"` // of the signed header that carries app_hash
	HeaderHash   string      `json:"header_hash"`
	Time         time.Time   `json:"time"` // of that header
	ChainID      string      `json:"chain_id"`
	Relay        string      `json:"relay"`
	basis
	WitnessBytes int      `json:"witness_bytes"`
	WitnessNodes int      `json:"witness_nodes"`
	Agreeing     []string `json:"agreeing,omitempty"` // relays on the chain of that header, with --cross-check
}

func proofOf[T any](s *session, v light.Proven[T]) proof {
	header := v.Header()
	hash := header.Hash()
	p := proof{
		Level: v.Level(), Height: v.Height(), AppHash: v.Root().String(), HeaderHeight: header.Height(),
		HeaderHash: hex.EncodeToString(hash[:]), Time: header.Header.Time.UTC(), ChainID: s.chain, Relay: v.Source(),
		WitnessBytes: v.Bytes(), WitnessNodes: v.Nodes(), Agreeing: s.agreeing, basis: basisOf(s),
	}
	return p
}

// human writes the proof in two lines of a table.
func (p proof) human(w io.Writer) {
	fmt.Fprintf(w, "\n%s\tat height %d, %s old, state root %.16s…\n", p.Level, p.Height, age(p.Time), p.AppHash)
	switch p.Level {
	case level.Claimed:
		fmt.Fprintf(w, "\tthe relay says so and nothing else does\n")
	default:
		fmt.Fprintf(w, "\t%d state nodes under a header that descends from %s\n", p.WitnessNodes, p.basis.short())
	}
	if len(p.Agreeing) > 0 {
		fmt.Fprintf(w, "\t%d relays agree\n", len(p.Agreeing))
	}
}

// staleAfter is the age from which a newest block is worth a warning.
const staleAfter = 2 * time.Minute

// warnStale says when the newest block is old: a relay can't forge blocks, but it can keep new ones to itself.
func (a *app) warnStale(t time.Time) {
	if time.Since(t) > staleAfter {
		a.printf("warning: the newest block is %s old: the relay is behind, or the chain stands still", age(t))
	}
}

// age writes how long ago t was.
func age(t time.Time) string {
	d := max(time.Since(t), 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f h", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}
