package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// Codes of errors that this node gives itself; others are those of core/light and of the relays' refusals.
const (
	codeBadRequest = "bad_request"
	codeBusy       = "busy"
	codeNotStarted = "not_started"
	codeNotReady   = "not_ready" // no verified block, or no relay, in time
	codeRefused    = "refused"   // nothing may be shown
	codeBug        = "bug"
)

const maxMessage = bundle.MaxFile + 1<<10 // a file to check is the largest

// Handle takes one message of the page. It does not wait; the answer comes through Config.Send.
func (n *Node) Handle(ctx context.Context, message []byte) {
	var r tab.Request
	if len(message) > maxMessage {
		n.logf("warn", "The page sent a message of %d bytes; it is ignored.", len(message))
		return
	}
	if err := codec.Decode(message, &r); err != nil {
		n.logf("warn", "The page sent something that is not a request: %v", err)
		return
	}
	select {
	case n.answers <- struct{}{}:
	default:
		n.tell(tab.Message{Answer: &tab.Answer{ID: r.ID, Error: refusal(codeBusy, "%d questions are being worked on already.", maxRequests)}})
		return
	}
	go func() {
		defer func() { <-n.answers }()
		answer := tab.Answer{ID: r.ID}
		var body any
		var err error
		if bug := n.guard(r.Method, func() { body, err = n.answer(ctx, r) }); bug != nil {
			err = refusal(codeBug, "%v", bug)
		}
		switch {
		case err != nil:
			answer.Error = asError(err)
		case body != nil:
			answer.Body = codec.MustEncode(body)
		}
		n.tell(tab.Message{Answer: &answer})
	}()
}

func (n *Node) answer(ctx context.Context, r tab.Request) (any, error) {
	switch r.Method {
	case tab.Start:
		return with(r, func(p tab.StartParams) (any, error) { return nil, n.begun(p) })
	case tab.Query:
		return with(r, func(p tab.QueryParams) (any, error) { return n.query(ctx, p) })
	case tab.Blocks:
		return with(r, func(p tab.BlocksParams) (any, error) { return n.blocks(ctx, p) })
	case tab.Body:
		return with(r, func(p tab.BodyParams) (any, error) { return n.body(ctx, p) })
	case tab.Series:
		return with(r, func(p tab.SeriesParams) (any, error) { return n.series(ctx, p) })
	case tab.Replay:
		return with(r, func(p tab.ReplayParams) (any, error) { return nil, n.setReplay(ctx, p) })
	case tab.Once:
		return with(r, func(p tab.OnceParams) (any, error) { return n.once(ctx, p) })
	case tab.Audit:
		return with(r, func(p tab.AuditParams) (any, error) { return n.audit(ctx, p) })
	case tab.Explain:
		return with(r, func(p tab.ExplainParams) (any, error) { return n.explain(ctx, p) })
	case tab.Save:
		return with(r, func(p tab.SaveParams) (any, error) { return n.save(ctx, p) })
	case tab.Check:
		return with(r, func(p tab.CheckParams) (any, error) { return n.check(ctx, p) })
	case tab.Retry:
		select {
		case n.retry <- struct{}{}:
		default:
		}
		return nil, nil
	case tab.Examine:
		return with(r, func(p tab.ExamineParams) (any, error) { return n.examine(p), nil })
	case tab.Forget:
		n.mu.Lock()
		store, s := n.store, n.session
		n.mu.Unlock()
		if store == nil {
			return nil, nil
		}
		chainID := ""
		if s != nil {
			chainID = s.chainID
			s.refuse("What this tab knew is dropped. Load the page again.") // or its next block would be saved
			s.work.Wait()
		}
		return nil, n.forget(ctx, chainID)
	}
	return nil, refusal(codeBadRequest, "There is no method %.40q.", r.Method)
}

func with[P any](r tab.Request, f func(P) (any, error)) (any, error) {
	var p P
	if err := codec.Decode(r.Params, &p); err != nil {
		return nil, refusal(codeBadRequest, "Parameters of %s: %v", r.Method, err)
	}
	return f(p)
}

// begun takes the page's Start. The same once more changes nothing: the page's loader sends one ahead of the dashboard.
func (n *Node) begun(p tab.StartParams) error {
	n.mu.Lock()
	first := n.params == nil
	if first {
		n.params = &p
	}
	same := *n.params == p
	n.mu.Unlock()
	switch {
	case first:
		n.start <- p
	case !same:
		return refusal(codeBadRequest, "The node has started already, from another trust root.")
	}
	return nil
}

// query runs a program over the newest verified state, or over that after a block.
func (n *Node) query(ctx context.Context, p tab.QueryParams) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, n.cfg.Queries)
	defer cancel()
	f, err := n.figure(ctx, p)
	if err != nil {
		return nil, err
	}
	out := figureOf(f, f.Value())
	if program, ok := chain.Lookup(p.Program); ok {
		first, next, err := program.Page(p.Args, out.Result)
		out.Part = err == nil && (!first || next != nil)
	}
	return out, nil
}

func figureOf(f light.Proven[[]byte], result []byte) tab.Figure {
	return tab.Figure{
		Level: f.Level(), Height: f.Height(), Root: f.Root(), Checked: milli(f.Checked()), Relay: f.Source(),
		Bytes: uint64(f.Bytes()), Nodes: uint64(f.Nodes()), Micros: micros(f.Took()), Result: result,
	}
}

