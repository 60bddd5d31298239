package light

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/taolight/taolight/core/level"
)

// Replay is a block that was executed again here, and gave what two thirds of the producers signed.
type Replay struct {
	*Execution
	Height uint64
	Level  level.Level // of the headers, and so of what was compared: claimed without a trust root
	Txs    int
	Bytes  int    // fetched for it: contents and witness
	Source string // who sent the witness
	Took   time.Duration
	Basis  Basis // what it was executed from
	next   *Head // the block after it
}

// Replay executes one block again and compares root, results and producers with the next header. It raises no level:
// see [Client.ReplayNext]. A block that does not lead to what was signed stops the client with [FraudError].
//
// It fails with [ReachError] if the next header is not there yet, with a source's refusal if none keeps the state before
// the block any more, and as [Client.QueryAt] does. That nobody sends a witness proves nothing. Below everything that was
// verified it reaches [MaxLinks] blocks down, which costs as many light blocks.
func (c *Client) Replay(ctx context.Context, height uint64) (*Replay, error) {
	return c.replayAt(ctx, height, c.farByHeaders)
}

func (c *Client) replayAt(ctx context.Context, height uint64, find func(context.Context, uint64) (*Head, error)) (*Replay, error) {
	if err := c.Stopped(); err != nil {
		return nil, err
	}
	// The block above comes first, as the way down by hashes passes it: producers could have signed another one in its place,
	// too, which the block itself can't tell from it.
	next, err := find(ctx, height+1)
	if err != nil {
		return nil, err
	}
	before, err := c.farByHeaders(ctx, height)
	if err != nil {
		return nil, err
	}
	if next.Level > level.Claimed && !bytes.Equal(next.Block.Header.LastBlockID.Hash, before.Hash[:]) {
		return nil, c.apart(before, next)
	}
	return c.replayBetween(ctx, before, next)
}

// replayOn executes a checked block and compares with the one after it.
func (c *Client) replayOn(ctx context.Context, before *Head) (*Replay, error) {
	next, err := c.after(ctx, before)
	if err != nil {
		return nil, err
	}
	return c.replayBetween(ctx, before, next)
}

func (c *Client) replayBetween(ctx context.Context, before, next *Head) (*Replay, error) {
	r, err := c.replay(ctx, before, next)
	if err == nil {
		r.next = next
	}
	return r, err
}

// after returns the block right after a checked one, checked from there: announced producers signed it, and it follows.
func (c *Client) after(ctx context.Context, before *Head) (found *Head, err error) {
	height := before.Block.Height() + 1
	_, same, _ := c.around(height)
	if before.Level == level.Claimed || height > c.Head().Block.Height() || checkFresh(before.Block, c.cfg.Now(), c.params) != nil {
		return c.farByHeaders(ctx, height)
	}
	if same == nil {
		return c.climbed(ctx, before, height)
	}
	if !bytes.Equal(same.Block.Header.LastBlockID.Hash, before.Hash[:]) {
		return nil, c.apart(before, same)
	}
	return same, nil
}

// apart is the fork of a block and one right above that does not follow it: both are signed by the producers of their time.
func (c *Client) apart(before, next *Head) error {
	return c.forked(Evidence{Source: before.Source, Trace: []*LightBlock{before.Block}},
		Evidence{Source: next.Source, Trace: []*LightBlock{before.Block, next.Block}})
}

