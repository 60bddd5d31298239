package light

import (
	"crypto/sha256"
	"math/bits"
)

// merkleRoot is the RFC 6962 tree that CometBFT builds over lists: SHA-256, prefix 0 for leaves and 1 for branches, the
// left side of a branch the largest power of two. The root of no leaves is the hash of nothing.
func merkleRoot(leaves [][]byte) [32]byte {
	return merkleOf(0, len(leaves), func(i int) []byte { return leaves[i] })
}

// merkleOf is [merkleRoot] for n leaves from a place on, which are asked for in order, one at a time.
func merkleOf(from, n int, leaf func(i int) []byte) [32]byte {
	switch n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		buf := make([]byte, 0, 128)
		return sha256.Sum256(append(append(buf, 0), leaf(from)...))
	default:
		split := 1 << (bits.Len(uint(n-1)) - 1)
		left := merkleOf(from, split, leaf)
		return branchHash(left, merkleOf(from+split, n-split, leaf))
	}
}

func branchHash(left, right [32]byte) [32]byte {
	var branch [65]byte
	branch[0] = 1
	copy(branch[1:], left[:])
	copy(branch[33:], right[:])
	return sha256.Sum256(branch[:])
}

// merkleAunts returns what proves a leaf under [merkleRoot]: the hashes beside its way up, the lowest first, as CometBFT lists
// them.
func merkleAunts(leaves [][]byte, index int) [][32]byte {
	if len(leaves) <= 1 {
		return nil
	}
	split := 1 << (bits.Len(uint(len(leaves)-1)) - 1)
	if index < split {
		return append(merkleAunts(leaves[:split], index), merkleRoot(leaves[split:]))
	}
	return append(merkleAunts(leaves[split:], index-split), merkleRoot(leaves[:split]))
}

// merkleFold returns the root that a leaf has at a place among count with these aunts; false if they are too many or too
// few for that place.
//
// The root binds neither place nor count: the last of three leaves hashes up as the second of two. Whoever needs the place
// must know the count from elsewhere.
func merkleFold(leaf []byte, index, count uint64, aunts [][32]byte) ([32]byte, bool) {
	switch {
	case index >= count:
		return [32]byte{}, false
	case count == 1:
		return merkleRoot([][]byte{leaf}), len(aunts) == 0
	case len(aunts) == 0:
		return [32]byte{}, false
	}
	aunt, lower := aunts[len(aunts)-1], aunts[:len(aunts)-1]
	split := uint64(1) << (bits.Len64(count-1) - 1)
	right := index >= split
	if right {
		index, count = index-split, count-split
	} else {
		count = split
	}
	below, ok := merkleFold(leaf, index, count, lower)
	if right {
		return branchHash(aunt, below), ok
	}
	return branchHash(below, aunt), ok
}
