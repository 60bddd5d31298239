package stake_test

import (
	"fmt"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Two coldkeys stake on a delegate; what it earns is shared by stake, after its owner's take.
func Example() {
	tree := state.New()
	check(ledger.WriteGenesis(tree, ledger.DefaultParams(), "made up for an example"))
	l, err := ledger.Begin(tree, "example-0123456789abcdef", 1, 0)
	check(err)
	owner, nominator, hotkey := keys.Account{1}, keys.Account{2}, keys.Account{3}
	check(account.Endow(l, owner, 10*tao.TAO))
	check(account.Endow(l, nominator, 10*tao.TAO))
	check(stake.SetOwner(l, hotkey, owner))

	check(stake.BecomeDelegate{Hotkey: hotkey}.Run(l, owner))
	check(stake.Add{Hotkey: hotkey, Amount: tao.TAO}.Run(l, owner))
	check(stake.Add{Hotkey: hotkey, Amount: 3 * tao.TAO}.Run(l, nominator))
	l.Mint(tao.TAO)
	check(stake.Reward(l, hotkey, 0, tao.TAO))

	for _, coldkey := range []keys.Account{owner, nominator} {
		page, _, err := stake.Positions(l, coldkey, 0, 10)
		check(err)
		fmt.Println(page[0].Value.TAOString())
	}
	// Output:
	// 1.384996566
	// 3.615003433
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
