package checkpoint_test

import (
	"fmt"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/keys/sign"
)

func Example() {
	ana, err := sign.FromURI("//Alice")
	if err != nil {
		panic(err)
	}
	// Ana vouches for a block that her node verified.
	c := checkpoint.Checkpoint{Block: checkpoint.Block{ChainID: "test-0123456789abcdef", Height: 1200, Hash: [32]byte{0x5f}, Time: 1_764_376_271}}
	if err := c.Sign(ana); err != nil {
		panic(err)
	}
	text := c.Lines() // to publish

	// Whoever reads it knows Ana's address from elsewhere.
	read, err := checkpoint.Parse(text)
	if err != nil {
		panic(err)
	}
	known := checkpoint.Parties{{Account: ana.Account(), Name: "Ana"}}
	fmt.Println(read.Height, known.Check(read))
	// Output: 1200 signed by Ana
}
