package consensus

import (
	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/taolight/taolight/core/chain"
)

// blockOf takes over what a block's header binds.
func blockOf(r *abci.RequestFinalizeBlock, chainID string) chain.Block {
	b := chain.Block{
		ChainID: chainID, Height: uint64(r.Height), Time: uint64(r.Time.UnixNano()), AppVersion: chain.AppVersion, Txs: r.Txs,
	}
	copy(b.Hash[:], r.Hash)
	copy(b.Proposer[:], r.ProposerAddress)
	for _, m := range r.Misbehavior {
		e := chain.Evidence{Height: uint64(m.Height)}
		copy(e.Address[:], m.Validator.Address)
		b.Evidence = append(b.Evidence, e)
	}
	return b
}

// Block returns a block as the rules take it; false if it is not kept here.
func (n *Node) Block(height uint64) (chain.Block, bool) {
	b := n.comet.BlockStore().LoadBlock(int64(height))
	if b == nil {
		return chain.Block{}, false
	}
	return blockOf(&abci.RequestFinalizeBlock{
		Txs: b.Txs.ToSliceOfBytes(), Misbehavior: b.Evidence.Evidence.ToABCI(), Hash: b.Hash(), Height: b.Height, Time: b.Time,
		ProposerAddress: b.ProposerAddress,
	}, n.app.chainID), true
}
