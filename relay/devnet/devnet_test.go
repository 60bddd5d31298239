package devnet

import (
	"testing"
	"time"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/relay/devnet/market"
)

// The figures are those of the published snapshot.
func TestGenesisHoldsTheSnapshot(t *testing.T) {
	g, err := Genesis([32]byte{1}, time.UnixMilli(1_700_000_000_000))
	if err != nil {
		t.Fatal(err)
	}
	added := tao.Amount(len(Accounts))*(Endowment+1_000*tao.TAO) + market.Endowed()
	if want := 4_181_329_662_284_940 + added; g.Issuance() != want {
		t.Errorf("issuance %d, want %d", g.Issuance(), want)
	}
	if got := len(g.Balances) - len(Accounts) - 2; got != 18_618 {
		t.Errorf("%d balances", got)
	}
	if got := len(g.Stakes) - len(Accounts) - 40; got != 4_096-12 {
		t.Errorf("%d stakes", got)
	}
	tree := state.New()
	if err := g.Apply(tree); err != nil {
		t.Fatal(err)
	}
	totals, err := chain.Audit(tree)
	if err != nil || totals.Issuance != g.Issuance() {
		t.Errorf("%+v %v", totals, err)
	}
	if a, _, err := account.Get(tree, keys.Account{}); err != nil || a.Free != 38_827_013 {
		t.Errorf("the all-zero account has %d rao, %v", a.Free, err)
	}
}
