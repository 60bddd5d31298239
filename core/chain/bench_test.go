package chain

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/tao"
)

// BenchmarkExecute runs blocks of 2,000 transfers by distinct sr25519 signers over a tree in memory; signatures are
// checked, each block anew. One operation is one block.
func BenchmarkExecute(b *testing.B) {
	for _, accounts := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("accounts=%d", accounts), func(b *testing.B) {
			const transfers = 2000
			g := testGenesis(b)
			signers := make([]*sign.Key, transfers)
			for i := range signers {
				signers[i] = key(b, fmt.Sprintf("//Signer%d", i))
				g.Balances = append(g.Balances, Balance{Address: signers[i].Account(), Free: tao.TAO})
			}
			for i := range accounts - transfers {
				g.Balances = append(g.Balances, Balance{Address: stranger(i), Free: tao.TAO})
			}
			g.sort()
			w := worldOf(b, g)
			w.tree.Root()
			b.ResetTimer()
			for b.Loop() {
				b.StopTimer()
				txs := make([][]byte, transfers)
				for i, s := range signers {
					txs[i] = w.tx(s, "transfer", account.Transfer{To: stranger(i * 31 % (accounts - transfers)), Amount: 1000}, 0)
				}
				w.height++
				block := Block{ChainID: w.chainID, Height: w.height, AppVersion: AppVersion, Txs: txs}
				b.StartTimer()
				out, err := Execute(w.tree, block, sign.VerifyAll)
				if err != nil || out.Results[transfers-1].Code != 0 {
					b.Fatal(err, out.Refusals[transfers-1])
				}
				w.tree.Root()
			}
			b.ReportMetric(transfers*float64(b.N)/b.Elapsed().Seconds(), "transfers/s")
		})
	}
}

func stranger(i int) (a keys.Account) {
	binary.BigEndian.PutUint64(a[:], uint64(i+1)*0x9e3779b97f4a7c15)
	return a
}
