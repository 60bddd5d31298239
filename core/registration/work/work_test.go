package work_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/big"
	"testing"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/registration/work"
	"pgregory.net/rapid"
)

func sample(t testing.TB) (block [32]byte, hotkey keys.Account) {
	t.Helper()
	copy(block[:], bytes.Repeat([]byte{0x45}, 32))
	hotkey, err := keys.Parse("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")
	if err != nil {
		t.Fatal(err)
	}
	return block, hotkey
}

func TestP21WorkVector(t *testing.T) {
	block, hotkey := sample(t)
	for nonce, want := range map[uint64]string{
		0:      "0ef0f30ae50059e3c6c59d675c498f2907a91fb339c8812c3784eaa135e3a279",
		22_444: "00055f071fd26f4d8b84a03d4f81dd974d049b81b279ed08710245c7f603bb5c",
	} {
		if seal := work.Seal(block, hotkey, nonce); hex.EncodeToString(seal[:]) != want {
			t.Errorf("the seal of nonce %d is %x, want %s", nonce, seal, want)
		}
	}
	if nonce, ok := work.Search(block, hotkey, 10_000, 0, 30_000); nonce != 22_444 || !ok {
		t.Errorf("the first nonce is %d (%t), want 22444", nonce, ok)
	}
	if nonce, ok := work.Search(block, hotkey, 10_000, 0, 22_444); ok {
		t.Errorf("nonce %d was not to be tried", nonce)
	}
}

// Read the other way round, the first seal would be far too large and others would do.
func TestSealIsBigEndian(t *testing.T) {
	var low, high [32]byte
	low[31], high[0] = 1, 1
	if !work.Meets(low, 1<<63) {
		t.Error("1 is a small number")
	}
	if work.Meets(high, 256) || !work.Meets(high, 255) {
		t.Error("2^248 times 256 is 2^256, times 255 is less")
	}
}

func TestMeetsIsTheInequality(t *testing.T) {
	limit := new(big.Int).Lsh(big.NewInt(1), 256)
	rapid.Check(t, func(t *rapid.T) {
		difficulty := rapid.Uint64().Draw(t, "difficulty")
		bound := new(big.Int).Set(limit)
		if difficulty > 0 {
			bound.Quo(limit, new(big.Int).SetUint64(difficulty)) // where the answer changes
		}
		n := new(big.Int).Add(bound, big.NewInt(rapid.Int64Range(-2, 2).Draw(t, "off")))
		if rapid.Bool().Draw(t, "anywhere") || n.Cmp(limit) >= 0 {
			n.SetBytes(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seal"))
		}
		var seal [32]byte
		n.FillBytes(seal[:])
		want := new(big.Int).Mul(n, new(big.Int).SetUint64(difficulty)).Cmp(limit) < 0
		if got := work.Meets(seal, difficulty); got != want {
			t.Fatalf("%x meets %d: %t", seal, difficulty, got)
		}
	})
}

func TestSearchAgreesWithSeal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var block [32]byte
		var hotkey keys.Account
		copy(block[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "block"))
		copy(hotkey[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hotkey"))
		difficulty, from := rapid.Uint64Range(1, 64).Draw(t, "difficulty"), rapid.Uint64().Draw(t, "from")
		nonce, ok := work.Search(block, hotkey, difficulty, from, 100)
		for i := range uint64(100) {
			met := work.Meets(work.Seal(block, hotkey, from+i), difficulty)
			if found := ok && nonce == from+i; found != met {
				t.Fatalf("nonce %d meets the difficulty: %t, found: %t", from+i, met, found)
			} else if found {
				return
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	block, hotkey := sample(b)
	b.ReportAllocs()
	work.Search(block, hotkey, 1<<63, 0, uint64(b.N))
}

func ExampleSearch() {
	var blockHash [32]byte
	var hotkey keys.Account
	nonce, ok := work.Search(blockHash, hotkey, 100, 0, 10_000)
	fmt.Println(ok, work.Meets(work.Seal(blockHash, hotkey, nonce), 100))
	// Output: true true
}
