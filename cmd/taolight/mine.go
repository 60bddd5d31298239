package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/registration/work"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

// miner searches work for one registration.
type miner struct {
	me      party
	netuid  uint16
	coldkey keys.Account
	threads int

	target atomic.Pointer[target] // what is searched now; nil: nothing
	tried  atomic.Uint64
}

// target is a block and the difficulty that work on it has to meet.
type target struct {
	height     uint64
	hash       [32]byte
	difficulty uint64
}

// found is work that meets its target.
type found struct {
	target
	nonce uint64
}

// mine searches and submits, again and again until a block holds the registration or it can't be.
func (a *app) mine(ctx context.Context, sg *signing, m *miner) error {
	ctx, cancel := withTimeout(ctx, sg.network.wait)
	defer cancel()
	p := a.progress()
	defer p.done()
	s, err := a.open(ctx, &sg.network, p)
	if err != nil {
		return err
	}
	defer s.close()
	first, err := m.look(ctx, s, s.head)
	if err != nil {
		return err
	}
	call, _ := chain.LookupCall("register")
	o := order{call: call, args: m.call(found{target: *first}), effect: neuronEffect}
	o.lines = [][2]string{
		{"call", call.Doc}, {"netuid", strconv.Itoa(int(m.netuid))}, {"hotkey", m.me.account.String()}, {"coldkey", m.coldkey.String()},
	}
	o.figures = [][2]string{
		{"difficulty", fmt.Sprintf("%d: so many nonces are tried on average", first.difficulty)},
	}
	q, err := compose(ctx, s, m.me, o)
	if err != nil {
		return err
	}
	refused := m.foresee(ctx, s, q)
	p.done()
	switch {
	case sg.dryRun:
		return a.print(q, func(w io.Writer) { q.human(w, o) })
	case refused != nil:
		return refused
	}
	if err := a.agree(sg, s, o, q, "search and register?"); err != nil {
		return err
	}
	for {
		work, err := m.search(ctx, s, p)
		if err != nil {
			return err
		}
		// The figures stand; asking again would take time that the work doesn't have.
		o.args = m.call(work)
		q.Args, q.body.Args, q.body.ValidUntil = plain(o.args, false), codec.MustEncode(o.args), work.height+workWithin
		p.milestone("found nonce %d on block %d", work.nonce, work.height)
		err = a.submit(ctx, s, p, sg, m.me, o, q)
		if !tooOld(err) {
			return err
		}
		p.milestone("too late for that block, searching on")
	}
}

// foreseenError says that the chain would refuse the registration whatever work is found.
type foreseenError struct{ code, reason string }

func (e *foreseenError) Error() string { return "nothing was searched: " + e.reason }

// Code returns the ledger's name of the refusal.
func (e *foreseenError) Code() string { return e.code }

// foresee runs the registration over the state, with work that is none. The chain looks at work behind everything else
// that a search would be in vain for, but for the owner of the hotkey: whatever else it refuses is returned.
func (m *miner) foresee(ctx context.Context, s *session, q *quote) error {
	call := m.call(found{target: target{height: s.head.Block.Height() - 1}})
	mined := q.body
	q.body.Args = codec.MustEncode(call)
	q.predict(ctx, s)
	q.body = mined
	p := q.Predicted
	if p == nil {
		return nil
	}
	switch p.Code {
	case ledger.InvalidWorkBlock.String(), ledger.InvalidDifficulty.String(), ledger.InvalidSeal.String():
		q.Predicted, q.Unknown = nil, "the work is searched when it is sent; what else is asked for is there now"
	default:
		return &foreseenError{p.Code, p.Reason}
	}
	h, err := ask[view.Hotkey](ctx, s, "hotkey@1", chain.HotkeyArgs{Hotkey: m.me.account})
	if err != nil || !h.Value().Exists || h.Value().Owner == m.coldkey {
		return nil // an error is said where the chain is asked the next time
	}
	refused := &foreseenError{ledger.NonAssociatedColdKey.String(), fmt.Sprintf("the hotkey %s belongs to %s, not to %s", m.me.account, h.Value().Owner, m.coldkey)}
	q.Unknown = ""
	q.Predicted = &view.Prediction{Height: p.Height, Code: refused.code, Reason: refused.reason, Invalid: true}
	return refused
}

