package chain

import (
	"bytes"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

func TestCallsAndTheirRefusals(t *testing.T) {
	alice, bob, nobody := key(t, "//Alice"), key(t, "//Bob"), key(t, "//Nobody").Account()
	hot, hotBob := key(t, "//Alice//hotkey").Account(), key(t, "//Bob//hotkey")
	associate := func(w *world, signer keys.Account) stake.AssociateHotkey {
		c := stake.AssociateHotkey{Hotkey: hotBob.Account(), Scheme: hotBob.Scheme()}
		c.Signature, _ = hotBob.Sign(stake.AssociationPayload(w.chainID, c.Hotkey, signer))
		return c
	}
	type step struct {
		from *sign.Key
		call string
		args any
		want ledger.Code
	}
	cases := map[string]func(w *world) []step{
		"transfer": func(*world) []step {
			return []step{{alice, "transfer", account.Transfer{To: bob.Account(), Amount: tao.TAO}, 0}}
		},
		"transfer of nothing": func(*world) []step {
			return []step{{alice, "transfer", account.Transfer{To: bob.Account()}, ledger.ZeroAmount}}
		},
		"transfer of an amount and everything": func(*world) []step {
			return []step{{alice, "transfer", account.Transfer{To: bob.Account(), Amount: 1, All: true}, ledger.ZeroAmount}}
		},
		"transfer of more than there is": func(*world) []step {
			return []step{{alice, "transfer", account.Transfer{To: bob.Account(), Amount: 101 * tao.TAO}, ledger.InsufficientBalance}}
		},
		"transfer that would leave too little": func(*world) []step {
			return []step{{alice, "transfer", account.Transfer{To: bob.Account(), Amount: 100*tao.TAO - 600}, ledger.ExistentialDeposit}}
		},
		"transfer that would begin an account with too little": func(*world) []step {
			return []step{{alice, "transfer", account.Transfer{To: nobody, Amount: 499}, ledger.ExistentialDeposit}}
		},
		"transfer that begins an account": func(*world) []step {
			return []step{{alice, "transfer", account.Transfer{To: nobody, Amount: 500}, 0}}
		},
		"transfer of everything": func(*world) []step {
			return []step{{alice, "transfer", account.Transfer{To: nobody, All: true}, 0}}
		},
		"transfer to oneself": func(*world) []step {
			return []step{{alice, "transfer", account.Transfer{To: alice.Account(), All: true}, 0}}
		},
		"stake": func(*world) []step { return []step{{alice, "add_stake", stake.Add{Hotkey: hot, Amount: tao.TAO}, 0}} },
		"stake nothing": func(*world) []step {
			return []step{{alice, "add_stake", stake.Add{Hotkey: hot}, ledger.ZeroAmount}}
		},
		"stake on another's hotkey": func(*world) []step {
			return []step{{bob, "add_stake", stake.Add{Hotkey: hot, Amount: tao.TAO}, ledger.NonAssociatedColdKey}}
		},
		"stake on nobody's hotkey": func(*world) []step {
			return []step{{bob, "add_stake", stake.Add{Hotkey: hotBob.Account(), Amount: tao.TAO}, ledger.HotKeyAccountNotExists}}
		},
		"stake more than there is": func(*world) []step {
			return []step{{alice, "add_stake", stake.Add{Hotkey: hot, Amount: 200 * tao.TAO}, ledger.NotEnoughBalanceToStake}}
		},
		"associate, then stake too little, then enough": func(w *world) []step {
			return []step{
				{bob, "associate_hotkey", associate(w, bob.Account()), 0},
				{bob, "add_stake", stake.Add{Hotkey: hotBob.Account(), Amount: 1_999_999}, ledger.StakeTooLow},
				{bob, "add_stake", stake.Add{Hotkey: hotBob.Account(), Amount: 2_000_000}, 0},
				{bob, "remove_stake", stake.Remove{Hotkey: hotBob.Account(), Amount: 1}, ledger.StakeTooLow},
				{bob, "remove_stake", stake.Remove{Hotkey: hotBob.Account(), Amount: 2_000_000}, 0},
				{bob, "remove_stake", stake.Remove{Hotkey: hotBob.Account(), All: true}, ledger.NotEnoughStakeToWithdraw},
			}
		},
		"associate a hotkey that signed for somebody else": func(w *world) []step {
			return []step{{bob, "associate_hotkey", associate(w, alice.Account()), ledger.InvalidHotkeySignature}}
		},
		"associate a hotkey that has an owner": func(w *world) []step {
			c := associate(w, bob.Account())
			c.Hotkey = hot
			return []step{{bob, "associate_hotkey", c, ledger.HotkeyAlreadyOwned}}
		},
		"unstake": func(*world) []step {
			return []step{{alice, "remove_stake", stake.Remove{Hotkey: hot, Amount: 3 * tao.TAO}, 0}}
		},
		"unstake everything": func(*world) []step {
			return []step{{alice, "remove_stake", stake.Remove{Hotkey: hot, All: true}, 0}}
		},
		"unstake neither": func(*world) []step {
			return []step{{alice, "remove_stake", stake.Remove{Hotkey: hot}, ledger.ZeroAmount}}
		},
		"unstake too much": func(*world) []step {
			return []step{{alice, "remove_stake", stake.Remove{Hotkey: hot, Amount: 10*tao.TAO + 1}, ledger.NotEnoughStakeToWithdraw}}
		},
		"unstake what another staked": func(*world) []step {
			return []step{{bob, "remove_stake", stake.Remove{Hotkey: hot, Amount: 1}, ledger.NotEnoughStakeToWithdraw}}
		},
	}
	for name, steps := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for i, s := range steps(w) {
				before := w.account(s.from.Account())
				raw := w.tx(s.from, s.call, s.args, 0)
				out := w.block(raw)
				if got := out.Results[0].Code; got != s.want {
					t.Fatalf("step %d: got %s (%v), want %s", i, got, out.Refusals[0], s.want)
				}
				if s.want == 0 {
					continue
				}
				fee := tao.Amount(out.Results[0].GasUsed)
				after := w.account(s.from.Account())
				if after.Free != before.Free-fee || after.Nonce != before.Nonce+1 || fee == 0 {
					t.Errorf("step %d: a failed transaction must cost its fee and nonce only: before %+v, after %+v, fee %d", i, before, after, fee)
				}
			}
		})
	}
}

