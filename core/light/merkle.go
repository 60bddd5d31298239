package light

import (
	"crypto/sha256"
	"math/bits"
)

// merkleRoot is the RFC 6962 tree that CometBFT builds over lists: SHA-256, prefix 0 for leaves and 1 for branches, the
// left side of a branch the largest power of two. The root of no leaves is the hash of nothing.
func merkleRoot(leaves [][]byte) [32]byte {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		buf := make([]byte, 0, 128)
		return sha256.Sum256(append(append(buf, 0), leaves[0]...))
	default:
		split := 1 << (bits.Len(uint(n-1)) - 1)
		left, right := merkleRoot(leaves[:split]), merkleRoot(leaves[split:])
		var branch [65]byte
		branch[0] = 1
		copy(branch[1:], left[:])
		copy(branch[33:], right[:])
		return sha256.Sum256(branch[:])
	}
}
