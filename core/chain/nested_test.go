package chain

import (
	"bytes"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/batch"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/multisig"
	"github.com/taolight/taolight/core/proxy"
	"github.com/taolight/taolight/core/serving"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/weights"
)

func nested(call string, args any) ledger.Nested {
	return ledger.Nested{Call: call, Args: codec.MustEncode(args)}
}

func send(to keys.Account, amount tao.Amount) ledger.Nested {
	return nested("transfer", account.Transfer{To: to, Amount: amount})
}

func TestBatchIsAtomicAndEachIsNot(t *testing.T) {
	w := newWorld(t)
	alice, bob, dave := key(t, "//Alice"), key(t, "//Bob").Account(), key(t, "//Dave").Account()
	before := w.account(bob).Free
	calls := []ledger.Nested{send(bob, tao.TAO), send(dave, 1000*tao.TAO), send(bob, 2*tao.TAO)}
	if code := w.one(w.tx(alice, "batch", batch.Batch{Calls: calls}, 0)); code != ledger.InsufficientBalance {
		t.Errorf("a batch with a call that fails: %s", code)
	}
	if got := w.account(bob).Free; got != before {
		t.Errorf("a failed batch sent %d rao", got-before)
	}
	out := w.block(w.tx(alice, "batch_each", batch.Each{Calls: calls}, 0))
	if got := w.account(bob).Free - before; out.Results[0].Code != 0 || got != 3*tao.TAO {
		t.Errorf("%s, %d rao sent", out.Results[0].Code, got)
	}
	var failed batch.Failed
	i := slices.IndexFunc(out.Events, func(e ledger.Event) bool { return e.Name == "BatchItemFailed" })
	if i < 0 || codec.Decode(out.Events[i].Data, &failed) != nil || failed.Index != 1 || failed.Code != ledger.InsufficientBalance {
		t.Errorf("the second item failed: %+v in %+v", failed, out.Events)
	}
	// The fee covers what is carried.
	one, three := w.cost("batch", batch.Batch{Calls: calls[:1]}), w.cost("batch", batch.Batch{Calls: calls})
	if three.Keys != one.Keys+2*account.TransferCost.Keys {
		t.Errorf("one call costs %+v, three %+v", one, three)
	}
}

// cost returns what a transaction with a call costs.
func (w *world) cost(call string, args any) ledger.Cost {
	w.t.Helper()
	var p prepared
	if refusal := p.decode(w.tx(key(w.t, "//Alice"), call, args, 0)); refusal != nil {
		w.t.Fatal(refusal)
	}
	return p.cost
}

// No block holds a transaction whose carried calls can't be carried.
func TestWhatCannotBeCarried(t *testing.T) {
	w := newWorld(t)
	alice, bob := key(t, "//Alice"), key(t, "//Bob").Account()
	deep := send(bob, 1)
	for range 3 {
		deep = nested("batch", batch.Batch{Calls: []ledger.Nested{deep}})
	}
	for _, c := range []struct {
		name string
		call ledger.Nested
		want ledger.Code
	}{
		{"too deep", deep, ledger.CallTooDeep},
		{"too many", nested("batch", batch.Batch{Calls: slices.Repeat([]ledger.Nested{send(bob, 1)}, 65)}), ledger.TooManyCalls},
		{"unknown", ledger.Nested{Call: "fly", Args: codec.MustEncode(None{})}, ledger.UnknownCall},
		{"bad arguments", ledger.Nested{Call: "transfer", Args: codec.MustEncode(None{})}, ledger.BadArguments},
		{"signed by a hotkey only", nested("set_weights", weights.Set{Netuid: 1, UIDs: []uint16{0}, Values: []uint16{1}}), ledger.CallNotNestable},
		{"signed by a hotkey, further in", nested("batch", batch.Batch{Calls: []ledger.Nested{nested("serve_axon", serving.ServeAxon{})}}), ledger.CallNotNestable},
	} {
		root := w.tree.Root()
		raw := w.tx(alice, "batch", batch.Batch{Calls: []ledger.Nested{c.call}}, 0)
		if refusal := w.refusal(raw); refusal == nil || refusal.Code != c.want || !refusal.Invalid {
			t.Errorf("%s: %v", c.name, refusal)
		}
		if w.tree.Root() != root {
			t.Errorf("%s: the state changed", c.name)
		}
	}
}

// refusal says what a checker says of a transaction.
func (w *world) refusal(raw []byte) *ledger.Refusal {
	w.t.Helper()
	c, err := NewChecker(w.tree, w.chainID, sign.VerifyAll)
	if err != nil {
		w.t.Fatal(err)
	}
	err = c.Submit(raw)
	if err == nil {
		return nil
	}
	return err.(*ledger.Refusal)
}