func TestInvalidTransactionsChangeNothing(t *testing.T) {
	alice := key(t, "//Alice")
	give := account.Transfer{To: key(t, "//Bob").Account(), Amount: tao.TAO}
	cases := map[string]struct {
		want ledger.Code
		raw  func(w *world) []byte
	}{
		"garbage":   {ledger.Malformed, func(*world) []byte { return []byte("garbage") }},
		"empty":     {ledger.Malformed, func(*world) []byte { return nil }},
		"too large": {ledger.TooLarge, func(*world) []byte { return make([]byte, MaxTx+1) }},
		"trailing byte": {ledger.Malformed, func(w *world) []byte {
			return append(w.tx(alice, "transfer", give, 0), 0)
		}},
		"unknown call": {ledger.UnknownCall, func(w *world) []byte { return w.tx(alice, "mint", give, 0) }},
		"wrong args":   {ledger.BadArguments, func(w *world) []byte { return w.tx(alice, "transfer", "everything", 0) }},
		"nonce used": {ledger.NonceUsed, func(w *world) []byte {
			w.block(w.tx(alice, "transfer", give, 0))
			return w.resign(alice, give, func(b *Body) { b.Nonce-- })
		}},
		"nonce ahead": {ledger.NonceAhead, func(w *world) []byte { return w.tx(alice, "transfer", give, 1) }},
		"expired": {ledger.Expired, func(w *world) []byte {
			w.block()
			w.block()
			return w.resign(alice, give, func(b *Body) { b.ValidUntil = w.height })
		}},
		"last valid + 1": {ledger.ValidityTooFar, func(w *world) []byte {
			return w.resign(alice, give, func(b *Body) { b.ValidUntil = w.height + 1 + 257 })
		}},
		"no money": {ledger.CannotPayFee, func(w *world) []byte { return w.tx(key(t, "//Pauper"), "transfer", give, 0) }},
		"flipped signature": {ledger.BadSignature, func(w *world) []byte {
			raw := w.tx(alice, "transfer", give, 0)
			raw[len(raw)-1] ^= 1
			return raw
		}},
		"another chain": {ledger.BadSignature, func(w *world) []byte {
			raw, _ := w.body(alice, "transfer", give, 0).Sign("test-0000000000000000", alice)
			return raw
		}},
		"another's name": {ledger.BadSignature, func(w *world) []byte {
			b := w.body(alice, "transfer", give, 0)
			sig, _ := key(t, "//Bob").Sign(b.Payload(w.chainID))
			return codec.MustEncode(Tx{Body: b, Signature: sig})
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w, without := newWorld(t), newWorld(t)
			raw := c.raw(w)
			c.raw(without)
			out := w.block(raw)
			without.block()
			if got := out.Results[0]; got.Code != c.want || got.GasUsed != 0 {
				t.Errorf("got %s with gas %d (%v), want %s", got.Code, got.GasUsed, out.Refusals[0], c.want)
			}
			if !c.want.Invalid() {
				t.Errorf("%s is not a code of an invalid transaction", c.want)
			}
			if w.tree.Root() != without.tree.Root() {
				t.Error("the state is another than without the transaction")
			}
		})
	}
}

