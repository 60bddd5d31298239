package light_test

import (
	"context"
	"fmt"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// A client with a trust root and one relay: it steps over 499 heights, because the producers have stayed the same.
func Example() {
	chain := lighttest.New(lighttest.Options{ChainID: "example-0000000000000000"}).Extend(500)
	relay := light.NewRelay("relay", chain.Opener()) // elsewhere: a connection of core/p2p

	client, err := light.NewClient(context.Background(), light.Config{
		ChainID: "example-0000000000000000",
		Trust:   chain.Trust(1), // elsewhere: light.ParseTrust of what the user gave
		Now:     chain.Now,      // elsewhere: time.Now
		Sources: []light.Source{relay},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	head, err := client.Sync(context.Background())
	if err != nil {
		fmt.Println(light.VerdictOf(err), err)
		return
	}
	signed, total := head.SignedPower()
	fmt.Printf("block %d is %s, signed by %d of %d\n", head.Block.Height(), head.Level, signed, total)
	fmt.Printf("checked %d headers, stepped over %d\n", client.Counts().Headers, client.Counts().Skipped)
	// Output:
	// block 500 is proven, signed by 40 of 40
	// checked 2 headers, stepped over 498
}

// Verification itself is a pure function.
func ExampleVerifyAdjacent() {
	chain := lighttest.New(lighttest.Options{}).Extend(2)
	trusted, next := chain.Block(1), chain.Block(2)
	next.Header.AppHash[0] ^= 1 // another state than the producers signed

	err := light.VerifyAdjacent(trusted, next, chain.Now(), light.DefaultParams())
	fmt.Println(light.VerdictOf(err), "-", light.Code(err))
	// Output: reject and blame - wrong_hash
}
