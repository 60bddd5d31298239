package stake

import (
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/ledger/ledgertest"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// Coldkeys c0 to c3 have 1000 TAO each, c0 owns the hotkey h0 and so on.
var (
	cold = [4]keys.Account{{0xc0}, {0xc1}, {0xc2}, {0xc3}}
	hot  = [4]keys.Account{{0xd0}, {0xd1}, {0xd2}, {0xd3}}
)

const start = 1000 * tao.TAO

// bench is a ledger whose every step is audited.
type bench struct {
	*ledger.Ledger
	t testing.TB
}

type runner interface {
	Run(l *ledger.Ledger, signer keys.Account) error
}

func newBench(t testing.TB) bench {
	t.Helper()
	b := bench{ledgertest.New(t), t}
	b.Params.MinStake, b.Params.TxRateLimit = 0, 0
	for i := range cold {
		b.must(account.Endow(b.Ledger, cold[i], start))
		b.must(SetOwner(b.Ledger, hot[i], cold[i]))
	}
	return b
}

func (b bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// run runs a call as a transaction does, and audits what it left.
func (b bench) run(signer keys.Account, c runner) ledger.Code {
	b.t.Helper()
	refusal, err := b.Scope(func() error { return c.Run(b.Ledger, signer) })
	b.must(err)
	b.audit()
	if refusal == nil {
		return 0
	}
	if refusal.Text == "" {
		b.t.Errorf("%s says nothing", refusal.Code)
	}
	return refusal.Code
}

// do runs a call that must succeed.
func (b bench) do(signer keys.Account, c runner) {
	b.t.Helper()
	refusal, err := b.Scope(func() error { return c.Run(b.Ledger, signer) })
	b.must(err)
	if refusal != nil {
		b.t.Fatalf("%+v: %v", c, refusal)
	}
	b.audit()
}

func (b bench) audit() {
	b.t.Helper()
	b.must(b.Totals.Balanced())
	staked, err := Sum(b)
	b.must(err)
	free, reserved, _, err := account.Sum(b)
	b.must(err)
	if staked != b.Totals.Staked || free != b.Totals.Free || reserved != b.Totals.Reserved {
		b.t.Fatalf("counted %d staked, %d free, %d reserved; the totals say %+v", staked, free, reserved, b.Totals)
	}
}

// earn mints what hotkeys earn and has it paid.
func (b bench) earn(pay func(*ledger.Ledger, keys.Account, tao.Amount, tao.Amount) error, hotkey keys.Account, server, validator tao.Amount) {
	b.t.Helper()
	b.Mint(server + validator)
	b.must(pay(b.Ledger, hotkey, server, validator))
	b.audit()
}

// has returns what a coldkey's position on a hotkey is worth.
func (b bench) has(coldkey, hotkey keys.Account) tao.Amount {
	b.t.Helper()
	positions, _, err := Positions(b, coldkey, 0, 1000)
	b.must(err)
	for _, p := range positions {
		if p.Pool.Hotkey == hotkey {
			return p.Value
		}
	}
	return 0
}

func (b bench) total(hotkey keys.Account) tao.Amount {
	b.t.Helper()
	a, err := Total(b, hotkey)
	b.must(err)
	return a
}

func (b bench) free(coldkey keys.Account) tao.Amount {
	b.t.Helper()
	a, _, err := account.Get(b, coldkey)
	b.must(err)
	return a.Free
}

// subnet makes a subnet of cold[3] at a netuid.
func (b bench) subnet(netuid uint16, members ...keys.Account) subnet.Entry {
	b.t.Helper()
	s, err := subnet.Create(b.Ledger, subnet.Subnet{Netuid: netuid, Owner: cold[3], Hotkey: hot[3]}, hyper.Defaults())
	b.must(err)
	for _, m := range members {
		_, err := subnet.Append(b.Ledger, &s, m)
		b.must(err)
	}
	return s
}

func newKey(t testing.TB, uri string) *sign.Key {
	t.Helper()
	k, err := sign.FromURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// near is the tolerance of cases whose numbers come from ratios that were cut off for each nominator.
func near(got, want tao.Amount) bool { return got+2 >= want && got <= want+2 }
