package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/pflag"

	"github.com/taolight/taolight/core/light"
)

// replaying is which blocks to execute again.
type replaying struct {
	from, to uint64
	follow   bool
}

func (r *replaying) flags(f *pflag.FlagSet) {
	f.Uint64Var(&r.from, "from", 0, "with --replay, first `HEIGHT` (default: the newest that can be)")
	f.Uint64Var(&r.to, "to", 0, "with --replay, last `HEIGHT` (default: the newest that can be)")
	f.BoolVar(&r.follow, "follow", false, "with --replay, go on with each new block until interrupted")
}

// replayReport is what executing blocks again gave. Every block of it led to what was signed.
type replayReport struct {
	From    uint64          `json:"from"`
	To      uint64          `json:"to"`
	Blocks  []replayedBlock `json:"blocks"` // the last thousand
	Count   int             `json:"count"`
	Txs     int             `json:"txs"`
	Bytes   int             `json:"bytes"`
	Seconds float64         `json:"seconds"` // of executing, without waiting
	ChainID string          `json:"chain_id"`
	basis
	Interrupted bool `json:"interrupted,omitempty"`
}

type replayedBlock struct {
	Height  uint64  `json:"height"`
	Root    string  `json:"app_hash"` // after the block, as computed and as signed
	Txs     int     `json:"txs"`
	Epochs  int     `json:"epochs"`
	Bytes   int     `json:"bytes"`
	Seconds float64 `json:"seconds"`
	Relay   string  `json:"relay"`
}

const keepReplayed = 1000

// replay executes blocks again and fails at the first that does not lead to what was signed.
func (a *app) replay(ctx context.Context, n *network, r replaying) error {
	opening, cancel := withTimeout(ctx, n.wait)
	defer cancel()
	p := a.progress()
	defer p.done()
	s, err := a.open(opening, n, p)
	if err != nil {
		return err
	}
	defer s.close()
	report := &replayReport{ChainID: s.chain, basis: basisOf(s)}
	if report.Trust == "" {
		return errors.New("without a trusted block nobody vouches for what blocks should lead to: give one with --trust HEIGHT:HASH")
	}
	err = a.replayAll(ctx, s, n, r, report, p)
	p.done()
	if report.Interrupted = errors.Is(err, context.Canceled); report.Interrupted && report.Count > 0 {
		err = nil // that is how it ends
	}
	if err != nil {
		return a.defrauded(ctx, s.client, a.forked(ctx, s.client, err, p), p)
	}
	return a.print(report, report.human)
}

func (a *app) replayAll(ctx context.Context, s *session, n *network, r replaying, report *replayReport, p *progress) error {
	newest := s.head.Block.Height() - 1 // the newest with a header after it
	from, to := r.from, r.to
	if from == 0 {
		from = newest
	}
	if to == 0 {
		to = newest
	}
	switch {
	case from < 2:
		return errors.New("blocks can be executed again from block 2 on: no relay keeps the state before block 1")
	case from > to && r.to > 0:
		return fmt.Errorf("--from %d is above --to %d", from, to)
	case max(from, to) > newest && !r.follow:
		return fmt.Errorf("block %d can't be executed again yet: the newest that can is %d", max(from, to), newest)
	}
	s.client.ReplayFrom(from)
	report.From = from
	for height := from; r.follow || height <= to; height++ {
		p.step("executing block %d of %d: %d done, %s", height, max(to, height), report.Count, size(report.Bytes))
		done, err := a.replayOne(ctx, s, n, height)
		if err != nil {
			return err
		}
		report.add(done)
		if r.follow {
			p.milestone("block %d: %d transactions, %d epochs, %s, %s", height, done.Txs, len(done.Epochs), size(done.Bytes), done.Took.Round(100*time.Microsecond))
		}
	}
	return nil
}

// replayOne executes the next block of the run, and waits for its successor if need be.
func (a *app) replayOne(ctx context.Context, s *session, n *network, height uint64) (*light.Replay, error) {
	for s.client.Head().Block.Height() <= height {
		attempt, cancel := withTimeout(ctx, n.wait)
		_, err := s.client.Sync(attempt)
		cancel()
		if err != nil {
			return nil, err
		}
		if s.client.Head().Block.Height() > height {
			break
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	attempt, cancel := withTimeout(ctx, n.wait)
	defer cancel()
	return s.client.ReplayNext(attempt)
}

func (r *replayReport) add(b *light.Replay) {
	r.To = b.Height
	r.Count++
	r.Txs += b.Txs
	r.Bytes += b.Bytes
	r.Seconds += b.Took.Seconds()
	if len(r.Blocks) == keepReplayed {
		r.Blocks = r.Blocks[1:]
	}
	r.Blocks = append(r.Blocks, replayedBlock{b.Height, b.Root.String(), b.Txs, len(b.Epochs), b.Bytes, b.Took.Seconds(), b.Source})
}

func (r *replayReport) human(w io.Writer) {
	fmt.Fprintf(w, "replayed\tblocks %d to %d: all %d lead to what two thirds signed\n", r.From, r.To, r.Count)
	fmt.Fprintf(w, "executed\t%d transactions in %s\n", r.Txs, time.Duration(r.Seconds*float64(time.Second)).Round(100*time.Microsecond))
	fmt.Fprintf(w, "fetched\t%s\n", size(r.Bytes))
	fmt.Fprintf(w, "\nThe state before block %d is only as good as the trusted block, %s.\n", r.From, r.basis.short())
	fmt.Fprintf(w, "Executing blocks again shows no fork, no censorship and nothing that is kept back.\n")
}