// prove asks until there is an answer or a reason why there will be none: a head and a relay are waited for, and a
// question that was not conclusive is asked again of the state of a newer block. The state asked is that after the block at
// height, 0 for the newest.
func (n *Node) prove(ctx context.Context, p light.Program, args []byte, height uint64) (light.Proven[[]byte], error) {
	const tries = 3
	var none light.Proven[[]byte]
	for try := 1; ; {
		s, err := n.awaitReady(ctx)
		if err != nil {
			return none, err
		}
		arrived := s.nextArrival()
		f, err := s.ask(ctx, p, args, height)
		var no *wire.Refusal
		switch {
		case err == nil:
			return f, nil
		case errors.Is(err, light.ErrNoSource), errors.As(err, new(*light.SourceError)) && !errors.As(err, &no) && light.VerdictOf(err) != light.Blame:
			if !s.waitArrival(ctx, arrived) {
				return none, refusal(codeNotReady, "No relay answers.")
			}
		case errors.As(err, &no) && no.Code == wire.CodeNotFound && try < tries:
			try++
			if !sleep(ctx, 200*time.Millisecond, nil) {
				return none, err
			}
		default:
			return none, err
		}
	}
}

func (s *session) ask(ctx context.Context, p light.Program, args []byte, height uint64) (light.Proven[[]byte], error) {
	head := s.best()
	if height > 0 {
		var err error
		if head, err = s.client.At(ctx, height+1); err != nil { // whose header names the state
			return light.Proven[[]byte]{}, err
		}
	}
	return s.client.QueryAt(ctx, head, p, args)
}

// best is the header whose state questions are asked of: the newest, or the one before if its state was replayed and the
// newest one's was not yet.
func (s *session) best() *light.Head {
	head, replayed := s.client.Head(), s.client.ReplayedHead()
	if head != nil && replayed != nil && head.Block.Height()-replayed.Block.Height() <= 1 {
		return replayed
	}
	return head
}

// awaitReady returns the session once a relay has shown it the newest block.
func (n *Node) awaitReady(ctx context.Context) (*session, error) {
	for {
		n.mu.Lock()
		s, started := n.session, n.params != nil
		refused := ""
		var ready chan struct{}
		if s != nil {
			ready, refused = s.ready, s.refused
		}
		n.mu.Unlock()
		switch {
		case !started:
			return nil, refusal(codeNotStarted, "The node has not started.")
		case refused != "":
			return nil, refusal(codeRefused, "%s", refused)
		}
		if s != nil {
			select {
			case <-ready:
				return s, nil
			default:
			}
		}
		if !sleep(ctx, 10*time.Millisecond, ready) {
			return nil, refusal(codeNotReady, "No block is verified yet.")
		}
	}
}

func (s *session) nextArrival() <-chan struct{} {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return s.arrived
}

// waitArrival waits for a relay to be connected after arrived was taken; if one is connected now it waits a moment, for
// the client to know it.
func (s *session) waitArrival(ctx context.Context, arrived <-chan struct{}) bool {
	s.n.mu.Lock()
	t := s.tally()
	hopeless := s.refused != "" || t.all > 0 && t.blocked == t.all
	s.n.mu.Unlock()
	if hopeless {
		return false
	}
	if t.open > 0 {
		return sleep(ctx, 100*time.Millisecond, nil)
	}
	select {
	case <-arrived:
		return true
	case <-s.ctx.Done():
		return false
	case <-ctx.Done():
		return false
	}
}

// blocks lists verified blocks, newest first.
func (n *Node) blocks(ctx context.Context, p tab.BlocksParams) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, n.cfg.Queries)
	defer cancel()
	s, err := n.awaitReady(ctx)
	if err != nil {
		return nil, err
	}
	head := s.client.Head()
	below := head.Block.Height()
	if p.Below > 0 {
		below = min(below, p.Below)
	}
	lowest := below - min(p.Count, keepBlocks, below) + 1
	out := tab.BlockList{Blocks: []tab.Block{}}
	for h := below; h >= lowest; {
		more, err := n.blocksFrom(ctx, s, h, lowest)
		if err != nil {
			if len(out.Blocks) > 0 {
				break // as far as it goes
			}
			return nil, err
		}
		out.Blocks = append(out.Blocks, more...)
		h -= uint64(len(more))
	}
	return out, nil
}

// blocksFrom returns at least one block from a height down, newest first: those at hand, or else those up to the next
// one at hand, fetched and checked.
func (n *Node) blocksFrom(ctx context.Context, s *session, height, lowest uint64) (out []tab.Block, err error) {
	n.mu.Lock()
	gap := lowest
	for i := len(n.history) - 1; i >= 0; i-- {
		switch b := &n.history[i]; {
		case b.Height == height-uint64(len(out)) && b.Height >= lowest:
			out = append(out, *b)
		case b.Height < height && len(out) == 0:
			gap = max(gap, b.Height+1)
			i = 0 // the next one at hand ends the gap
		}
	}
	n.mu.Unlock()
	if len(out) > 0 {
		return out, nil
	}
	heads, err := s.client.Range(ctx, gap, height)
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		out = append(out, describe(h))
	}
	n.mu.Lock()
	for _, b := range out {
		n.keep(b)
	}
	n.mu.Unlock()
	return out, nil
}

func refusal(code, format string, args ...any) *tab.Error {
	return &tab.Error{Code: code, Message: clip(fmt.Sprintf(format, args...), 500)}
}

func asError(err error) *tab.Error {
	var ready *tab.Error
	if errors.As(err, &ready) {
		return ready
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return refusal(codeNotReady, "No relay answered in time.")
	}
	code := light.Code(err)
	return refusal(code, "%s", sentence(err.Error()))
}
