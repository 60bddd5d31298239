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
	leaves := make([][]byte, len(txs))
	for i, tx := range txs {
		sum := sha256.Sum256(tx)
		leaves[i] = sum[:]
	}
	return merkleRoot(leaves)
}

// ResultsHash returns what the next header's LastResultsHash must be for these results, in order. The chain asks for
// and uses the same gas, GasUsed; more than 2^63-1 of it is no result that consensus knows.
func ResultsHash(results []wire.TxResult) ([32]byte, error) {
	leaves := make([][]byte, len(results))
	for i := range results {
		r := &results[i]
		if r.GasUsed > math.MaxInt64 {
			return [32]byte{}, &DecodeError{Path: fmt.Sprintf("result %d", i), Reason: "gas out of range"}
		}
		leaf := appendBytes(appendUint(nil, 1, uint64(r.Code)), 2, r.Data)
		leaves[i] = appendUint(appendUint(leaf, 5, r.GasUsed), 6, r.GasUsed)
	}
	return merkleRoot(leaves), nil
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
