package chain_test

import (
	"fmt"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// A chain begins with a genesis; programs read its state.
func Example() {
	alice := keys.Account{1}
	genesis := chain.Genesis{Name: "example", Balances: []chain.Balance{{Address: alice, Free: 5 * tao.TAO}}}
	tree := state.New()
	if err := genesis.Apply(tree); err != nil {
		fmt.Println(err)
		return
	}
	program, _ := chain.Lookup(chain.AccountQuery)
	answer, err := program.Run(tree, codec.MustEncode(chain.AccountArgs{Address: alice}))
	if err != nil {
		fmt.Println(err)
		return
	}
	var account view.Account
	if err := codec.Decode(answer, &account); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(account.Free.TAOString(), "TAO")
	// Output: 5 TAO
}