func (w *world) resign(from *sign.Key, args any, change func(*Body)) []byte {
	b := w.body(from, "transfer", args, 0)
	change(&b)
	raw, err := b.Sign(w.chainID, from)
	if err != nil {
		w.t.Fatal(err)
	}
	return raw
}

func TestValidityHasBothItsEnds(t *testing.T) {
	alice, give := key(t, "//Alice"), account.Transfer{To: key(t, "//Bob").Account(), Amount: tao.TAO}
	for name, ahead := range map[string]uint64{"this block": 0, "as far as allowed": 256} {
		w := newWorld(t)
		if code := w.one(w.resign(alice, give, func(b *Body) { b.ValidUntil = w.height + 1 + ahead })); code != 0 {
			t.Errorf("valid until %s: %s", name, code)
		}
	}
}

// Where neither a deposit nor a fee is asked for, an address that nobody gave anything still can't write to the state.
func TestNothingIsFreeForAnAddressWithoutAccount(t *testing.T) {
	g := testGenesis(t)
	g.Params.ExistentialDeposit, g.Params.FeePerUnit = 0, 0
	w := worldOf(t, g)
	pauper := key(t, "//Pauper")
	if code := w.one(w.tx(pauper, "transfer", account.Transfer{To: key(t, "//Bob").Account(), Amount: 1}, 0)); code != ledger.CannotPayFee {
		t.Errorf("got %s", code)
	}
	if _, ok, _ := account.Get(w.tree, pauper.Account()); ok {
		t.Error("an account came into being")
	}
}

// The snapshot gives the all-zero account 38,827,013 rao. Its public key is the identity, for which every signature
// (R, s) with R = s·B verifies under a naive check; the all-zero signature is one.
func TestNobodyMovesWhatTheAllZeroAccountHas(t *testing.T) {
	for _, scheme := range []sign.Scheme{sign.Sr25519, sign.Ed25519} {
		w := newWorld(t)
		b := Body{Scheme: scheme, ValidUntil: 10, Call: "transfer", Args: codec.MustEncode(account.Transfer{To: key(t, "//Bob").Account(), Amount: tao.TAO / 100})}
		for _, sig := range [][64]byte{{}, {63: 0x80}, {0: 1}, {0: 1, 63: 0x80}} {
			if got := w.one(codec.MustEncode(Tx{Body: b, Signature: sig})); got != ledger.BadSignature {
				t.Errorf("%s: got %s", scheme, got)
			}
		}
		if got := w.account(keys.Account{}).Free; got != 38_827_013 {
			t.Errorf("%s: %d rao are left", scheme, got)
		}
	}
}

