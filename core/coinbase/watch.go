package coinbase

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

// Epoch is one subnet's epoch as a block ran it: who was there, and what Yuma consensus was given. Its results follow
// from Inputs, see yuma.Epoch and yuma.Explain; the emission in Inputs is what is left after OwnerCut.
type Epoch struct {
	Netuid   uint16
	Index    uint64         // epochs of this subnet before it
	Hotkeys  []keys.Account // by uid
	OwnerCut tao.Amount     // rao for the subnet's owner
	Inputs   *yuma.Inputs
}

// Watch is told of each epoch that a block runs, in order, after it was computed and paid. What it is handed is its own:
// nobody changes it afterwards. It can't change the block.
type Watch func(Epoch)
