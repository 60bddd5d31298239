package weights_test

import (
	"fmt"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/weights"
)

// A validator commits to a row, keeps it with its salt, and reveals it in the epoch that the subnet wants.
func ExampleSeal() {
	row := weights.Opening{UIDs: []uint16{3, 8}, Values: []uint16{1, 2}, Salt: []uint16{31, 7, 902, 15, 4, 77, 60, 12}}
	commit := weights.Commit{Netuid: 1, Hash: weights.Seal(keys.Account{1}, 1, row)}
	reveal := weights.Reveal{Netuid: 1, UIDs: row.UIDs, Values: row.Values, Salt: row.Salt}
	fmt.Println(len(commit.Hash.String()), reveal.UIDs)
	// Output: 64 [3 8]
}
