package node_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/relays"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
)

var fromAfar = tab.StartParams{Origin: "https://tao.example"}

// hide adds a relay that the page's host doesn't name; it is reached at a path such as /dns/a.tao.net/tcp/443/wss.
func (w *world) hide(path string) *server {
	s := w.addRelay()
	s.hidden, s.addr = true, path+"/p2p/"+s.id.Public.String()
	return s
}

// hideMany adds so many relays at different hosts, and lists each for an owner of its own.
func (w *world) hideMany(t *testing.T, n int) (all []*server) {
	t.Helper()
	for i := range n {
		all = append(all, w.hide(fmt.Sprintf("/dns/relay%d.tao.net/tcp/443/wss", i)))
	}
	w.list(t, all...)
	return all
}

// list registers relays on chain in the next block, and adds the block whose header names the state with them.
func (w *world) list(t *testing.T, all ...*server) {
	t.Helper()
	w.Step(lighttest.Spec{}, func(s state.Writer) error {
		l, err := ledger.Begin(s, w.ID(), w.Height(), 0)
		if err != nil {
			return err
		}
		for i, r := range all {
			owner := keys.Account{100, byte(i)}
			if err := account.Credit(l, owner, 2*tao.TAO); err != nil {
				return err
			}
			l.Mint(2 * tao.TAO)
			c := relays.Register{Addr: r.addr, Until: w.Height()}
			c.Proof = [64]byte(r.id.Sign(relays.ProofPayload(w.ID(), owner, c.Addr, c.Until)))
			if err := c.Run(l, owner); err != nil {
				return err
			}
		}
		return l.End()
	})
	w.grow(t, 1)
}

func (s *server) dialled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dials
}

// relayAt returns what a status says of a relay.
func relayAt(s tab.Status, r *server) tab.Relay {
	i := slices.IndexFunc(s.Relays, func(x tab.Relay) bool { return x.Addr == r.addr })
	if i < 0 {
		return tab.Relay{}
	}
	return s.Relays[i]
}

func connectedTo(s tab.Status) (n int) {
	for _, r := range s.Relays {
		if r.State == "connected" {
			n++
		}
	}
	return n
}

func TestRelaysAreLearnedFromTheChain(t *testing.T) {
	w := newWorld(t)
	hidden := w.hideMany(t, 2)
	p := w.page(t, newShelf(), fromAfar)
	s := p.until("three relays that agree", func(s tab.Status) bool { return s.Agreeing() == 3 })
	for _, r := range hidden {
		if got := relayAt(s, r); got.Origin != "on chain" || got.State != "connected" || got.Score < 70 {
			t.Errorf("%+v", got)
		}
	}
	if got := relayAt(s, w.relay); got.Origin != "host list" || got.Score < 70 || got.Verified != w.Height() {
		t.Errorf("%+v", got)
	}
	w.grow(t, 2)
	p.until("agreement on a new block", func(s tab.Status) bool { return s.Head.Height == w.Height() && s.Agreeing() == 3 })
	w.relay.stop()
	if f, _ := p.supply(); f.Relay == relayAt(s, w.relay).Name {
		t.Errorf("answered by %s, which is away", f.Relay)
	}
}

// What the chain's state says is a stranger's word: no page dials its visitor's own network on it.
func TestInsaneAddressesAreNotDialled(t *testing.T) {
	w := newWorld(t)
	good, bad := w.hide("/dns/relay.tao.net/tcp/443/wss"), []*server{
		w.hide("/dns/plain.tao.net/tcp/80/ws"), w.hide("/ip4/127.0.0.1/tcp/443/wss"), w.hide("/ip4/10.0.0.1/tcp/443/wss"),
	}
	w.list(t, append(bad, good)...)
	p := w.page(t, newShelf(), fromAfar)
	s := p.until("two relays", func(s tab.Status) bool { return connectedTo(s) == 2 })
	for _, r := range bad {
		if r.dialled() > 0 || relayAt(s, r).Addr != "" {
			t.Errorf("%s was dialled", r.addr)
		}
	}
}

