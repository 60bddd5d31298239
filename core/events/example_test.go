package events_test

import (
	"fmt"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/events"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// A proven event becomes fields with names.
func ExampleRead() {
	e := ledger.Event{Tx: 3, Name: "Transfer", Data: codec.MustEncode(account.Transferred{Amount: 5 * tao.TAO})}
	fields, err := events.Read(e)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range fields {
		fmt.Println(f.Name)
	}
	fmt.Println(fields[2].Value.(tao.Amount).TAOString())
	// Output:
	// from
	// to
	// amount
	// 5
}
