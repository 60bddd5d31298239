package node

import (
	"testing"
	"time"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/multiaddr"
)

func TestWhatMayBeDialled(t *testing.T) {
	const far, home, lan = "https://tao.example", "http://127.0.0.1:8080", "http://192.168.0.7:8080"
	for _, c := range []struct {
		origin, path string
		want         bool
	}{
		{far, "/dns/relay.tao.net/tcp/443/wss", true}, {far, "/ip4/8.8.8.8/tcp/8443/tls/ws", true}, {far, "/ip6/2606:4700::1/tcp/443/wss", true},
		{far, "/dns/relay.tao.net/tcp/80/ws", false}, // a page served over https can't
		{far, "/ip4/127.0.0.1/tcp/443/wss", false}, {far, "/ip4/10.0.0.1/tcp/443/wss", false}, {far, "/ip6/::1/tcp/443/wss", false},
		{far, "/dns/localhost/tcp/443/wss", false}, {far, "/dns/printer.local/tcp/443/wss", false}, {far, "/ip4/169.254.169.254/tcp/443/wss", false},
		{lan, "/dns/relay.tao.net/tcp/443/wss", true}, {lan, "/dns/relay.tao.net/tcp/80/ws", false}, {lan, "/ip4/192.168.0.8/tcp/443/wss", false},
		{lan, "/ip4/127.0.0.1/tcp/80/ws", false},
		{home, "/ip4/127.0.0.1/tcp/9000/ws", true}, {home, "/dns/localhost/tcp/9000/ws", true}, {home, "/ip4/10.0.0.1/tcp/443/wss", true},
		{home, "/ip4/10.0.0.1/tcp/80/ws", false}, {home, "/dns/relay.tao.net/tcp/443/wss", true}, {home, "/dns/relay.tao.net/tcp/80/ws", false},
		{"http://[::1]:8080", "/ip6/::1/tcp/80/ws", true}, {"http://localhost", "/ip4/127.0.0.1/tcp/80/ws", true},
		{"https://localhost:8443", "/ip4/127.0.0.1/tcp/80/ws", false}, {"https://localhost:8443", "/ip4/127.0.0.1/tcp/443/wss", true},
		{"", "/dns/relay.tao.net/tcp/443/wss", true}, {"", "/ip4/127.0.0.1/tcp/443/wss", false}, {"127.0.0.1", "/ip4/127.0.0.1/tcp/443/wss", false},
		{"http://127.0.0.1.evil.net", "/ip4/127.0.0.1/tcp/80/ws", false}, {"http://localhost.evil.net", "/ip4/127.0.0.1/tcp/80/ws", false},
	} {
		a, err := multiaddr.Parse(c.path + "/p2p/" + multiaddr.PeerID{1}.String())
		if err != nil {
			t.Fatal(err)
		}
		if dials(c.origin, a) != c.want {
			t.Errorf("a page from %q dials %s: %v", c.origin, c.path, !c.want)
		}
	}
}

type fakeConn struct {
	Conn
	rtt time.Duration
}

func (c fakeConn) RTT() time.Duration { return c.rtt }

