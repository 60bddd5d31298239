package light

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/taolight/taolight/core/wire"
)

// DataHash returns what a header's DataHash must be for these transactions, in order.
func DataHash(txs [][]byte) [32]byte {
	hashes := make([][32]byte, len(txs))
	for i, tx := range txs {
		hashes[i] = sha256.Sum256(tx)
	}
	return DataHashOf(hashes)
}

// DataHashOf is [DataHash] for those who know the SHA-256 of each transaction. It binds their number and places.
func DataHashOf(hashes [][32]byte) [32]byte {
	leaves := make([][]byte, len(hashes))
	for i := range hashes {
		leaves[i] = hashes[i][:]
	}
	return merkleRoot(leaves)
}

// ProveTx returns what proves that a transaction stands at an index among these under [DataHash]: the hashes beside its way
// up, the lowest first, as CometBFT's proofs hold them. Index must be that of one of them.
func ProveTx(txs [][]byte, index int) [][32]byte {
	leaves := make([][]byte, len(txs))
	for i, tx := range txs {
		sum := sha256.Sum256(tx)
		leaves[i] = sum[:]
	}
	return merkleAunts(leaves, index)
}

// TxRoot returns the [DataHash] of a block whose transaction index of count is this one, by the hashes of [ProveTx]; false
// if their number doesn't fit the place. It does not bind index and count, see [ResultRoot].
func TxRoot(tx []byte, index, count uint64, aunts [][32]byte) ([32]byte, bool) {
	sum := sha256.Sum256(tx)
	return merkleFold(sum[:], index, count, aunts)
}

// ResultsHash returns what the next header's LastResultsHash must be for these results, in order. The chain asks for
// and uses the same gas, GasUsed; more than 2^63-1 of it is no result that consensus knows.
func ResultsHash(results []wire.TxResult) ([32]byte, error) {
	leaves, err := resultLeaves(results)
	if err != nil {
		return [32]byte{}, err
	}
	return merkleRoot(leaves), nil
}

// ProveResult is [ProveTx] for a result under [ResultsHash].
func ProveResult(results []wire.TxResult, index int) ([][32]byte, error) {
	leaves, err := resultLeaves(results)
	if err != nil {
		return nil, err
	}
	return merkleAunts(leaves, index), nil
}

// ResultRoot is [TxRoot] for a result under [ResultsHash]. A proof alone does not bind index and count: result 2 of 3 has
// the proof of result 1 of 2. With the count known from elsewhere, such as from [DataHashOf], there is one place for it.
func ResultRoot(r wire.TxResult, index, count uint64, aunts [][32]byte) ([32]byte, bool) {
	leaves, err := resultLeaves([]wire.TxResult{r})
	if err != nil {
		return [32]byte{}, false
	}
	return merkleFold(leaves[0], index, count, aunts)
}

func resultLeaves(results []wire.TxResult) ([][]byte, error) {
	leaves := make([][]byte, len(results))
	for i := range results {
		r := &results[i]
		if r.GasUsed > math.MaxInt64 {
			return nil, &DecodeError{Path: fmt.Sprintf("result %d", i), Reason: "gas out of range"}
		}
		leaf := appendBytes(appendUint(nil, 1, uint64(r.Code)), 2, r.Data)
		leaves[i] = appendUint(appendUint(leaf, 5, r.GasUsed), 6, r.GasUsed)
	}
	return leaves, nil
}

// EvidenceHash returns what a header's EvidenceHash must be for the protobuf of CometBFT's EvidenceList; an empty one is
// no evidence. The pieces are hashed as they stand and not looked into. Errors are [DecodeError].
func EvidenceHash(list []byte) ([32]byte, error) {
	var leaves [][]byte
	var again []byte
	err := walk(list, "evidence list", "r", func(_ protowire.Number, _ uint64, one []byte) error {
		found := false
		err := walk(one, "evidence", "bb", func(n protowire.Number, _ uint64, p []byte) error {
			if found {
				return &DecodeError{Path: "evidence", Reason: "two kinds at once"}
			}
			found = true
			leaves = append(leaves, p)
			again = appendMessage(again, 1, appendMessage(nil, n, p))
			return nil
		})
		if err == nil && !found {
			err = &DecodeError{Path: "evidence", Reason: "of no kind"}
		}
		return err
	})
	if err == nil && !bytes.Equal(again, list) {
		err = &DecodeError{Path: "evidence list", Reason: "not the canonical encoding"}
	}
	if err != nil {
		return [32]byte{}, err
	}
	return merkleRoot(leaves), nil
}