// A few are enough: the host's list doesn't fill all seats, and the rest are spare.
func TestFewRelaysAreConnected(t *testing.T) {
	w := newWorld(t)
	for range 6 {
		w.addRelay()
	}
	hidden := w.hideMany(t, 5)
	p := w.page(t, newShelf(), fromAfar)
	s := p.until("four relays, two of them learned", func(s tab.Status) bool {
		learned := 0
		for _, r := range hidden {
			if relayAt(s, r).State == "connected" {
				learned++
			}
		}
		return learned == 2 && connectedTo(s) == 4
	})
	for _, r := range s.Relays {
		if r.State != "connected" && r.State != "spare" {
			t.Errorf("%+v", r)
		}
	}
	if s.Phases[2].Text != "4 of 4 answered" || len(s.Relays) != 12 {
		t.Errorf("%d relays: %s", len(s.Relays), s.Phases[2].Text)
	}
}

// All relays that the host names are one party's, and keep new blocks to themselves. A listed relay that is honest is
// learned from what they can't help proving, and the tab sees the newest block.
func TestEclipseByTheHostsRelays(t *testing.T) {
	w := newWorld(t)
	w.hideMany(t, 1)
	until := w.Height()
	for range 4 {
		w.addRelay()
	}
	for _, r := range w.relays {
		if !r.hidden {
			r.freeze(until)
		}
	}
	w.grow(t, 8)
	p := w.page(t, newShelf(), fromAfar)
	p.until("the newest block, which one relay has", func(s tab.Status) bool {
		return s.Head != nil && s.Head.Height == w.Height() && s.Agreeing() == 1
	})
	if f, _ := p.supply(); f.Height != w.Height()-1 {
		t.Errorf("a figure of block %d", f.Height)
	}
}

// One that is behind gives its seat to another, and doesn't get it back.
func TestStaleRelayIsLeft(t *testing.T) {
	w := newWorld(t)
	hidden := w.hideMany(t, 4)
	p := w.page(t, newShelf(), fromAfar)
	s := p.until("four relays", func(s tab.Status) bool { return s.Agreeing() == 4 })
	i := slices.IndexFunc(hidden, func(r *server) bool { return relayAt(s, r).State == "connected" })
	stale, until := hidden[i], w.Height()
	stale.freeze(until)
	w.grow(t, 6)
	s = p.until("another in its place", func(s tab.Status) bool { return relayAt(s, stale).State == "spare" && s.Agreeing() == 4 })
	if got := relayAt(s, stale); got.Score > 50 || got.Score == 0 {
		t.Errorf("%+v", got)
	}
	w.grow(t, 1)
	p.until("still another in its place", func(s tab.Status) bool {
		return s.Head.Height == w.Height() && s.Agreeing() == 4 && relayAt(s, stale).State == "spare"
	})
}

// What a relay claims doesn't make up for the blocks that it keeps to itself: one that shows only old ones gives its seat to
// another.
func TestBoastDoesNotKeepASeat(t *testing.T) {
	w := newWorld(t)
	w.addRelay()
	w.addRelay()
	stale, next := w.addRelay(), w.addRelay()
	w.grow(t, 40)
	var shown atomic.Uint64
	stale.source.Newest, stale.source.Boast = shown.Load, 1<<40
	p := w.page(t, newShelf(), fromAfar)
	p.until("three relays, and one that shows nothing yet", func(s tab.Status) bool { return s.Agreeing() == 3 && connectedTo(s) == 4 })
	shown.Store(5) // which the tab has stepped over
	w.Step(lighttest.Spec{Wait: time.Second}, nil)
	s := p.until("the boast", func(s tab.Status) bool { return relayAt(s, stale).Height > 1<<40 && s.Head.Height == w.Height() })
	if got := relayAt(s, stale); got.Verified != 0 || got.Score >= relayAt(s, w.relay).Score {
		t.Errorf("%+v", got)
	}
	w.Step(lighttest.Spec{Wait: time.Minute}, nil)
	s = p.until("another in its place", func(s tab.Status) bool {
		return relayAt(s, stale).State == "spare" && relayAt(s, next).State == "connected" && s.Agreeing() == 4
	})
	if got := relayAt(s, stale); got.Score == 0 || got.Score > 60 || got.Lies != 0 {
		t.Errorf("%+v", got)
	}
}