// The order of scores is what they are for: none is a figure that anybody relies on.
func TestScoresRankRelays(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	open := func(rtt time.Duration, verified uint64, change func(*relay)) *relay {
		r := &relay{state: connected, conn: fakeConn{rtt: rtt}, since: now.Add(-time.Minute), current: true, proved: true, verified: verified, height: verified}
		if change != nil {
			change(r)
		}
		return r
	}
	const head = 100
	best := []struct {
		what string
		r    *relay
	}{
		{"near and fresh", open(20*time.Millisecond, head, nil)},
		{"farther", open(400*time.Millisecond, head, nil)},
		{"far, and one block behind", open(900*time.Millisecond, head-1, nil)},
		{"unknown", &relay{state: spare, fresh: freshUnknown}},
		{"shows old blocks and claims the newest", open(20*time.Millisecond, 0, func(r *relay) { r.height = 1 << 40 })},
		{"three blocks behind and slow", open(800*time.Millisecond, head-3, nil)},
		{"unknown, doesn't answer", &relay{state: spare, fresh: freshUnknown, failed: 1}},
		{"was far behind when it was left", &relay{state: spare, proved: true}},
		{"shows nothing", open(700*time.Millisecond, 0, func(r *relay) { r.current, r.height = false, 1<<40 })},
		{"lied", open(time.Millisecond, head, func(r *relay) { r.state = blocked })},
	}
	for i, c := range best {
		score := c.r.score(head, now)
		if score > 100 || (score == 0) != (c.r.state == blocked) {
			t.Errorf("%s: %d", c.what, score)
		}
		if i > 0 && score >= best[i-1].r.score(head, now) {
			t.Errorf("%s has %d, no less than %s: %d", c.what, score, best[i-1].what, best[i-1].r.score(head, now))
		}
	}
	if score := best[0].r.score(head, now); score < 95 {
		t.Errorf("the best there can be has %d", score)
	}
	if score := open(time.Millisecond, 0, func(r *relay) { r.since, r.height = now, 1<<40 }).score(head, now); score >= best[0].r.score(head, now) || score <= best[3].r.score(head, now) {
		t.Errorf("one that has just come and shown a block that is not kept has %d", score)
	}
	if score := open(time.Millisecond, head-40, nil).score(head, now); score >= best[3].r.score(head, now) {
		t.Errorf("a stale one has %d, no less than one that nobody knows", score)
	}
	if score := open(time.Millisecond, head, func(r *relay) { r.withheld = 5 }).score(head, now); score > 75 {
		t.Errorf("one that keeps its answers has %d", score)
	}
}

// Who has shown no block that is kept counts as unknown for a while, longer if it sends blocks at all, and then for nothing.
func TestFreshnessBeforeTheFirstBlock(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for _, c := range []struct {
		current bool
		since   time.Duration
		want    uint64
	}{
		{false, leastStall, freshUnknown}, {false, leastStall + 1, 0},
		{true, leastStall + 1, freshUnknown}, {true, toShow, freshUnknown}, {true, toShow + 1, 0},
	} {
		r := &relay{conn: fakeConn{}, current: c.current, since: now.Add(-c.since), height: 100}
		if got := r.freshness(100, now); got != c.want {
			t.Errorf("sends blocks %t, after %v: %d, want %d", c.current, c.since, got, c.want)
		}
	}
}

// An address that only the chain names is tried a few times, unless it has once been a relay's.
func TestStrangersAreTriedAFewTimes(t *testing.T) {
	for _, c := range []struct {
		r    relay
		want bool
	}{
		{relay{onChain: true, failed: tries - 1}, true},
		{relay{onChain: true, failed: tries}, false},
		{relay{onChain: true, failed: tries, proved: true}, true},
		{relay{onChain: true, failed: tries, listed: true}, true},
		{relay{failed: tries}, true},
	} {
		c.r.state, c.r.fresh = spare, freshUnknown
		s := &session{relays: []*relay{&c.r}}
		if got := len(s.wanted(100, time.Unix(1_700_000_000, 0))) == 1; got != c.want {
			t.Errorf("on the chain %t, listed %t, proved %t, failed %d times: wanted %t", c.r.onChain, c.r.listed, c.r.proved, c.r.failed, got)
		}
	}
}

// The seats of those that only the chain names go to different owners and hosts, also where others of one would do better.
func TestChainSeatsAreOfDifferentHosts(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for name, c := range map[string]struct {
		second *relay // better than the third
		want   bool   // it has a seat
	}{
		"another owner and host": {&relay{host: "b.example", owner: keys.Account{2}}, true},
		"the same host":          {&relay{host: "a.example", owner: keys.Account{2}}, false},
		"the same owner":         {&relay{host: "b.example", owner: keys.Account{1}}, false},
	} {
		s := &session{}
		for i, r := range []*relay{{host: "a.example", owner: keys.Account{1}, proved: true}, c.second, {host: "c.example", owner: keys.Account{3}, failed: 1}} {
			r.onChain, r.peer, r.state, r.fresh = true, multiaddr.PeerID{1, byte(i)}, spare, freshUnknown
			s.relays = append(s.relays, r)
		}
		for i := range 4 {
			s.relays = append(s.relays, &relay{peer: multiaddr.PeerID{2, byte(i)}, host: "host.example", listed: true, proved: true, state: spare, fresh: mostFresh})
		}
		chosen := s.wanted(100, now)
		if len(chosen) != seats || chosen[0] != s.relays[0] || (chosen[1] == s.relays[1]) != c.want || (chosen[1] == s.relays[2]) == c.want {
			t.Errorf("%s: %+v", name, chosen)
		}
	}
}