func TestProxyActsWithinItsKind(t *testing.T) {
	w := newWorld(t)
	alice, bob, carol := key(t, "//Alice"), key(t, "//Bob"), key(t, "//Carol").Account()
	hot := key(t, "//Alice//hotkey").Account()
	as := func(k proxy.Kind, n ledger.Nested) proxy.Call {
		return proxy.Call{Real: alice.Account(), Kind: k, Call: n}
	}
	stakeMore := nested("add_stake", stake.Add{Hotkey: hot, Amount: tao.TAO})

	if code := w.one(w.tx(bob, "proxy", as(proxy.Staking, stakeMore), 0)); code != ledger.NotProxy {
		t.Errorf("a stranger: %s", code)
	}
	reserved := w.account(alice.Account()).Reserved
	for _, k := range []proxy.Kind{proxy.Staking, proxy.SmallTransfer, proxy.NonTransfer} {
		if code := w.one(w.tx(alice, "add_proxy", proxy.Add{Delegate: bob.Account(), Kind: k}, 0)); code != 0 {
			t.Fatal(code)
		}
	}
	if got := w.account(alice.Account()).Reserved - reserved; got != 3*ledger.DefaultParams().RecordDeposit {
		t.Errorf("%d rao are reserved", got)
	}
	for _, c := range []struct {
		name string
		call proxy.Call
		want ledger.Code
	}{
		{"stakes", as(proxy.Staking, stakeMore), 0},
		{"stakes in a batch", as(proxy.Staking, nested("batch", batch.Batch{Calls: []ledger.Nested{stakeMore}})), 0},
		{"transfers", as(proxy.Staking, send(carol, 1)), ledger.CallFiltered},
		{"transfers in a batch", as(proxy.Staking, nested("batch", batch.Batch{Calls: []ledger.Nested{stakeMore, send(carol, 1)}})), ledger.CallFiltered},
		{"sends little", as(proxy.SmallTransfer, send(carol, proxy.SmallLimit-1)), 0},
		{"sends much", as(proxy.SmallTransfer, send(carol, proxy.SmallLimit)), ledger.CallFiltered},
		{"sends all", as(proxy.SmallTransfer, nested("transfer", account.Transfer{To: carol, All: true})), ledger.CallFiltered},
		{"makes another proxy", as(proxy.NonTransfer, nested("add_proxy", proxy.Add{Delegate: carol, Kind: proxy.Any})), ledger.CallFiltered},
		{"stakes, transferring nothing", as(proxy.NonTransfer, stakeMore), 0},
		{"uses a kind it hasn't", as(proxy.Any, stakeMore), ledger.NotProxy},
	} {
		if code := w.one(w.tx(bob, "proxy", c.call, 0)); code != c.want {
			t.Errorf("a proxy %s: %s, want %s", c.name, code, c.want)
		}
	}
	for _, c := range []struct {
		call string
		args any
		want ledger.Code
	}{
		{"add_proxy", proxy.Add{Delegate: bob.Account(), Kind: proxy.Staking}, ledger.DuplicateProxy},
		{"add_proxy", proxy.Add{Delegate: alice.Account(), Kind: proxy.Staking}, ledger.NoSelfProxy},
		{"add_proxy", proxy.Add{Delegate: bob.Account(), Kind: 99}, ledger.UnknownProxyType},
		{"remove_proxy", proxy.Remove{Delegate: bob.Account(), Kind: proxy.Owner}, ledger.ProxyNotFound},
		{"remove_proxy", proxy.Remove{Delegate: bob.Account(), Kind: proxy.Staking}, 0},
	} {
		if code := w.one(w.tx(alice, c.call, c.args, 0)); code != c.want {
			t.Errorf("%s %+v: %s, want %s", c.call, c.args, code, c.want)
		}
	}
	left, _, err := proxy.Of(w.tree, alice.Account(), keys.Account{}, 10)
	if err != nil || len(left) != 2 || w.account(alice.Account()).Reserved-reserved != 2*ledger.DefaultParams().RecordDeposit {
		t.Errorf("%+v, %v", left, err)
	}
}

// Every call is either known to leave an account's money and itself where they are, or kept from a non_transfer proxy.
func TestEveryCallIsSortedByWhatItMoves(t *testing.T) {
	stays := []string{
		"batch", "batch_each", "add_stake", "remove_stake", "associate_hotkey", "multisig_cancel", "burned_register", "root_register",
		"register_network", "dissolve_network", "set_subnet_hotkey", "set_hyperparameter", "set_subnet_identity",
		"unstake_all", "move_stake", "become_delegate", "increase_take", "decrease_take", "set_children", "set_childkey_take",
		"register_relay", "unregister_relay",
	}
	for _, c := range Calls {
		moves := proxy.NonTransfer.Check(ledger.Nested{Call: c.Name}) != nil
		if !c.Feeless && moves == slices.Contains(stays, c.Name) {
			t.Errorf("%s: say here or in proxy's list what it moves", c.Name)
		}
	}
}

