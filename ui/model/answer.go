package model

import (
	"slices"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/cbor"
	"github.com/taolight/taolight/ui/route"
)

// Answer is something that the node was asked for. The value before stays until the next one is there, so that
// nothing on the page jumps.
type Answer[T any] struct {
	Value T
	Asked
}

// Forget drops the answer, and the one that is on its way.
func (a *Answer[T]) Forget() { *a = Answer[T]{Asked: Asked{asked: a.asked + 1}} }

// Asked is what is known of an answer besides its value.
type Asked struct {
	Figure tab.Figure      // how Value was checked; of a program's answer
	Query  tab.QueryParams // that it answers
	Has    bool            // Value is an answer
	Err    error           // of the last question, nil when it was answered
	Since  uint64          // ms, when the question in flight was asked; 0: none is
	At     uint64          // ms, when Value came
	asked  uint64          // counts questions, so that a late answer to an old one is not taken
	stale  bool            // a newer block is there
}

// Stale says that a newer block is there, so the next refresh asks again.
func (a *Asked) Stale() { a.stale = true }

// Waiting says that no answer is there and one is on its way or will be asked for.
func (a *Asked) Waiting() bool { return !a.Has && a.Err == nil }

func (a *Asked) needed() bool { return a.Since == 0 && (a.stale || !a.Has && a.Err == nil) }

// due is needed for what costs more than a figure: it is asked again at most every pause.
func (a *Asked) due(now uint64) bool { return a.needed() && (!a.Has || now >= a.At+pause) }

const pause = 3000 // ms

func (a *Asked) begin(now uint64) uint64 {
	a.asked++
	a.Since, a.stale = max(now, 1), false
	return a.asked
}

// take stores what came by put, unless the question was given up meanwhile, and reports whether it did.
func (a *Asked) take(question, now uint64, put func(), f tab.Figure, err error) bool {
	if question != a.asked {
		return false
	}
	a.Since, a.Err = 0, err
	if err == nil {
		put()
		a.Figure, a.Has, a.At = f, true, now
	}
	return true
}

// run asks a program over the newest state, unless its answer is at hand or on its way. A block that comes before the
// answer makes it ask once more then, so at most one question is in flight.
func run[T any](a *App, to *Answer[T], program string, args any) {
	v := new(T)
	a.run(&to.Asked, program, args, v, func() { to.Value = *v })
}

func (a *App) run(to *Asked, program string, args, into any, put func()) {
	if !to.needed() {
		return
	}
	q := to.begin(a.Now)
	to.Query = tab.QueryParams{Program: program}
	to.Query.Args, _ = cbor.Encode(args) // or the node is not asked either
	a.Node.Run(program, args, into, func(f tab.Figure, err error) {
		if to.take(q, a.Now, put, f, err) && err == nil {
			a.refresh()
		}
	})
}

// ask is run for a method of the node itself.
func ask[T any](a *App, to *Answer[T], method string, params any) {
	v := new(T)
	a.ask(&to.Asked, method, params, v, func() { to.Value = *v })
}

func (a *App) ask(to *Asked, method string, params, into any, put func()) {
	if !to.needed() {
		return
	}
	q := to.begin(a.Now)
	a.Node.Ask(method, params, into, func(err error) {
		if to.take(q, a.Now, put, tab.Figure{}, err) && err == nil && a.Route.Page == route.Neuron {
			a.refresh() // an epoch that was computed is explained next
		}
	})
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