// An account that is emptied, reaped and filled again must not accept what it signed before.
func TestNothingIsReplayedAfterReaping(t *testing.T) {
	alice, bob := key(t, "//Alice"), key(t, "//Bob")
	empty := account.Transfer{To: bob.Account(), All: true}
	refill := account.Transfer{To: alice.Account(), Amount: 10 * tao.TAO}
	w := newWorld(t)
	old := w.tx(alice, "transfer", empty, 0)
	if out := w.block(old); out.Results[0].Code != 0 {
		t.Fatal(out.Refusals[0])
	}
	if _, ok, _ := account.Get(w.tree, alice.Account()); ok {
		t.Fatal("the emptied account is still there")
	}
	if code := w.one(w.tx(bob, "transfer", refill, 0)); code != 0 {
		t.Fatal(code)
	}
	if code := w.one(old); code != ledger.NonceUsed {
		t.Errorf("a replay got %s", code)
	}
	// The same within one block: emptied, refilled and replayed.
	again := w.tx(alice, "transfer", empty, 0)
	out := w.block(again, w.tx(bob, "transfer", refill, 0), again)
	if got := out.Results[2].Code; got != ledger.NonceUsed {
		t.Errorf("a replay within the block got %s", got)
	}
	if got := w.account(alice.Account()).Free; got != 10*tao.TAO {
		t.Errorf("%d rao", got)
	}
}

func TestEmissionAccruesToSubnetsWithMembers(t *testing.T) {
	w := newWorld(t)
	w.block()
	w.block()
	totals, err := ledger.ReadTotals(w.tree)
	if err != nil {
		t.Fatal(err)
	}
	if totals.Pending != 2*tao.TAO || totals.Issuance != 211*tao.TAO+38_827_013+2*tao.TAO {
		t.Errorf("%+v", totals)
	}
}

// What can't be divided goes to the lowest netuids, a rao each, and nothing is lost.
func TestEmissionIsSharedToTheLastRao(t *testing.T) {
	g := testGenesis(t)
	hot := g.Stakes[0].Hotkey
	g.Subnets = append(g.Subnets, SubnetOf{Netuid: 3, Name: "three", Params: hyper.Defaults(), Hotkeys: []keys.Account{hot}}, SubnetOf{Netuid: 9, Name: "nine", Params: hyper.Defaults(), Hotkeys: []keys.Account{hot}})
	w := worldOf(t, g)
	w.block()
	all, err := subnet.All(w.tree)
	if err != nil {
		t.Fatal(err)
	}
	want := map[uint16]tao.Amount{1: 333_333_334, 2: 0, 3: 333_333_333, 9: 333_333_333}
	for _, s := range all {
		if s.Pending != want[s.Netuid] || s.Emission != want[s.Netuid] {
			t.Errorf("netuid %d: pending %d, emission %d, want %d", s.Netuid, s.Pending, s.Emission, want[s.Netuid])
		}
	}
}

func TestPastBlocksAreKeptForAsManyBlocksAsTheParametersSay(t *testing.T) {
	g := testGenesis(t)
	g.Params.BlocksKept = 2
	w := worldOf(t, g)
	for range 4 {
		w.block()
	}
	for height, want := range map[uint64]bool{2: false, 3: true, 4: true} {
		b, ok, err := ledger.ReadPastBlock(w.tree, height)
		if ok != want || err != nil || ok && b.Hash != w.hashOf(height) {
			t.Errorf("block %d: %x, %v, %v", height, b.Hash, ok, err)
		}
	}
	for height, want := range map[uint64]view.PastBlock{
		0: {First: 3, Last: 4}, 2: {Height: 2, First: 3, Last: 4}, 5: {Height: 5, First: 3, Last: 4}, 3: {Height: 3, Exists: true, Hash: w.hashOf(3)},
	} {
		got, err := queryPastBlock(w.tree, &PastBlockArgs{Height: height})
		if want.Exists {
			none, _ := ledger.EventsRoot(nil)
			want.Events = none
		}
		if err != nil || *got != want {
			t.Errorf("asked for block %d: %+v, %v", height, got, err)
		}
	}
}

