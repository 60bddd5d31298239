package relays

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/tao"
)

// check holds counts, ends and what is reserved to the relays that are listed.
func check(t interface {
	Helper()
	Errorf(string, ...any)
}, l *ledger.Ledger) {
	t.Helper()
	all, _, err := List(l, multiaddr.PeerID{}, 1000)
	if err != nil {
		t.Errorf("%v", err)
	}
	counts, deposits := map[keys.Account]uint64{}, map[keys.Account]tao.Amount{}
	for _, e := range all {
		counts[e.Owner]++
		deposits[e.Owner] += e.Deposit
		if ok, err := ledger.Load(l, endKey(e.Expires, e.Peer), new(bool)); !ok || err != nil {
			t.Errorf("%s has no end (%v)", e.Peer, err)
		}
	}
	if n, err := Count(l); n != uint64(len(all)) || err != nil {
		t.Errorf("%d relays are counted, %d are listed (%v)", n, len(all), err)
	}
	ends := 0
	for _, err := range l.Iterate(ledger.TableRelayEnd.Key(), nil) {
		if ends++; err != nil {
			t.Errorf("%v", err)
		}
	}
	if ends != len(all) {
		t.Errorf("%d ends of %d relays", ends, len(all))
	}
	for _, who := range []keys.Account{alice, bob} {
		a, _, err := account.Get(l, who)
		if err != nil || a.Reserved != deposits[who] {
			t.Errorf("%d rao of %s are reserved, the deposits are %d (%v)", a.Reserved, who, deposits[who], err)
		}
		if n, err := CountOf(l, who); n != counts[who] || err != nil {
			t.Errorf("%d relays of %s are counted, %d are listed (%v)", n, who, counts[who], err)
		}
	}
	if err := l.Totals.Balanced(); err != nil {
		t.Errorf("%v", err)
	}
}

// Whatever is called in whatever order, the list is what a simple model of it is.
func TestListFollowsItsRules(t *testing.T) {
	type listed struct {
		owner   keys.Account
		since   uint64
		expires uint64
	}
	calls := map[string]Register{} // signatures are made once
	for n := range 6 {
		for _, owner := range []keys.Account{alice, bob} {
			calls[fmt.Sprint(n, owner)] = register(t, n, owner, path)
		}
	}
	peers := make([]multiaddr.PeerID, 6)
	for n := range peers {
		peers[n] = peerOf(t, n)
	}
	rapid.Check(t, func(rt *rapid.T) {
		l, model := market(t), map[int]listed{}
		count := func(owner keys.Account) (mine, all uint64) {
			for _, m := range model {
				if all++; m.owner == owner {
					mine++
				}
			}
			return mine, all
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			n, owner := rapid.IntRange(0, 5).Draw(rt, "relay"), rapid.SampledFrom([]keys.Account{alice, bob}).Draw(rt, "owner")
			m, there := model[n]
			want := ledger.Code(0)
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0, 1:
				over := there && m.owner != owner && m.expires <= l.Height
				if over {
					delete(model, n)
				}
				mine, all := count(owner)
				switch {
				case there && m.owner != owner && !over:
					want = ledger.RelayOfAnother
				case there && !over:
				case mine == l.Params.RelaysPerOwner:
					want = ledger.TooManyRelays
				case all == l.Params.RelayLimit:
					want = ledger.RelayListFull
				}
				switch {
				case want != 0 && over:
					model[n] = m
				case want == 0 && (!there || over):
					model[n] = listed{owner, l.Height, l.Height + 5}
				case want == 0:
					model[n] = listed{owner, m.since, l.Height + 5}
				}
				if got := run(rt, l, calls[fmt.Sprint(n, owner)], owner); got != want {
					rt.Fatalf("register: %s, want %s", got, want)
				}
			case 2:
				switch {
				case !there:
					want = ledger.RelayNotFound
				case m.owner != owner:
					want = ledger.RelayOfAnother
				default:
					delete(model, n)
				}
				if got := run(rt, l, Unregister{Peer: peers[n]}, owner); got != want {
					rt.Fatalf("unregister: %s, want %s", got, want)
				}
			case 3:
				if rapid.Bool().Draw(rt, "sweep") {
					if err := Expire(l); err != nil {
						rt.Fatal(err)
					}
					for n, m := range model {
						if m.expires <= l.Height {
							delete(model, n)
						}
					}
				}
				l.Height++
			}
			check(rt, l)
		}
		for n := range peers {
			r, ok, err := Get(l, peers[n])
			if m, there := model[n]; err != nil || ok != there || (ok && (listed{r.Owner, r.Since, r.Expires}) != m) {
				rt.Fatalf("relay %d: %+v, %v, want %+v, %v (%v)", n, r, ok, m, there, err)
			}
		}
	})
}