// tooOld says whether the same may be tried with newer work.
func tooOld(err error) bool {
	var refusal *wire.Refusal
	var lost *lostError
	if errors.As(err, &lost) {
		return true
	}
	return errors.As(err, &refusal) && (refusal.Code == ledger.InvalidWorkBlock.String() || refusal.Code == ledger.InvalidDifficulty.String() ||
		refusal.Code == ledger.Expired.String())
}

func (m *miner) call(f found) registration.Register {
	return registration.Register{
		Netuid: m.netuid, Block: f.height, Nonce: f.nonce, Work: work.Seal(f.hash, m.me.account, f.nonce), Hotkey: m.me.account, Coldkey: m.coldkey,
	}
}

// look makes a target of a head and the difficulty in its state.
func (m *miner) look(ctx context.Context, s *session, head *light.Head) (*target, error) {
	s.head = head
	c, err := costOn(ctx, s, m.netuid)
	if err != nil {
		return nil, err
	}
	if !c.Work {
		return nil, hint(fmt.Errorf("subnet %d takes no registration by work: pow_registration_allowed is false", m.netuid), "register by burning, without --pow")
	}
	return &target{height: head.Block.Height(), hash: head.Hash, difficulty: c.Difficulty}, nil
}

// errSearched ends following when there is a nonce.
var errSearched = errors.New("found a nonce")

// search tries nonces on the newest block, anew with each that comes, until one meets the difficulty. Nonces that were
// tried on a block that became too old are not lost: each try is as good as any other.
func (m *miner) search(ctx context.Context, s *session, p *progress) (found, error) {
	head := s.head
	if newest := s.client.Head(); newest != nil {
		head = newest
	}
	t, err := m.look(ctx, s, head)
	if err != nil {
		return found{}, err
	}
	m.target.Store(t)
	result := make(chan found, m.threads)
	var all sync.WaitGroup
	for range m.threads {
		all.Go(func() { m.try(result) })
	}
	following, stop := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() { ended <- m.follow(following, s, p) }()
	best, err := m.wait(p, result, ended, stop)
	stop(nil)
	m.target.Store(nil)
	all.Wait()
	if best.height > 0 {
		return best, nil
	}
	select {
	case best = <-result:
		return best, nil
	default:
	}
	if ctx.Err() != nil {
		return best, context.Cause(ctx)
	}
	return best, err
}

// wait tells how fast the search is until a nonce is found or following has ended.
func (m *miner) wait(p *progress, result <-chan found, ended <-chan error, stop context.CancelCauseFunc) (found, error) {
	began, before := time.Now(), m.tried.Load()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case best := <-result:
			stop(errSearched)
			return best, <-ended
		case err := <-ended:
			return found{}, err
		case <-tick.C:
			if t := m.target.Load(); t != nil {
				m.tell(p, t, m.tried.Load()-before, time.Since(began))
			}
		}
	}
}

// chunk is how many nonces are tried before a newer block is looked for: a few hundredths of a second.
const chunk = 1 << 15

// try searches until there is no target any more.
func (m *miner) try(result chan<- found) {
	from := rand.Uint64()
	for t := m.target.Load(); t != nil; t = m.target.Load() {
		nonce, ok := work.Search(t.hash, m.me.account, t.difficulty, from, chunk)
		if ok {
			result <- found{target: *t, nonce: nonce}
			return
		}
		m.tried.Add(chunk)
		from += chunk
	}
}

// follow keeps the target at the newest block.
func (m *miner) follow(ctx context.Context, s *session, p *progress) error {
	for again := false; ; again = true {
		err := s.client.Follow(ctx, s.links[0].src, func(h *light.Head) error {
			again = false
			now := m.target.Load()
			if now == nil || h.Block.Height() <= now.height {
				return nil
			}
			t, err := m.look(ctx, s, h)
			if err != nil {
				return err
			}
			m.target.Store(t)
			return nil
		})
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if light.VerdictOf(err) == light.Blame || s.client.Fork() != nil || again {
			return err
		}
		p.milestone("the relay went away (%v), trying to reach it again", err)
		s.reconnect(ctx)
	}
}

// tell writes rate and expected time.
func (m *miner) tell(p *progress, t *target, tried uint64, took time.Duration) {
	rate := float64(tried) / took.Seconds()
	if rate <= 0 {
		return
	}
	left := time.Duration(float64(t.difficulty) / rate * float64(time.Second)).Round(time.Second)
	p.step("searching on block %d with %d threads: %.0f thousand a second, %d tried, about %s on average", t.height, m.threads, rate/1000, tried, left)
}
