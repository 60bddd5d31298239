package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// effect is what a transaction did: an answer of the state after it, or its events.
type effect interface{ human(w io.Writer) }

// effectWithin is how long what a transaction did is asked for. It is in a block by then, and that is worth more.
const effectWithin = 15 * time.Second

// showEffect finds out what the transaction did: what its command asks of the state after it, or else the events of the
// block that are its own, held against their root in that state.
func (s *session) showEffect(ctx context.Context, o order, r *receipt) {
	ctx, cancel := withTimeout(ctx, effectWithin)
	defer cancel()
	if head := s.client.Head(); head != nil && head.Block.Height() > r.Height {
		s.head = head
	}
	if o.effect != nil && s.head.Block.Height() > r.Height {
		program, args := o.effect(r.From, o.args)
		if a, err := s.answer(ctx, program, args); err == nil {
			r.Effect = a
			return
		}
	}
	all, err := s.events(ctx, r.Height)
	if err != nil {
		r.Unshown = err.Error()
		return
	}
	r.Effect = eventsOf(all, r.Index)
}

// ownEvents are the events of one transaction, and how far they were checked.
type ownEvents struct{ blockEvents }

func eventsOf(all *blockEvents, index int) *ownEvents {
	own := ownEvents{*all}
	own.Events = slices.DeleteFunc(slices.Clone(all.Events), func(e eventLine) bool { return e.Tx != int64(index) })
	return &own
}

func (e *ownEvents) human(w io.Writer) {
	printEvents(w, e.Events)
	if len(e.Events) == 0 {
		fmt.Fprintf(w, "events\tnone: the block tells of nothing that it did\n")
	}
	e.proof.human(w)
}
