package stake

import (
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"golang.org/x/crypto/blake2b"
)

// swap is the call that swaps a hotkey for that of k, which agrees to belong to coldkey.
func swap(b bench, old, coldkey keys.Account, k *sign.Key) SwapHotkey {
	sig, err := k.Sign(AssociationPayload(b.ChainID, k.Account(), coldkey))
	b.must(err)
	return SwapHotkey{Old: old, New: k.Account(), Scheme: k.Scheme(), Signature: sig}
}

func TestASwappedHotkeyIsInEveryPlaceOfTheOldOne(t *testing.T) {
	b := newBench(t)
	root, one, two := b.subnet(subnet.RootNetuid, hot[0]), b.subnet(1, hot[1], hot[0]), b.subnet(2, hot[1])
	three, err := subnet.Create(b.Ledger, subnet.Subnet{Netuid: 3, Owner: cold[0], Hotkey: hot[0]}, hyper.Defaults())
	b.must(err)
	b.do(cold[0], BecomeDelegate{Hotkey: hot[0]})
	b.do(cold[0], Add{Hotkey: hot[0], Amount: 300})
	b.do(cold[1], Add{Hotkey: hot[0], Amount: 700})
	b.do(cold[0], SetChildren{Netuid: 1, Hotkey: hot[0], Children: []Link{link(half, hot[1])}})
	b.do(cold[1], SetChildren{Netuid: 1, Hotkey: hot[1], Children: []Link{link(half, hot[0])}})
	b.do(cold[1], SetChildren{Netuid: 2, Hotkey: hot[1], Children: []Link{link(half, hot[0])}})
	before, _, err := GetHotkey(b, hot[0])
	b.must(err)
	id, _, err := PoolOf(b, hot[0], 0)
	b.must(err)

	k := newKey(t, "//new")
	b.Height++
	b.do(cold[0], swap(b, hot[0], cold[0], k))

	after, ok, err := GetHotkey(b, k.Account())
	b.must(err)
	before.Nonce, before.Pool.Hotkey = account.FirstNonce(b.Height), k.Account()
	if !ok || after != before {
		t.Errorf("the record is %+v, want %+v", after, before)
	}
	if _, ok, _ := Owner(b, hot[0]); ok {
		t.Error("the old hotkey has an owner")
	}
	if now, ok, _ := PoolOf(b, k.Account(), 0); !ok || now != id {
		t.Errorf("the pool is %d, was %d", now, id)
	}
	if _, ok, _ := PoolOf(b, hot[0], 0); ok || b.has(cold[0], k.Account()) != 300 || b.has(cold[1], k.Account()) != 700 {
		t.Error("the positions did not come along")
	}
	for _, s := range []struct {
		of  subnet.Entry
		uid uint16
	}{{root, 0}, {one, 1}} {
		uid, ok, err := subnet.UIDOf(b, s.of.ID, k.Account())
		b.must(err)
		at, _, err := subnet.HotkeyOf(b, s.of.ID, s.uid)
		b.must(err)
		if _, stays, _ := subnet.UIDOf(b, s.of.ID, hot[0]); !ok || uid != s.uid || at != k.Account() || stays {
			t.Errorf("subnet %d: uid %d, at uid %d is %s", s.of.Netuid, uid, s.uid, at)
		}
	}
	if s, _, _ := subnet.Get(b, 3); s.ID != three.ID || s.Hotkey != k.Account() {
		t.Errorf("subnet 3's owner has the hotkey %s", s.Hotkey)
	}
	if s, _, _ := subnet.Get(b, 2); s.Hotkey != hot[3] {
		t.Errorf("subnet 2's owner has the hotkey %s", s.Hotkey)
	}
	if w1, w2 := b.weight(k.Account(), one), b.weight(hot[1], one); w1 != 500 || w2 != 500 {
		t.Errorf("on subnet 1 the new hotkey weighs %d, its child %d", w1, w2)
	}
	for _, s := range []subnet.Entry{one, two} {
		if p, _ := ReadParents(b, s.ID, k.Account()); len(p.List) != 1 {
			t.Errorf("parents on subnet %d: %v", s.Netuid, p)
		}
		c, err := ReadChildren(b, s.ID, hot[1])
		b.must(err)
		if len(c.List) != 1 || c.List[0].Hotkey != k.Account() {
			t.Errorf("h1's children on subnet %d: %v", s.Netuid, c)
		}
		if b.weight(hot[0], s) != 0 {
			t.Errorf("the old hotkey weighs something on subnet %d", s.Netuid)
		}
	}
	if b.Totals.Recycled != b.Params.HotkeySwapCost+3*b.Params.RecordDeposit { // three children were set
		t.Errorf("%d were recycled", b.Totals.Recycled)
	}
	// The old hotkey is free to be somebody's: nothing of what it was comes back.
	b.must(SetOwner(b.Ledger, hot[0], cold[2]))
	if b.total(hot[0]) != 0 || b.has(cold[0], hot[0]) != 0 {
		t.Error("the old hotkey has stake")
	}
}

