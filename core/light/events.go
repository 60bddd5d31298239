package light

import (
	"context"
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

// EventsError says that what a source calls a block's events hashes to something else than the root in the state: one is
// false, missing, too many or in another place. Blame, unless the root itself is only claimed: then nobody knows which
// of the two is false.
type EventsError struct {
	Height    uint64
	Got, Want [32]byte // roots, see ledger.EventsRoot
	Level     level.Level
}

func (e *EventsError) Error() string {
	return fmt.Sprintf("the events of block %d hash to %x, the state says %x", e.Height, e.Got[:6], e.Want[:6])
}
func (e *EventsError) Verdict() Verdict {
	if e.Level == level.Claimed {
		return Inconclusive
	}
	return Blame
}
func (e *EventsError) Code() string { return "false_events" }

// EventsGoneError says that a block's events can't be proven any more: the newest state has dropped their root, as it
// does after ledger.Params.BlocksKept blocks, and no source showed a state that still had it. Inconclusive.
type EventsGoneError struct {
	Height uint64
	Newest uint64 // the block after which the state was asked
	Err    error  // what became of asking for the state right after the block; nil: it has no root either
}

func (e *EventsGoneError) Error() string {
	why := "neither does the state after the block itself"
	if e.Err != nil {
		why = fmt.Sprintf("the state after the block itself can't be had: %v", e.Err)
	}
	return fmt.Sprintf("the events of block %d can't be proven: the state after block %d no longer holds their root, and %s", e.Height, e.Newest, why)
}
func (e *EventsGoneError) Unwrap() error    { return e.Err }
func (e *EventsGoneError) Verdict() Verdict { return Inconclusive }
func (e *EventsGoneError) Code() string     { return "events_gone" }

// DecodeEvents reads a block's events as sources send them, within the limits of core/wire. Errors are [DecodeError].
func DecodeEvents(raw [][]byte) ([]ledger.Event, error) {
	bytes := 0
	for _, one := range raw {
		bytes += len(one)
	}
	if len(raw) > wire.MaxEvents || bytes > wire.MaxEventBytes {
		return nil, &DecodeError{Path: "events", Reason: fmt.Sprintf("%d of %d bytes, at most %d of %d are allowed",
			len(raw), bytes, wire.MaxEvents, wire.MaxEventBytes)}
	}
	events := make([]ledger.Event, len(raw))
	for i, one := range raw {
		if err := codec.Decode(one, &events[i]); err != nil {
			return nil, &DecodeError{Path: fmt.Sprintf("event %d", i), Reason: err.Error()}
		}
	}
	return events, nil
}

// Events returns what a block did, checked against the events root that the state holds from that block on: all of its
// events in order, none left out. The proof is that of the root: Height of what is returned is that of the state it was
// read in.
//
// The newest state answers for the last ledger.Params.BlocksKept blocks; for older ones that after the block itself is
// asked for, which only relays that keep every state have. Errors are those of [Client.QueryAt], [ReachError] for a block
// above the newest one whose state a header names, [EventsGoneError], and for each source that sent false events an
// [EventsError] or [DecodeError].
func (c *Client) Events(ctx context.Context, height uint64) (Proven[[]ledger.Event], error) {
	var out Proven[[]ledger.Event]
	past, err := c.lastingBlock(ctx, height)
	if err != nil {
		return out, err
	}
	want := [32]byte(past.Value().Events)
	err = c.each(height, func(s Source) error {
		raw, err := s.Events(ctx, height)
		if err != nil {
			return err
		}
		events, err := DecodeEvents(raw)
		if err != nil {
			return err
		}
		got, err := ledger.EventsRoot(events)
		if err != nil {
			return err
		}
		if got != want {
			return &EventsError{Height: height, Got: got, Want: want, Level: past.Level()}
		}
		out = with(past, events)
		return nil
	})
	return out, err
}

// lastingBlock proves what the newest state says of a block, or else the one right after the block.
func (c *Client) lastingBlock(ctx context.Context, height uint64) (Proven[view.PastBlock], error) {
	head := c.Head()
	if head == nil || height == 0 || height >= head.Block.Height() {
		e := &ReachError{Height: height}
		if head != nil && head.Block.Height() > 1 {
			e.Lowest, e.Highest = 1, head.Block.Height()-1 // a header names the state after the block before it
		}
		return Proven[view.PastBlock]{}, e
	}
	past, err := c.pastBlock(ctx, head, height)
	if err != nil || past.Value().Exists {
		return past, err
	}
	next, err := c.At(ctx, height+1)
	if err == nil {
		past, err = c.pastBlock(ctx, next, height)
	}
	if ctx.Err() != nil {
		return past, context.Cause(ctx)
	}
	if err != nil || !past.Value().Exists {
		return past, &EventsGoneError{Height: height, Newest: head.Block.Height() - 1, Err: err}
	}
	return past, nil
}