func TestMultisig(t *testing.T) {
	w := newWorld(t)
	alice, bob := key(t, "//Alice"), key(t, "//Bob")
	carol := key(t, "//Charlie").Account()
	members := []keys.Account{alice.Account(), bob.Account(), carol}
	group := multisig.Account(2, members)
	others := func(me keys.Account) multisig.Group {
		rest := slices.DeleteFunc(slices.Clone(members), func(a keys.Account) bool { return a == me })
		slices.SortFunc(rest, func(a, b keys.Account) int { return bytes.Compare(a[:], b[:]) })
		return multisig.Group{Threshold: 2, Others: rest}
	}
	mine, his := others(alice.Account()), others(bob.Account())
	if code := w.one(w.tx(alice, "transfer", account.Transfer{To: group, Amount: 5 * tao.TAO}, 0)); code != 0 {
		t.Fatal(code)
	}
	free := w.account(alice.Account())

	call := send(carol, 3*tao.TAO)
	if code := w.one(w.tx(alice, "multisig_propose", multisig.Propose{Group: mine, Call: call}, 0)); code != 0 {
		t.Fatal(code)
	}
	at := w.height
	for _, c := range []struct {
		name string
		call string
		args any
		want ledger.Code
	}{
		{"another call", "multisig_approve", multisig.Approve{Group: his, Height: at, Call: send(bob.Account(), 1)}, ledger.CallMismatch},
		{"another operation", "multisig_approve", multisig.Approve{Group: his, Height: at + 1, Call: call}, ledger.OperationNotFound},
		{"unsorted", "multisig_approve", multisig.Approve{Group: multisig.Group{Threshold: 2, Others: []keys.Account{his.Others[1], his.Others[0]}}, Height: at, Call: call}, ledger.BadSignatories},
		{"the signer among the others", "multisig_approve", multisig.Approve{Group: mine, Height: at, Call: call}, ledger.BadSignatories},
		{"threshold of one", "multisig_approve", multisig.Approve{Group: multisig.Group{Threshold: 1, Others: his.Others}, Height: at, Call: call}, ledger.BadThreshold},
		{"somebody else cancels", "multisig_cancel", multisig.Cancel{Group: his, Height: at}, ledger.NotDepositor},
		{"the second approval", "multisig_approve", multisig.Approve{Group: his, Height: at, Call: call}, 0},
		{"once more", "multisig_approve", multisig.Approve{Group: his, Height: at, Call: call}, ledger.OperationNotFound},
	} {
		if code := w.one(w.tx(bob, c.call, c.args, 0)); code != c.want {
			t.Errorf("%s: %s, want %s", c.name, code, c.want)
		}
	}
	if got := w.account(carol).Free; got != 3*tao.TAO {
		t.Errorf("the group sent %d rao", got)
	}
	if a := w.account(alice.Account()); a.Reserved != free.Reserved {
		t.Errorf("%d rao are still reserved", a.Reserved)
	}

	// Once approved, twice is refused; the proposer may cancel; a call that fails ends the operation.
	if code := w.one(w.tx(alice, "multisig_propose", multisig.Propose{Group: mine, Call: send(carol, 900*tao.TAO)}, 0)); code != 0 {
		t.Fatal(code)
	}
	at = w.height
	if code := w.one(w.tx(alice, "multisig_approve", multisig.Approve{Group: mine, Height: at, Call: send(carol, 900*tao.TAO)}, 0)); code != ledger.AlreadyApproved {
		t.Error(code)
	}
	out := w.block(w.tx(bob, "multisig_approve", multisig.Approve{Group: his, Height: at, Call: send(carol, 900*tao.TAO)}, 0))
	var step multisig.Step
	last := out.Events[len(out.Events)-1]
	if err := codec.Decode(last.Data, &step); err != nil || last.Name != "MultisigExecuted" || step.Code != ledger.InsufficientBalance {
		t.Errorf("%+v %v", out.Events, err)
	}
	if code := w.one(w.tx(alice, "multisig_propose", multisig.Propose{Group: mine, Call: call}, 0)); code != 0 {
		t.Fatal(code)
	}
	if code := w.one(w.tx(alice, "multisig_cancel", multisig.Cancel{Group: mine, Height: w.height}, 0)); code != 0 {
		t.Error(code)
	}
	two := batch.Batch{Calls: slices.Repeat([]ledger.Nested{nested("multisig_propose", multisig.Propose{Group: mine, Call: call})}, 2)}
	if code := w.one(w.tx(alice, "batch", two, 0)); code != ledger.OperationExists {
		t.Error(code)
	}
}