// Who lied is not used again, whatever address it has and however often the visitor tries.
func TestLiarIsNeverUsedAgain(t *testing.T) {
	w := newWorld(t)
	hidden := w.hideMany(t, 1)
	liar := hidden[0]
	liar.source.Tamper = func(b *light.LightBlock) *light.LightBlock {
		b.Header.AppHash[0] ^= 1
		return b
	}
	again := w.addRelay() // the host names it, too
	again.source, again.id, again.addr = liar.source, liar.id, "/dns/again.tao.net/tcp/443/wss/p2p/"+liar.id.Public.String()
	p := w.page(t, newShelf(), fromAfar)
	s := p.until("an alarm", func(s tab.Status) bool {
		return len(s.Alarms) == 1 && s.Sync == tab.Live && relayAt(s, liar).State == "blocked" && relayAt(s, again).State == "blocked"
	})
	if relayAt(s, liar).Score != 0 || relayAt(s, again).Score != 0 {
		t.Errorf("%+v", s.Relays)
	}
	before := liar.dialled() + again.dialled()
	p.ask(tab.Retry, nil, nil)
	w.grow(t, 60) // the list is read again
	p.until("a new block", func(s tab.Status) bool { return s.Head.Height == w.Height() })
	w.relay.stop()
	p.until("stalled", func(s tab.Status) bool { return s.Sync == tab.Stalled })
	if n := liar.dialled() + again.dialled(); n != before {
		t.Errorf("the liar was dialled %d times, %d of them after it lied", n, n-before)
	}
}

// An address on chain at which somebody else answers is old: that is no lie, and another one is taken.
func TestListedAddressIsSomebodyElses(t *testing.T) {
	w := newWorld(t)
	hidden := w.hideMany(t, 4)
	for _, r := range hidden[:3] {
		r.impostor = true
	}
	p := w.page(t, newShelf(), fromAfar)
	s := p.until("the one that is there", func(s tab.Status) bool { return relayAt(s, hidden[3]).State == "connected" && connectedTo(s) == 2 })
	if len(s.Alarms) > 0 {
		t.Errorf("%+v", s.Alarms)
	}
}

// As long as the host's list isn't in nobody knows whether it names an address of the last visit: that somebody else answers
// there is no alarm.
func TestRememberedAddressIsSomebodyElses(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	moved := w.hideMany(t, 1)[0]
	p := w.page(t, shelf, fromAfar)
	p.until("both", func(s tab.Status) bool { return s.Agreeing() == 2 })
	p.close()
	moved.impostor = true
	w.setHostFails(errors.New("the host is away"))
	before := moved.dialled()
	p = w.page(t, shelf, fromAfar)
	s := p.until("live, and the other was tried twice", func(s tab.Status) bool { return live(s) && moved.dialled() > before+1 })
	if got := relayAt(s, moved); len(s.Alarms) > 0 || got.Lies > 0 || got.State == "blocked" {
		t.Errorf("%+v, %+v", s.Alarms, got)
	}
	w.setHostFails(nil)
	p.until("the list, which doesn't name it", func(s tab.Status) bool { return relayAt(s, w.relay).Origin == "host list" })
	if s = p.node.Status(); len(s.Alarms) > 0 {
		t.Errorf("%+v", s.Alarms)
	}
}

// Of relays that don't answer others take the place.
func TestDeadRelaysGiveWay(t *testing.T) {
	w := newWorld(t)
	hidden := w.hideMany(t, 9)
	for _, r := range hidden[:6] {
		r.down = true
	}
	p := w.page(t, newShelf(), fromAfar)
	s := p.until("the others", func(s tab.Status) bool { return connectedTo(s) == 4 })
	for _, r := range hidden[:6] {
		if got := relayAt(s, r); got.State == "connected" || got.Score > 65 {
			t.Errorf("%+v", got)
		}
	}
}

// Who was learned once is known at the next visit without the host.
func TestLearnedRelaysAreRemembered(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	w.hideMany(t, 1)
	p := w.page(t, shelf, fromAfar)
	p.until("both", func(s tab.Status) bool { return s.Agreeing() == 2 })
	p.close()
	w.relay.stop()
	s := w.page(t, shelf, fromAfar).until("live by the other", live)
	if !strings.Contains(s.Relays[0].Addr+s.Relays[1].Addr, "relay0.tao.net") {
		t.Errorf("%+v", s.Relays)
	}
}

