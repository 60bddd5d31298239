package relay_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/relay"
)

// A chain of one block producer, with nothing on it yet.
func ExampleStart() {
	home := "/var/lib/taolight"
	producer, err := relay.Producer(home)
	if err != nil {
		log.Fatal(err)
	}
	n, err := relay.Start(context.Background(), relay.Config{
		Home:      home,
		BlockTime: 2 * time.Second,
		Genesis: &chain.Genesis{
			Name: "mine", Time: uint64(time.Now().UnixMilli()), Params: ledger.DefaultParams(), Producers: []chain.Producer{producer},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("open", n.URL())
	if err := n.Wait(); err != nil {
		log.Fatal(err)
	}
}
