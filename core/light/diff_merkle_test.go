//go:build !js

package light_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/merkle"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
)

// Proofs are CometBFT's, hash for hash, and each side accepts at a place what the other does.
func TestProofsAreCometBFTs(t *testing.T) {
	d := newDice(7)
	for n := 1; n <= 70; n++ {
		var txs [][]byte
		var theirTxs cmttypes.Txs
		var results []wire.TxResult
		var theirResults []*abci.ExecTxResult
		for range n {
			tx := d.bytes(d.IntN(50))
			r := wire.TxResult{Code: d.Uint32() >> d.IntN(33), Data: d.bytes(d.IntN(10)), GasUsed: d.Uint64() >> (1 + d.IntN(63))}
			txs, theirTxs = append(txs, tx), append(theirTxs, tx)
			results = append(results, r)
			theirResults = append(theirResults, &abci.ExecTxResult{Code: r.Code, Data: r.Data, GasWanted: int64(r.GasUsed), GasUsed: int64(r.GasUsed)})
		}
		resultsHash, err := light.ResultsHash(results)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			aunts := light.ProveTx(txs, i)
			theirs := theirTxs.Proof(i).Proof
			if !equalAunts(aunts, theirs.Aunts) {
				t.Fatalf("proof of transaction %d of %d", i, n)
			}
			if root, ok := light.TxRoot(txs[i], uint64(i), uint64(n), aunts); !ok || root != light.DataHash(txs) {
				t.Fatalf("transaction %d of %d is not proven", i, n)
			}
			proof, err := light.ProveResult(results, i)
			if err != nil {
				t.Fatal(err)
			}
			if theirs := cmttypes.NewResults(theirResults).ProveResult(i); !equalAunts(proof, theirs.Aunts) {
				t.Fatalf("proof of result %d of %d", i, n)
			}
			if root, ok := light.ResultRoot(results[i], uint64(i), uint64(n), proof); !ok || root != resultsHash {
				t.Fatalf("result %d of %d is not proven", i, n)
			}
			leaf := sha256.Sum256(txs[i])
			for range 8 { // at other places among other counts, with an aunt more, less or other
				index, count, other := d.IntN(n+2), d.IntN(n+3), bytesOf(aunts)
				switch d.IntN(4) {
				case 0:
					other = append(other, d.bytes(32))
				case 1:
					other = other[:len(other)/2]
				case 2:
					if len(other) > 0 {
						other[d.IntN(len(other))] = d.bytes(32)
					}
				}
				p := merkle.Proof{Total: int64(count), Index: int64(index), LeafHash: theirs.LeafHash, Aunts: other}
				root := light.DataHash(txs)
				want := count > 0 && index < count && p.Verify(root[:], leaf[:]) == nil
				got, ok := light.TxRoot(txs[i], uint64(index), uint64(count), hashesOf(other))
				if (ok && got == root) != want {
					t.Fatalf("transaction %d of %d as %d of %d with %d aunts: %t, CometBFT says %t", i, n, index, count, len(other), !want, want)
				}
			}
		}
	}
}

func equalAunts(ours [][32]byte, theirs [][]byte) bool {
	if len(ours) != len(theirs) {
		return false
	}
	for i := range ours {
		if !bytes.Equal(ours[i][:], theirs[i]) {
			return false
		}
	}
	return true
}

func bytesOf(hashes [][32]byte) (out [][]byte) {
	for _, h := range hashes {
		out = append(out, bytes.Clone(h[:]))
	}
	return out
}

func hashesOf(list [][]byte) (out [][32]byte) {
	for _, b := range list {
		out = append(out, [32]byte(b))
	}
	return out
}

// What a proof doesn't bind: this is why a bundle holds the hashes of all transactions.
func TestProofsDontBindPlaces(t *testing.T) {
	txs := [][]byte{{1}, {2}, {3}}
	if root, ok := light.TxRoot(txs[2], 1, 2, light.ProveTx(txs, 2)); !ok || root != light.DataHash(txs) {
		t.Error("transaction 2 of 3 does not pass as 1 of 2")
	}
	for _, index := range []uint64{2, 3, 1 << 63} {
		if _, ok := light.TxRoot(txs[1], index, 2, light.ProveTx(txs, 1)); ok {
			t.Errorf("place %d of 2", index)
		}
	}
	if _, ok := light.TxRoot(txs[1], 0, 1, [][32]byte{{}}); ok {
		t.Error("an aunt beside an only leaf")
	}
	if _, ok := light.TxRoot(txs[1], 0, 0, nil); ok {
		t.Error("one of none")
	}
	if _, ok := light.ResultRoot(wire.TxResult{GasUsed: 1 << 63}, 0, 1, nil); ok {
		t.Error("gas that consensus doesn't know")
	}
}
