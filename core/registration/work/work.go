// Package work is the proof of work of a registration: what a miner searches and a verifier checks.
//
// A miner takes the hash of a recent block and calls [Search] over and over, with nonces that nobody else of its kind
// tries; a verifier calls [Seal] and [Meets] once. Everything here is pure: how many searches run side by side, and when
// a block has become too old, is the caller's affair.
package work

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/bits"

	"github.com/taolight/taolight/core/keys"
	"golang.org/x/crypto/sha3"
)

// Seal is the work of one nonce, as a big-endian number of 256 bits:
// keccak256(sha256(nonce, 8 bytes little-endian ‖ keccak256(block hash ‖ hotkey))).
func Seal(blockHash [32]byte, hotkey keys.Account, nonce uint64) [32]byte {
	s := newSealer(blockHash, hotkey)
	return *s.seal(nonce)
}

// Meets says whether a seal is small enough: seal · difficulty < 2^256. A difficulty of 0 or 1 takes any seal.
func Meets(seal [32]byte, difficulty uint64) bool {
	carry := uint64(0)
	for at := 24; at >= 0; at -= 8 {
		hi, lo := bits.Mul64(binary.BigEndian.Uint64(seal[at:]), difficulty)
		_, over := bits.Add64(lo, carry, 0)
		carry = hi + over // no overflow: hi is at most 2^64-2
	}
	return carry == 0
}

// Search tries count nonces beginning with from, wrapping around after 2^64-1, and returns the first whose seal meets the
// difficulty. A million take about a second.
func Search(blockHash [32]byte, hotkey keys.Account, difficulty, from, count uint64) (nonce uint64, ok bool) {
	s := newSealer(blockHash, hotkey)
	for i := range count {
		if Meets(*s.seal(from + i), difficulty) {
			return from + i, true
		}
	}
	return 0, false
}

// sealer hashes nonces of one block and hotkey without allocating.
type sealer struct {
	keccak hash.Hash
	in     [40]byte // nonce, then the hash of block and hotkey, which is the same for all nonces
	out    [32]byte
}

func newSealer(blockHash [32]byte, hotkey keys.Account) *sealer {
	s := &sealer{keccak: sha3.NewLegacyKeccak256()}
	s.keccak.Write(blockHash[:])
	s.keccak.Write(hotkey[:])
	s.keccak.Sum(s.in[8:8])
	return s
}

func (s *sealer) seal(nonce uint64) *[32]byte {
	binary.LittleEndian.PutUint64(s.in[:8], nonce)
	s.out = sha256.Sum256(s.in[:])
	s.keccak.Reset()
	s.keccak.Write(s.out[:])
	s.keccak.Sum(s.out[:0])
	return &s.out
}
