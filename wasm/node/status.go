package node

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/tab"
)

const (
	statusPause = 50 * time.Millisecond // between two, so that a burst of changes is one
	statusEvery = time.Second           // latencies, bytes and waits change without an event
	usualBlock  = 12 * time.Second      // between blocks, as long as nothing was measured
	leastStall  = 10 * time.Second
)

// publish sends the status whenever it has changed.
func (n *Node) publish(ctx context.Context) {
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	var last []byte
	for {
		status := n.Status()
		if b := codec.MustEncode(&status); !bytes.Equal(b, last) {
			last = b
			n.tell(tab.Message{Status: &status})
		}
		if !sleep(ctx, statusPause, nil) {
			return
		}
		select {
		case <-n.dirty:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Status returns everything about the node at this moment.
func (n *Node) Status() tab.Status {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.cfg.Now()
	out := tab.Status{Sync: n.sync, Build: n.cfg.Build, Alarms: slices.Clone(n.alarms), Log: slices.Clone(n.log), Replay: n.replay, Fraud: n.fraud, Fork: n.fork}
	s := n.session
	if s == nil {
		if n.waiting != "" {
			out.Sync, out.Reason = tab.Stalled, n.waiting
		}
		out.Phases = n.showPhases(nil, now)
		return out
	}
	out.ChainID = s.chainID
	if len(n.history) > 0 {
		head := n.history[len(n.history)-1]
		out.Head = &head
	}
	if s.client != nil {
		out.Target = s.target(out.Head)
		out.Counts = counts(s)
		out.Replay = s.replaying()
		out.Trust = s.showTrust()
	}
	for _, later := range []bool{false, true} {
		for _, r := range s.relays {
			if (r.state == spare) == later {
				out.Relays = append(out.Relays, r.show(s.settled, now))
			}
		}
	}
	out.Sync, out.Reason = n.judge(s, out.Head, now)
	if out.Sync == tab.Refused {
		facts := s.refusal
		if s.refused == "" && s.tally().other > 0 {
			facts = tab.Refusal{Code: tab.ContradictsTrust, Height: s.trust.root.Height}
		}
		if facts.Code != "" {
			out.Refusal = &facts
		}
	}
	out.Phases = n.showPhases(s, now)
	return out
}

// target is the height to catch up to: of the heights that relays claim the middle one, the lower of two, so that a few
// that make theirs up don't set it; and at least that of the newest verified block, if relays say anything.
func (s *session) target(head *tab.Block) uint64 {
	var claims []uint64
	for _, r := range s.relays {
		if r.height > 0 {
			claims = append(claims, r.height)
		}
	}
	if len(claims) == 0 {
		return 0
	}
	slices.Sort(claims)
	target := claims[(len(claims)-1)/2]
	if head != nil {
		target = max(target, head.Height)
	}
	return target
}

func counts(s *session) tab.Counts {
	c := s.client.Counts()
	return tab.Counts{
		Headers: c.Headers, Signatures: c.Signatures, Witnesses: c.Witnesses, WitnessSize: c.WitnessBytes, Nodes: c.Nodes, Skipped: c.Skipped,
	}
}

func (r *relay) show(head uint64, now time.Time) tab.Relay {
	out := tab.Relay{
		Name: r.name, Addr: r.addr, State: r.state, Latency: micros(r.latency), In: r.in, Out: r.out, Height: r.height,
		Lies: r.lies, Error: r.trouble, Origin: r.origin(), Score: r.score(head, now), Verified: r.verified,
	}
	if r.conn != nil {
		out.In, out.Out = out.In+r.conn.BytesIn(), out.Out+r.conn.BytesOut()
		if rtt := r.conn.RTT(); rtt > 0 && r.latency == 0 {
			out.Latency = micros(rtt)
		}
	}
	if r.state == waiting && !r.retryAt.IsZero() {
		out.RetryAt = milli(r.retryAt)
	}
	return out
}

// tally counts a session's relays, but for spare ones.
type tally struct {
	all, open, failed, blocked int
	current                    int       // open ones that a verified block came from
	since                      time.Time // when the first of the open ones was connected
	next                       time.Time // when the first of those that wait is dialled again
	lied                       *relay
	other                      int // blocked ones that have another block than the trust root
}

func (s *session) tally() (t tally) {
	for _, r := range s.relays {
		if r.state == spare {
			continue
		}
		t.all++
		switch r.state {
		case connected:
			t.open++
			if r.current {
				t.current++
			}
			if t.since.IsZero() || r.since.Before(t.since) {
				t.since = r.since
			}
		case blocked:
			t.blocked++
			t.lied = r
			if r.code == tab.ContradictsTrust {
				t.other++
			}
		default:
			if r.failed > 0 {
				t.failed++
			}
			if r.state == waiting && !r.retryAt.IsZero() && (t.next.IsZero() || r.retryAt.Before(t.next)) {
				t.next = r.retryAt
			}
		}
	}
	return t
}

// judge says in which state the whole is, and why where that is not as it should be.
func (n *Node) judge(s *session, head *tab.Block, now time.Time) (tab.Sync, string) {
	if s.refused != "" {
		return tab.Refused, s.refused
	}
	t := s.tally()
	if t.open == 0 {
		switch {
		case t.all > 0 && t.other == t.all && head == nil:
			return tab.Refused, fmt.Sprintf("No relay has the trust root’s block %s: there is another one. Either they lie, or the trust root is mistyped or another chain’s. Compare all 64 digits.", count(s.trust.root.Height))
		case t.all > 0 && t.blocked == t.all:
			why := fmt.Sprintf("Relay “%s” lied. It is blocked; nothing false was shown. There is no other relay.", t.lied.name)
			if head == nil {
				return tab.Refused, why
			}
			return tab.Stalled, why
		case t.failed > 0 && t.failed+t.blocked == t.all, n.arrivals > 0 && t.all > 0:
			return tab.Stalled, noRelay(t, now)
		case t.all == 0 && s.listKnown:
			return tab.Stalled, "No relay is known."
		case t.all == 0 && n.waiting != "":
			return tab.Stalled, n.waiting
		}
		return tab.Connecting, ""
	}
	if t.current == 0 || head == nil {
		began := t.since
		if n.lastStep.After(began) {
			began = n.lastStep
		}
		if silence := now.Sub(began); silence > leastStall {
			return tab.Stalled, fmt.Sprintf("Connected for %s, but no relay shows a block that could be verified.", span(silence))
		}
		return tab.Verifying, ""
	}
	if quiet, expected, stalled := n.quiet(s, head, now); stalled {
		why := fmt.Sprintf("No new block for %s; one is expected every %s.", span(quiet), every(expected))
		if t.open > 1 {
			why += fmt.Sprintf(" Relays agree on %s.", count(head.Height))
		}
		return tab.Stalled, why
	}
	return tab.Live, ""
}

func noRelay(t tally, now time.Time) string {
	if wait := t.next.Sub(now); !t.next.IsZero() && wait > time.Second {
		return fmt.Sprintf("No relay answers, trying again in %s.", span(wait))
	}
	return "No relay answers, trying again."
}

// quiet says since when there was no new block, and whether that is too long. As long as blocks keep coming their own
// dates don't count, for this computer's clock may be wrong; the first one of a visit is all that a frozen relay shows,
// and its date tells.
func (n *Node) quiet(s *session, head *tab.Block, now time.Time) (since, expected time.Duration, stalled bool) {
	if expected = n.recent(); expected == 0 {
		expected = s.usual
	}
	if expected == 0 {
		expected = usualBlock
	}
	limit := max(4*expected, leastStall)
	since = now.Sub(n.lastNew)
	if n.arrivals < 2 {
		since = now.Sub(time.UnixMilli(int64(head.Time)))
	}
	return since, expected, since > limit
}

func every(d time.Duration) string {
	if d < 950*time.Millisecond {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return span(d.Round(time.Second))
}

func (n *Node) showPhases(s *session, now time.Time) []tab.Phase {
	out := make([]tab.Phase, phaseCount)
	for i := range out {
		out[i] = n.phases[i].show(phaseNames[i])
	}
	if s == nil {
		return out
	}
	t := s.tally()
	switch relays := &out[phaseRelays]; {
	case t.all == 0:
	case t.open > 0:
		relays.Text = fmt.Sprintf("%d of %d answered", t.open, t.all)
	case t.failed+t.blocked == t.all:
		relays.State, relays.Text = "failed", "none answers"
		if wait := t.next.Sub(now); !t.next.IsZero() && wait > time.Second {
			relays.Text += ", trying again in " + span(wait)
		}
	}
	if s.client == nil {
		return out
	}
	c := s.client.Counts()
	if up := &out[phaseCatchUp]; up.State != "off" && c.Headers > 0 {
		up.Text = fmt.Sprintf("%s headers checked, %s stepped over", count(c.Headers), count(c.Skipped))
	}
	if follow := &out[phaseFollow]; follow.State == "done" {
		follow.State = "now" // it goes on
		if len(n.history) > 0 {
			last := &n.history[len(n.history)-1]
			follow.Text, follow.Micros = "each block checked, "+took(time.Duration(last.Micros)*time.Microsecond), last.Micros
		}
	}
	return out
}