// The list is read again as the chain goes on, and one that was never tried gets a seat then: who has all seats doesn't
// keep them.
func TestNewcomersGetASeat(t *testing.T) {
	w := newWorld(t)
	hidden := w.hideMany(t, 3)
	p := w.page(t, newShelf(), fromAfar)
	p.until("four relays", func(s tab.Status) bool { return s.Agreeing() == 4 })
	late := w.hide("/dns/late.tao.net/tcp/443/wss")
	w.list(t, late)
	w.grow(t, 10)
	if relayAt(p.node.Status(), late).Addr != "" {
		t.Error("the list is read at every block")
	}
	w.grow(t, 45)
	s := p.until("the newcomer in somebody's place", func(s tab.Status) bool {
		return relayAt(s, late).State == "connected" && connectedTo(s) == 4
	})
	left := 0
	for _, r := range hidden {
		if relayAt(s, r).State == "spare" {
			left++
		}
	}
	if left != 1 || relayAt(s, w.relay).State != "connected" {
		t.Errorf("%+v", s.Relays)
	}
}

// Questions go to the relay that is best, whoever was there first.
func TestTheBestRelayIsAskedFirst(t *testing.T) {
	w := newWorld(t)
	w.relay.rtt = 900 * time.Millisecond
	w.hideMany(t, 1)
	p := w.page(t, newShelf(), fromAfar)
	p.until("both", func(s tab.Status) bool { return s.Agreeing() == 2 })
	for deadline := time.Now().Add(patience); ; {
		if f, _ := p.supply(); f.Relay == "relay0.tao.net" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the slow relay is still asked first")
		}
	}
}

// Without a network all relays fail, one after the other. Each is tried, and then none before its wait is over, however
// often they take each other's seats.
func TestNoStormOfDials(t *testing.T) {
	w := newWorld(t)
	for range 11 {
		w.addRelay()
	}
	for _, r := range w.relays {
		r.down = true
	}
	w.retry = time.Minute // the longest wait, then: 15 s at least
	p := w.page(t, newShelf(), fromAfar)
	tried := func() (least, most int) {
		least = w.relays[0].dialled()
		for _, r := range w.relays {
			least, most = min(least, r.dialled()), max(most, r.dialled())
		}
		return least, most
	}
	p.until("all were tried", func(tab.Status) bool { least, _ := tried(); return least > 0 })
	time.Sleep(300 * time.Millisecond) // in which a storm would come
	if _, most := tried(); most > 1 {
		t.Errorf("a relay was dialled %d times", most)
	}
}

// Anybody may put a stranger's address on the list: no visitor knocks there more than a few times.
func TestListedAddressGetsFewTries(t *testing.T) {
	w := newWorld(t)
	victim := w.hideMany(t, 1)[0]
	victim.down = true
	p := w.page(t, newShelf(), fromAfar)
	p.until("the address is given up", func(s tab.Status) bool { return victim.dialled() >= 3 && relayAt(s, victim).State == "spare" })
	w.grow(t, 60)
	p.until("the list is read again", func(s tab.Status) bool { return s.Head.Height == w.Height() && s.Agreeing() == 1 })
	time.Sleep(100 * time.Millisecond) // in which it would be dialled again
	if n := victim.dialled(); n != 3 {
		t.Errorf("dialled %d times", n)
	}
}

// However many the chain lists, there is room for the host's relays: also when its list comes late.
func TestListedRelaysDontCrowdOutTheHosts(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	p := w.page(t, shelf, fromAfar)
	p.until("live", live)
	p.close()
	w.hideMany(t, 40)
	late := w.addRelay()
	w.setHostFails(errors.New("the host is away"))
	p = w.page(t, shelf, fromAfar)
	p.until("the list", func(s tab.Status) bool { return len(s.Relays) == 33 })
	w.setHostFails(nil)
	p.until("the host's", func(s tab.Status) bool { return relayAt(s, late).Origin == "host list" })
}
