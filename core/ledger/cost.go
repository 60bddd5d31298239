package ledger

import "github.com/taolight/taolight/core/tao"

// Cost is the worst case of what a transaction makes every verifier do. A call declares it before it runs, the fee
// pays for it, and a block holds no more than Params.BlockUnits of it.
type Cost struct {
	Bytes      uint64 // of the encoded transaction
	Keys       uint64 // state keys read or written
	Signatures uint64 // signatures to check, the transaction's own included
}

const (
	unitsPerKey       = 20
	unitsPerSignature = 50
)

// Units is the cost as one number.
func (c Cost) Units() uint64 { return c.Bytes + unitsPerKey*c.Keys + unitsPerSignature*c.Signatures }

// Fee is what the cost takes from the payer.
func (p Params) Fee(c Cost) tao.Amount { return tao.Amount(c.Units()) * p.FeePerUnit }