func TestHotkeySwapsHaveRules(t *testing.T) {
	b := newBench(t)
	b.Params.TxRateLimit = 1
	k, other := newKey(t, "//new"), newKey(t, "//other")
	wrong := swap(b, hot[0], cold[1], k) // agrees to belong to c1
	pauper := keys.Account{0xcc}
	b.must(account.Endow(b.Ledger, pauper, 1000))
	b.must(SetOwner(b.Ledger, keys.Account{0xdc}, pauper))
	for _, s := range []struct {
		name   string
		signer keys.Account
		blocks uint64
		call   runner
		want   ledger.Code
	}{
		{"owned since this block", cold[0], 0, swap(b, hot[0], cold[0], k), ledger.TxRateLimitExceeded},
		{"itself", cold[0], 1, SwapHotkey{Old: hot[0], New: hot[0]}, ledger.NewHotKeyIsSameWithOld},
		{"another's", cold[1], 0, swap(b, hot[0], cold[1], k), ledger.NonAssociatedColdKey},
		{"nobody's", cold[0], 0, swap(b, cold[2], cold[0], k), ledger.HotKeyAccountNotExists},
		{"for somebody's", cold[0], 0, SwapHotkey{Old: hot[0], New: hot[1]}, ledger.HotkeyAlreadyOwned},
		{"without consent", cold[0], 0, wrong, ledger.InvalidHotkeySignature},
		{"without money", pauper, 0, swap(b, keys.Account{0xdc}, pauper, k), ledger.NotEnoughBalanceToPaySwapHotKey},
		{"swap", cold[0], 0, swap(b, hot[0], cold[0], k), 0},
		{"too soon after", cold[0], 1, swap(b, k.Account(), cold[0], other), ledger.TxRateLimitExceeded},
		{"again", cold[0], 1, swap(b, k.Account(), cold[0], other), 0},
	} {
		b.Height += s.blocks
		if got := b.run(s.signer, s.call); got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
}

func announce(new keys.Account) AnnounceColdkeySwap {
	return AnnounceColdkeySwap{Hash: blake2b.Sum256(new[:])}
}

func TestASwappedColdkeyHasEverythingOfTheOldOne(t *testing.T) {
	b := newBench(t)
	next := keys.Account{0xce}
	const lock = 50 * tao.TAO
	s := b.subnet(1)
	s.Owner, s.Lock = cold[0], lock
	b.must(b.Put(subnet.Key(s.ID, subnet.FieldSubnet), s.Subnet))
	b.must(account.Reserve(b.Ledger, cold[0], lock, ledger.InsufficientBalance))
	b.do(cold[1], BecomeDelegate{Hotkey: hot[1]})
	b.do(cold[0], Add{Hotkey: hot[1], Amount: 7 * tao.TAO})
	for i := range SwapPage + 10 {
		hotkey := keys.Account{0xee, byte(i)}
		b.must(SetOwner(b.Ledger, hotkey, cold[0]))
		b.must(Add{Hotkey: hotkey, Amount: tao.TAO}.Run(b.Ledger, cold[0]))
	}
	b.do(cold[0], announce(next))
	staked, free := b.Totals.Staked, b.free(cold[0])
	b.Height += b.Params.ColdkeySwapDelay
	calls := 0
	for ; ; calls++ {
		if _, announced, _ := ReadSwap(b, cold[0]); !announced {
			break
		}
		if calls == 1 {
			// In the middle of it both coldkeys earn and get stake, also in pools in which the other has some.
			moved, stays := keys.Account{0xee, 3}, keys.Account{0xee, 70}
			b.earn(Reward, moved, 5, 0)
			b.earn(Reward, stays, 5, 0)
			b.do(cold[0], BecomeDelegate{Hotkey: stays})
			for _, hotkey := range []keys.Account{stays, hot[1]} {
				b.do(cold[1], Add{Hotkey: hotkey, Amount: 11})
				b.do(cold[1], Transfer{ToColdkey: next, Hotkey: hotkey, All: true})
			}
			staked += 5 + 5 + 11 + 11
			if got := b.run(cold[0], DisputeColdkeySwap{}); got != ledger.ColdkeySwapInProgress {
				t.Errorf("a dispute in the middle: %s", got)
			}
			if got := b.run(cold[0], announce(cold[2])); got != ledger.ColdkeySwapInProgress {
				t.Errorf("another announcement in the middle: %s", got)
			}
		}
		b.do(cold[0], SwapColdkey{New: next})
	}
	if calls != 2 { // 75 hotkeys, and a position on another's
		t.Errorf("it took %d calls", calls)
	}
	sum := tao.Amount(0)
	positions, _, err := Positions(b, next, 0, 1000)
	b.must(err)
	for _, p := range positions {
		sum += p.Value
	}
	hotkeys, _, err := Hotkeys(b, next, keys.Account{}, 1000)
	b.must(err)
	if len(positions) != SwapPage+11 || sum != staked || len(hotkeys) != SwapPage+11 {
		t.Errorf("%d positions worth %d of %d, %d hotkeys", len(positions), sum, staked, len(hotkeys))
	}
	a, _, err := account.Get(b, next)
	b.must(err)
	if a.Free != free || a.Reserved != lock {
		t.Errorf("the new coldkey has %+v, the old one had %d free", a, free)
	}
	if s, _, _ := subnet.Get(b, 1); s.Owner != next {
		t.Errorf("the subnet belongs to %s", s.Owner)
	}
	old, _, err := account.Get(b, cold[0])
	b.must(err)
	left, _, err := Positions(b, cold[0], 0, 1)
	b.must(err)
	if old.Free+old.Reserved != 0 || len(left) != 0 {
		t.Errorf("the old coldkey has %+v and positions %v", old, left)
	}
	if got := b.run(next, Remove{Hotkey: hot[1], All: true}); got != 0 {
		t.Errorf("the new coldkey unstakes: %s", got)
	}
	b.must(account.Reap(b.Ledger))
	if _, ok, _ := account.Get(b, cold[0]); ok {
		t.Error("the old account is still there")
	}
}

func TestColdkeySwapsHaveRules(t *testing.T) {
	b := newBench(t)
	p := b.Params
	next, pauper := keys.Account{0xce}, keys.Account{0xcc}
	b.must(account.Endow(b.Ledger, pauper, 1000))
	b.must(account.Endow(b.Ledger, next, 1000))          // a balance of its own is fine
	b.must(SetOwner(b.Ledger, keys.Account{0xab}, next)) // and so is a hotkey that somebody gave it
	b.must(account.Pay(b.Ledger, cold[2], 0))            // this one has signed something
	again := p.ColdkeySwapDelay + p.ColdkeySwapReannounce
	stakes := Add{Hotkey: hot[2], Amount: tao.TAO}
	for _, s := range []struct {
		name   string
		signer keys.Account
		blocks uint64
		call   runner
		want   ledger.Code
	}{
		{"swap without announcement", cold[0], 0, SwapColdkey{New: next}, ledger.ColdkeySwapAnnouncementNotFound},
		{"dispute without announcement", cold[0], 0, DisputeColdkeySwap{}, ledger.ColdkeySwapAnnouncementNotFound},
		{"announce without money", pauper, 0, announce(next), ledger.NotEnoughBalanceToPaySwapColdKey},
		{"announce", cold[0], 0, announce(next), 0},
		{"swap a block early", cold[0], p.ColdkeySwapDelay - 1, SwapColdkey{New: next}, ledger.ColdkeySwapTooEarly},
		{"swap for another", cold[0], 1, SwapColdkey{New: cold[1]}, ledger.AnnouncedColdkeyHashDoesNotMatch},
		{"announce again too early", cold[0], p.ColdkeySwapReannounce - 1, announce(hot[1]), ledger.ColdkeySwapReannouncedTooEarly},
		{"announce again, a hotkey", cold[0], 1, announce(hot[1]), 0},
		{"swap for a hotkey", cold[0], again, SwapColdkey{New: hot[1]}, ledger.NewColdKeyIsHotkey},
		{"announce who has stake", cold[0], 0, announce(cold[2]), 0},
		{"stake", cold[2], 0, stakes, 0},
		{"swap for who has stake", cold[0], again, SwapColdkey{New: cold[2]}, ledger.ColdKeyAlreadyAssociated},
		{"announce oneself", cold[0], 0, announce(cold[0]), 0},
		{"swap for oneself", cold[0], again, SwapColdkey{New: cold[0]}, ledger.ColdKeyAlreadyAssociated},
		{"announce at last", cold[0], 0, announce(next), 0},
		{"dispute", cold[0], again, DisputeColdkeySwap{}, 0},
		{"dispute again", cold[0], 0, DisputeColdkeySwap{}, ledger.ColdkeySwapDisputed},
		{"swap what is disputed", cold[0], 0, SwapColdkey{New: next}, ledger.ColdkeySwapDisputed},
		{"announce after a dispute", cold[0], again, announce(next), ledger.ColdkeySwapDisputed},
	} {
		b.Height += s.blocks
		if got := b.run(s.signer, s.call); got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
	b.must(ClearDispute(b.Ledger, cold[0]))
	if err := ClearDispute(b.Ledger, cold[0]); err == nil {
		t.Error("there was nothing to clear")
	}
	b.do(cold[0], announce(next))
	b.Height += p.ColdkeySwapDelay
	b.must(account.Reserve(b.Ledger, cold[0], 5, ledger.InsufficientBalance))
	if got := b.run(cold[0], SwapColdkey{New: next}); got != ledger.ColdkeyHasDeposits {
		t.Errorf("with a deposit: %s", got)
	}
	b.must(account.Unreserve(b.Ledger, cold[0], 5))
	b.must(account.Reserve(b.Ledger, next, 500, ledger.InsufficientBalance))
	if got := b.run(cold[0], SwapColdkey{New: next}); got != ledger.ColdKeyAlreadyAssociated {
		t.Errorf("for a coldkey with a deposit: %s", got)
	}
	b.must(account.Unreserve(b.Ledger, next, 500))
	b.do(cold[0], SwapColdkey{New: next})
	if owner, _, _ := Owner(b, hot[0]); owner != next {
		t.Errorf("the hotkey belongs to %s", owner)
	}
}

func TestClearDisputeNeedsOne(t *testing.T) {
	b := newBench(t)
	b.do(cold[0], announce(cold[1]))
	if err := ClearDispute(b.Ledger, cold[0]); err == nil {
		t.Error("a swap that is not disputed was cleared")
	}
}
