package stake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// All calls that change a coldkey's stake or hotkeys are counted together, each as the first and as the second one.
func TestTxRateLimit(t *testing.T) {
	k, spare := newKey(t, "//new"), keys.Account{0xd4}
	calls := map[string]func(b bench) runner{
		"add":      func(bench) runner { return Add{Hotkey: hot[0], Amount: tao.TAO} },
		"remove":   func(bench) runner { return Remove{Hotkey: hot[0], Amount: tao.TAO} },
		"move":     func(bench) runner { return Move{FromHotkey: hot[0], ToHotkey: hot[1], Amount: tao.TAO} },
		"transfer": func(bench) runner { return Transfer{ToColdkey: cold[2], Hotkey: hot[1], Amount: tao.TAO} },
		"delegate": func(bench) runner { return BecomeDelegate{Hotkey: hot[0]} },
		"swap":     func(b bench) runner { return swap(b, spare, cold[0], k) },
		"all":      func(bench) runner { return UnstakeAll{} },
	}
	start := func(limit uint64) bench {
		b := newBench(t)
		b.must(SetOwner(b.Ledger, spare, cold[0]))
		b.do(cold[1], BecomeDelegate{Hotkey: hot[1]})
		for _, hotkey := range hot[:2] {
			b.do(cold[0], Add{Hotkey: hotkey, Amount: 10 * tao.TAO})
		}
		b.Height, b.Params.TxRateLimit = b.Height+1, limit
		return b
	}
	for first, one := range calls {
		for second, two := range calls {
			if first == second || first == "all" { // which leaves nothing to act on
				continue
			}
			b := start(10)
			b.do(cold[0], one(b))
			for _, blocks := range []uint64{0, 10} {
				b.Height += blocks
				if got := b.run(cold[0], two(b)); got != ledger.TxRateLimitExceeded {
					t.Errorf("%s, %d blocks after %s: %s", second, blocks, first, got)
				}
			}
			if got := b.run(cold[1], Add{Hotkey: hot[1], Amount: 1}); got != 0 {
				t.Errorf("another coldkey, after %s: %s", first, got)
			}
			b.Height++
			if got := b.run(cold[0], two(b)); got != 0 {
				t.Errorf("%s, 11 blocks after %s: %s", second, first, got)
			}
			free := start(0)
			free.do(cold[0], one(free))
			free.do(cold[0], two(free))
		}
	}
	// A refusal names the block from which on it would be none.
	told := start(10)
	told.do(cold[0], Remove{Hotkey: hot[0], Amount: tao.TAO})
	refusal, err := told.Scope(func() error { return Remove{Hotkey: hot[0], Amount: tao.TAO}.Run(told.Ledger, cold[0]) })
	told.must(err)
	if from := fmt.Sprintf("from block %d on", told.Height+11); refusal == nil || !strings.Contains(refusal.Text, from) {
		t.Errorf("%v, want %s", refusal, from)
	}
	// One that failed is not counted, and what else is wrong is said first.
	b := start(10)
	if got := b.run(cold[0], Remove{Hotkey: hot[0], Amount: 11 * tao.TAO}); got != ledger.NotEnoughStakeToWithdraw {
		t.Error(got)
	}
	b.do(cold[0], UnstakeAll{})
	for call, want := range map[runner]ledger.Code{
		Remove{Hotkey: hot[0], Amount: 1}: ledger.NotEnoughStakeToWithdraw, BecomeDelegate{Hotkey: hot[1]}: ledger.NonAssociatedColdKey, Add{Hotkey: hot[2], Amount: 1}: ledger.NonAssociatedColdKey,
	} {
		if got := b.run(cold[0], call); got != want {
			t.Errorf("%+v: %s, want %s", call, got, want)
		}
	}
}