func (c *Client) replay(ctx context.Context, before, next *Head) (*Replay, error) {
	if err := c.usable(next); err != nil {
		return nil, err
	}
	height := before.Block.Height()
	body, err := c.body(ctx, before, next)
	if err != nil {
		return nil, err
	}
	req, err := ReplayRequest(before.Block)
	if err != nil {
		return nil, err
	}
	contents := Contents{Txs: body.Txs, Evidence: body.Evidence}
	out := &Replay{Height: height, Level: min(before.Level, next.Level), Txs: len(body.Txs), Bytes: len(body.Evidence)}
	for _, tx := range body.Txs {
		out.Bytes += len(tx)
	}
	var fraud *FraudError
	err = c.each(height, func(s Source) error {
		w, err := s.Witness(ctx, req)
		if err != nil {
			return err
		}
		started := c.cfg.Now()
		out.Execution, err = Execute(before.Block, next.Block, contents, w)
		if errors.As(err, &fraud) {
			err = nil // the source told the truth
		}
		if err != nil { // a witness that fits other contents than those that a claimed header names
			return before.unsigned(err)
		}
		out.Basis = Basis{Before: before.Block, Next: next.Block, Contents: contents, Witness: w}
		out.Source, out.Took, out.Bytes = s.Name(), c.cfg.Now().Sub(started), out.Bytes+len(w)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if fraud != nil {
		return nil, c.defraud(fraud, out.Level)
	}
	c.count(func(n *Counts) {
		n.Replays++
		n.Witnesses++
		n.WitnessBytes += uint64(out.Stats.Bytes)
		n.Nodes += uint64(out.Stats.Nodes)
	})
	return out, nil
}

// UnsignedError says that a block's contents, or what they do, are not what a header says that nobody vouches for: without a
// trust root the two show nothing but that one of them is made up. Inconclusive.
type UnsignedError struct{ Err error }

// unsigned is an error that rests on what the header of h says: it blames nobody if that is only claimed.
func (h *Head) unsigned(err error) error {
	if h.Level > level.Claimed || VerdictOf(err) != Blame {
		return err
	}
	return &UnsignedError{Err: err}
}

func (e *UnsignedError) Error() string {
	return fmt.Sprintf("without a trust root nobody vouches for the headers, so this accuses nobody: %v", e.Err)
}
func (e *UnsignedError) Unwrap() error    { return e.Err }
func (e *UnsignedError) Verdict() Verdict { return Inconclusive }
func (e *UnsignedError) Code() string     { return "unsigned_mismatch" }

// defraud stops the client for good, unless the headers are only claimed. The first fraud that was found is kept.
func (c *Client) defraud(e *FraudError, l level.Level) error {
	if l == level.Claimed {
		return &UnsignedError{Err: e}
	}
	c.mu.Lock()
	if c.fraud == nil {
		c.fraud = e
	}
	e = c.fraud
	c.mu.Unlock()
	c.event(Event{Kind: EventFraud, Height: e.Height(), Err: e})
	return e
}

// Fraud returns the fraud that was found, or nil.
func (c *Client) Fraud() *FraudError {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fraud
}

// stretch is the blocks that were executed here one after the other.
type stretch struct {
	from, to uint64 // to is from-1 as long as none was
	next     *Head  // the block after to; nil: not at hand

	hashes [][32]byte // of the newest blocks that an executed one led to; the last is that of block to+1
}

// maxHashes bounds what a run remembers; blocks further down are reached by hashes.
var maxHashes = 1024

// has says whether the run has led to a block.
func (r *stretch) has(h *Head) bool {
	back := r.to + 1 - h.Block.Height() // wraps for a block above
	return back < uint64(len(r.hashes)) && r.hashes[uint64(len(r.hashes))-1-back] == h.Hash
}

// extend enters an executed block. One that is not the block that the run has led to is on another chain, and begins a run.
func (r *stretch) extend(done *Replay) {
	if n := len(r.hashes); n > 0 && r.hashes[n-1] != done.Basis.Before.Hash() {
		r.from, r.hashes = done.Height, nil
	}
	r.to, r.next = done.Height, done.next
	r.hashes = append(r.hashes, done.next.Hash)
	if extra := len(r.hashes) - maxHashes; extra > 0 {
		r.hashes = r.hashes[extra:]
	}
}

// running returns the run of replays, nil for none.
func (c *Client) running() *stretch {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.run
}

// among says whether a block is known to be one of a run's, or below one of them. It is false for a run that has ended.
func (c *Client) among(h *Head, r *stretch) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return r != nil && c.run == r && (h.run == r || r.has(h))
}

// ReplayFrom begins a run of replays with the block at a height. What was replayed before no longer counts. A client that
// has loaded a saved head goes on with the run of that time; see [Client.ReplayingNext].
func (c *Client) ReplayFrom(height uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	height = max(height, 1) // no block is below
	c.run = &stretch{from: height, to: height - 1}
}

// ReplayStop ends the run: nothing counts as replayed any more.
func (c *Client) ReplayStop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.run = nil
}

// ReplayNext executes the next block of the run that [Client.ReplayFrom] began, as [Client.Replay]. From then on figures
// of the state after it are [level.Replayed]: every block since the run began was executed here. The state before the
// run is only as good as the trust root. Errors leave the run as it is: ask again.
func (c *Client) ReplayNext(ctx context.Context) (*Replay, error) {
	c.mu.Lock()
	r := c.run
	if r == nil {
		c.mu.Unlock()
		return nil, errors.New("light: no run of replays was begun")
	}
	to, before, begun := r.to, r.next, r.to >= r.from
	c.mu.Unlock()
	done, err := c.replayAfter(ctx, to, before, begun)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run == r && done.Height == r.to+1 && done.Level > level.Claimed {
		r.extend(done)
	}
	return done, nil
}

// replayAfter executes the block after one, which is at hand or nil. A run that a saved head brought is not gone after as far
// as a block that somebody has just named.
func (c *Client) replayAfter(ctx context.Context, height uint64, block *Head, begun bool) (*Replay, error) {
	switch {
	case block == nil && begun:
		return c.replayAt(ctx, height+1, c.byHeaders)
	case block == nil:
		return c.Replay(ctx, height+1)
	}
	if err := c.Stopped(); err != nil {
		return nil, err
	}
	return c.replayOn(ctx, block)
}

// ReplayingNext returns the block that [Client.ReplayNext] executes; false if no run was begun.
func (c *Client) ReplayingNext() (height uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run == nil {
		return 0, false
	}
	return c.run.to + 1, true
}

// Replayed returns the first and the last block of the run of replays; false if none was executed yet.
func (c *Client) Replayed() (from, to uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run == nil || c.run.to < c.run.from {
		return 0, 0, false
	}
	return c.run.from, c.run.to, true
}

// levelOf is how far a figure of the state that a checked header names is checked once its witness was. That the run has
// passed its height is not enough: two thirds of the producers could have signed another block there.
func (c *Client) levelOf(h *Head) level.Level {
	from, to, ok := c.Replayed()
	if after := h.Block.Height() - 1; ok && h.Level == level.Proven && from <= after && after <= to && c.among(h, c.running()) {
		return level.Replayed
	}
	return h.Level
}

// ReplayedHead returns the newest checked header that names a state which the run of replays has reached, nil if there
// is none at hand.
func (c *Client) ReplayedHead() *Head {
	_, to, ok := c.Replayed()
	if !ok {
		return nil
	}
	_, same, _ := c.around(to + 1)
	return same
}
