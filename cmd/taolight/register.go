package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/registration/work"
	"github.com/taolight/taolight/core/wire"
)

// powPath is how the call register is made: by a flag of the command of burned_register.
const powPath = "register --pow"

// workWithin is how many blocks behind the one that work is on may hold it.
const workWithin = 2

// addPow adds registration by proof of work to the command that registers.
func (a *app) addPow(c *cobra.Command) {
	var pow bool
	var coldkey string
	var threads int
	f := c.Flags()
	f.BoolVar(&pow, "pow", false, "register by proof of work; --from is the hotkey's wallet")
	f.StringVar(&coldkey, "coldkey", "", "with --pow, `ADDRESS` of the coldkey that owns the hotkey, or will")
	f.IntVar(&threads, "threads", runtime.NumCPU(), "with --pow, how many search side by side")
	c.RegisterFlagCompletionFunc("coldkey", a.completeWallets)
	burn := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if !pow {
			if coldkey != "" || f.Changed("threads") {
				return usage(cmd, "--coldkey and --threads go with --pow; by burning, --from is the coldkey")
			}
			return burn(cmd, args)
		}
		netuid := f.Lookup("netuid").Value.String()
		if netuid == "" && len(args) > 0 {
			netuid, args = args[0], args[1:]
		}
		from, _ := f.GetString("from")
		switch {
		case f.Changed("hotkey") || len(args) > 0:
			return usage(cmd, "with --pow the hotkey registers itself: name its wallet with --from")
		case from == "":
			return usage(cmd, "--from is missing: name the hotkey's wallet")
		case coldkey == "":
			return usage(cmd, "--coldkey is missing: name the hotkey's owner")
		case netuid == "":
			return usage(cmd, "--netuid is missing")
		case threads < 1 || threads > 1024:
			return usage(cmd, "--threads %d: want 1 to 1024", threads)
		}
		n, err := strconv.ParseUint(netuid, 10, 16)
		if err != nil {
			return fmt.Errorf("--netuid: %.40q: want a whole number from 0 to 65535", netuid)
		}
		owner, err := a.address(coldkey)
		if err != nil {
			return fmt.Errorf("--coldkey: %w", err)
		}
		me, err := a.identify(from)
		if err != nil {
			return err
		}
		sg := signing{from: from}
		if err := sg.read(cmd); err != nil {
			return err
		}
		if !sg.dryRun {
			if me.key, err = a.signer(from); err != nil {
				return err
			}
		}
		return a.mine(cmd.Context(), &sg, &miner{me: me, netuid: uint16(n), coldkey: owner, threads: threads})
	}
}

// read takes the values of flags that [app.signingFlags] has made for another signing.
func (s *signing) read(cmd *cobra.Command) (err error) {
	f := cmd.Flags()
	all := []error{}
	keep := func(e error) { all = append(all, e) }
	var e error
	s.relays, e = f.GetStringArray("relay")
	keep(e)
	s.trust, e = f.GetString("trust")
	keep(e)
	s.network.wait, e = f.GetDuration("timeout")
	keep(e)
	if !f.Changed("timeout") {
		s.network.wait = 24 * time.Hour // a search takes what it takes
	}
	s.yes, e = f.GetBool("yes")
	keep(e)
	s.dryRun, e = f.GetBool("dry-run")
	keep(e)
	s.await, e = f.GetBool("wait")
	keep(e)
	s.noWait, e = f.GetBool("no-wait")
	keep(e)
	return errors.Join(all...)
}

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
	p.done()
	if sg.dryRun {
		return a.print(q, func(w io.Writer) { q.human(w, o) })
	}
	if err := a.agree(sg, s, o, q, "search and register?"); err != nil {
		return err
	}
	for {
		work, err := m.search(ctx, s, p)
		if err != nil {
			return err
		}
		o.args = m.call(work)
		q, err := compose(ctx, s, m.me, o)
		if err != nil {
			return err
		}
		q.body.ValidUntil = work.height + workWithin
		p.milestone("found nonce %d on block %d", work.nonce, work.height)
		err = a.submit(ctx, s, p, sg, m.me, o, q)
		if !tooOld(err) {
			return err
		}
		p.milestone("too late for that block, searching on")
	}
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
	var best found
	select {
	case best = <-result:
		stop(errSearched)
		err = <-ended
	case err = <-ended:
	}
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

// follow keeps the target at the newest block and tells how fast the search is.
func (m *miner) follow(ctx context.Context, s *session, p *progress) error {
	began, before := time.Now(), m.tried.Load()
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
			m.tell(p, t, m.tried.Load()-before, time.Since(began))
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
