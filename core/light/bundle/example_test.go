package bundle_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
)

// A figure that one light client has proven is verified elsewhere, from the same trust root, without a network.
func Example() {
	w := world(new(testing.T), lighttest.Options{}) // elsewhere: relays, and light.NewClient as its example shows
	c := client(new(testing.T), w, w.Trust(1))

	account, _ := chain.Lookup(chain.AccountQuery)
	head := c.Head()
	answer, err := c.QueryAt(context.Background(), head, account, codec.MustEncode(chain.AccountArgs{Address: rich}))
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := bundle.ForFigure(context.Background(), c, answer)
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := b.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}

	report, err := bundle.Check(file, w.Now(), bundle.Options{Trust: []light.TrustRoot{w.Trust(1)}}) // elsewhere: time.Now()
	fmt.Println(b.Name(), report.Verdict, report.Level, err)
	for _, s := range report.Steps[2:4] {
		fmt.Printf("%s %s: %s\n", s.Outcome, s.Title, s.Detail)
	}
	// Output:
	// account-5CDtC-9.taoproof accept proven <nil>
	// held Two thirds signed: block 10: 4 of 4 producers, 100.0 % of power
	// held Reached from the trust root: 1 hop from block 1, 1 min old
}