func TestBlockLimit(t *testing.T) {
	g := testGenesis(t)
	g.Params.BlockUnits = 800
	w := worldOf(t, g)
	alice := key(t, "//Alice")
	give := account.Transfer{To: key(t, "//Bob").Account(), Amount: 1}
	txs := [][]byte{w.tx(alice, "transfer", give, 0), w.tx(alice, "transfer", give, 1), w.tx(alice, "transfer", give, 2), w.tx(alice, "transfer", give, 3)}
	c, err := NewChecker(w.tree, w.chainID, sign.VerifyAll)
	if err != nil {
		t.Fatal(err)
	}
	picked, err := c.Pick(txs, 1<<20)
	if err != nil || len(picked) == 0 || len(picked) == len(txs) {
		t.Fatalf("picked %d of %d, %v", len(picked), len(txs), err)
	}
	for n, want := range map[int]bool{len(picked): true, len(picked) + 1: false} {
		c, _ := NewChecker(w.tree, w.chainID, sign.VerifyAll)
		if err := c.Accept(txs[:n]); (err == nil) != want {
			t.Errorf("a block of %d: %v", n, err)
		}
	}
	out := w.block(txs...)
	if got := out.Results[len(txs)-1].Code; got != ledger.BlockFull {
		t.Errorf("the last one got %s", got)
	}
}

func TestUnknownVersionIsNotExecuted(t *testing.T) {
	w := newWorld(t)
	before := w.tree.Root()
	_, err := Execute(w.tree, Block{ChainID: w.chainID, Height: 1, AppVersion: AppVersion + 1}, sign.VerifyAll)
	if err != ErrVersion || w.tree.Root() != before {
		t.Errorf("%v", err)
	}
}

func TestMempoolTakesSeveralOfOneAccountAndRefusesWhatWouldFail(t *testing.T) {
	w := newWorld(t)
	alice := key(t, "//Alice")
	c, err := NewChecker(w.tree, w.chainID, sign.VerifyAll)
	if err != nil {
		t.Fatal(err)
	}
	give := account.Transfer{To: key(t, "//Bob").Account(), Amount: tao.TAO}
	for skip := range uint64(3) {
		if err := c.Submit(w.tx(alice, "transfer", give, skip)); err != nil {
			t.Fatal(err)
		}
	}
	var refusal *ledger.Refusal
	err = c.Submit(w.tx(alice, "transfer", account.Transfer{To: give.To, Amount: 98 * tao.TAO}, 3))
	if refusal, _ = err.(*ledger.Refusal); refusal == nil || refusal.Code != ledger.InsufficientBalance {
		t.Errorf("what would fail: %v", err)
	}
	if err := c.Submit(w.tx(alice, "transfer", give, 3)); err != nil {
		t.Errorf("a refused transaction used the nonce up: %v", err)
	}
}

// A fixed history has a fixed root, on every machine: this test runs natively and as wasm. Ed25519 signs without chance.
func TestRootOfAFixedHistory(t *testing.T) {
	w := newWorld(t)
	carol, err := sign.FromURIScheme(sign.Ed25519, "//Carol")
	if err != nil {
		t.Fatal(err)
	}
	out := w.block(w.tx(carol, "transfer", account.Transfer{To: key(t, "//Bob").Account(), Amount: 5}, 0), []byte("invalid"))
	if out.Results[0].Code != 0 || out.Results[1].Code != ledger.Malformed {
		t.Fatal(out.Results)
	}
	w.block()
	const want = "9a88ecd8f134b1f4ee2f9fdf4585c99cb5056dc8489ed8d44fc7ff3de221e5d4"
	if got := w.tree.Root().String(); got != want {
		t.Errorf("root %s, want %s", got, want)
	}
}

func TestEventsAreBoundByTheState(t *testing.T) {
	w := newWorld(t)
	out := w.block(w.tx(key(t, "//Alice"), "transfer", account.Transfer{To: key(t, "//Bob").Account(), Amount: 7}, 0))
	if len(out.Events) != 1 || out.Events[0].Name != "Transfer" || out.Events[0].Tx != 0 {
		t.Fatalf("%+v", out.Events)
	}
	want, err := ledger.EventsRoot(out.Events)
	if err != nil {
		t.Fatal(err)
	}
	past, ok, err := ledger.ReadPastBlock(w.tree, w.height)
	if got := past.Events; err != nil || !ok || got != want {
		t.Errorf("%x %v %v, want %x", got, ok, err, want)
	}
	out.Events[0].Data = append(bytes.Clone(out.Events[0].Data), 0)
	if other, _ := ledger.EventsRoot(out.Events); other == want {
		t.Error("another event has the same root")
	}
}
