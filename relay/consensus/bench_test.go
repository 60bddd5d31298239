package consensus

import (
	"context"
	"encoding/binary"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/relay/store"
)

// BenchmarkBlockOfTransfers runs FinalizeBlock and the synced Commit of blocks with 2,000 transfers by distinct sr25519
// signers, over a state of a million accounts on Pebble. No signature is remembered from an earlier check. One
// operation is one block.
func BenchmarkBlockOfTransfers(b *testing.B) {
	const accounts, transfers = 1_000_000, 2_000
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signers := make([]*sign.Key, transfers)
	g := &chain.Genesis{Name: "bench", Params: ledger.DefaultParams(), Producers: []chain.Producer{{PubKey: [32]byte{1}, Power: 1}}}
	for i := range signers {
		k, err := sign.FromSeed(sign.Sr25519, stranger(i))
		if err != nil {
			b.Fatal(err)
		}
		signers[i] = k
		g.Balances = append(g.Balances, chain.Balance{Address: k.Account(), Free: tao.TAO})
	}
	for i := range accounts - transfers {
		g.Balances = append(g.Balances, chain.Balance{Address: stranger(i), Free: tao.TAO})
	}
	s, err := store.Open(b.TempDir(), store.Options{Cache: 256 << 20})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	tree, err := state.Open(ctx, s.State(), state.Options{Keep: 10, CacheBytes: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	v := newVerifier(ctx)
	a := &app{genesis: g, chainID: g.ChainID(), verify: v.verify, pace: func() {}, commit: func(uint64) {}, fail: func(error) {}, tree: tree}
	if _, err := a.InitChain(ctx, nil); err != nil {
		b.Fatal(err)
	}
	height := int64(0)
	block := func(txs [][]byte) *abci.ResponseFinalizeBlock {
		height++
		r, err := a.FinalizeBlock(ctx, &abci.RequestFinalizeBlock{Height: height, Time: time.Unix(1_700_000_000+height, 0), Txs: txs})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := a.Commit(ctx, nil); err != nil {
			b.Fatal(err)
		}
		return r
	}
	block(nil)
	nonce := uint64(0)
	for b.Loop() {
		b.StopTimer()
		txs := make([][]byte, transfers)
		for i, k := range signers {
			args := codec.MustEncode(account.Transfer{To: stranger((i*487 + int(nonce)*7919) % (accounts - transfers)), Amount: 1000})
			body := chain.Body{Signer: k.Account(), Nonce: nonce, ValidUntil: uint64(height) + 64, Call: "transfer", Args: args}
			if txs[i], err = body.Sign(a.chainID, k); err != nil {
				b.Fatal(err)
			}
		}
		nonce++
		b.StartTimer()
		r := block(txs)
		if code := ledger.Code(r.TxResults[transfers-1].Code); code != 0 {
			b.Fatal(code)
		}
	}
	b.ReportMetric(transfers*float64(b.N)/b.Elapsed().Seconds(), "transfers/s")
}

func stranger(i int) (a keys.Account) {
	binary.BigEndian.PutUint64(a[:], uint64(i+1)*0x9e3779b97f4a7c15)
	return a
}
