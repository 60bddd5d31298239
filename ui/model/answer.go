package model

import (
	"slices"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/client"
)

// Answer is something that the node was asked for. The value before stays until the next one is there, so that
// nothing on the page jumps.
type Answer[T any] struct {
	Value  T
	Figure tab.Figure // how Value was checked; of a program's answer
	Has    bool       // Value is an answer
	Err    error      // of the last question, nil when it was answered
	Since  uint64     // ms, when the question in flight was asked; 0: none is
	At     uint64     // ms, when Value came
	asked  uint64     // counts questions, so that a late answer to an old one is not taken
	stale  bool       // a newer block is there
}

// Stale says that a newer block is there, so the next refresh asks again.
func (a *Answer[T]) Stale() { a.stale = true }

// Forget drops the answer, and the one that is on its way.
func (a *Answer[T]) Forget() { *a = Answer[T]{asked: a.asked + 1} }

// Waiting says that no answer is there and one is on its way or will be asked for.
func (a *Answer[T]) Waiting() bool { return !a.Has && a.Err == nil }

func (a *Answer[T]) needed() bool { return a.Since == 0 && (a.stale || !a.Has && a.Err == nil) }

// due is needed for what costs more than a figure: it is asked again at most every pause.
func (a *Answer[T]) due(now uint64) bool { return a.needed() && (!a.Has || now >= a.At+pause) }

const pause = 3000 // ms

func (a *Answer[T]) begin(now uint64) uint64 {
	a.asked++
	a.Since, a.stale = max(now, 1), false
	return a.asked
}

// take stores what came, unless the question was given up meanwhile, and reports whether it did.
func (a *Answer[T]) take(question uint64, v T, f tab.Figure, err error) bool {
	if question != a.asked {
		return false
	}
	a.Since, a.Err = 0, err
	if err == nil {
		a.Value, a.Figure, a.Has = v, f, true
	}
	return true
}

// run asks a program over the newest state, unless its answer is at hand or on its way. A block that comes before the
// answer makes it ask once more then, so at most one question is in flight.
func run[T any](a *App, to *Answer[T], program string, args any) {
	if !to.needed() {
		return
	}
	q := to.begin(a.Now)
	client.Run(a.Node, program, args, func(v T, f tab.Figure, err error) {
		if to.take(q, v, f, err) && err == nil {
			to.At = a.Now
			a.refresh()
		}
	})
}

// ask is run for a method of the node itself.
func ask[T any](a *App, to *Answer[T], method string, params any) {
	if !to.needed() {
		return
	}
	q := to.begin(a.Now)
	client.Ask(a.Node, method, params, func(v T, err error) { to.take(q, v, tab.Figure{}, err) })
}

// merge puts blocks into a list that is newest first and holds each height once; the later word wins.
func merge(list, more []tab.Block) []tab.Block {
	at := map[uint64]tab.Block{}
	for _, b := range list {
		at[b.Height] = b
	}
	for _, b := range more {
		at[b.Height] = b
	}
	out := make([]tab.Block, 0, len(at))
	for _, b := range at {
		out = append(out, b)
	}
	slices.SortFunc(out, func(x, y tab.Block) int {
		if x.Height > y.Height {
			return -1
		}
		return 1
	})
	return out[:min(len(out), keepBlocks)]
}
