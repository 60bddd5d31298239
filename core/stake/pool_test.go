package stake

import (
	"math/big"
	"testing"

	"github.com/taolight/taolight/core/tao"
	"pgregory.net/rapid"
)

// Whatever happens to a pool, its positions are never worth more than it holds, what went in is what came out or is still
// there, and each act costs at most the price of one share and a rao: rounding favours whoever stays.
func TestPoolNeverPaysMoreThanItHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const people = 4
		var pool Pool
		var held [people]*big.Int
		var in, out, rounding [people]uint64
		for i := range held {
			held[i] = new(big.Int)
		}
		dividends := uint64(0)
		amounts := rapid.OneOf(rapid.Uint64Range(1, 100), rapid.Uint64Range(1, uint64(tao.Cap)/256))
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			who := rapid.IntRange(0, people-1).Draw(t, "who")
			shares, value := pool.worth()
			rounding[who] += 2 + new(big.Int).Quo(value, shares).Uint64()
			amount := amounts.Draw(t, "amount")
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				if uint64(pool.Value)+amount > uint64(tao.Cap) {
					continue
				}
				before := pool
				minted, err := pool.mint(tao.Amount(amount))
				if err != nil {
					t.Fatal(err)
				}
				if minted.Sign() == 0 { // a deposit is refused then
					pool = before
					continue
				}
				held[who].Add(held[who], minted)
				in[who] += amount
			case 1:
				value := pool.value(held[who])
				if value == 0 {
					continue
				}
				take := min(tao.Amount(amount), value)
				burnt, err := pool.burn(take, held[who])
				if err != nil {
					t.Fatal(err)
				}
				held[who].Sub(held[who], burnt)
				out[who] += uint64(take)
			case 2:
				if uint64(pool.Value)+amount > uint64(tao.Cap) || pool.Shares == (Shares{}) {
					continue
				}
				pool.Value += tao.Amount(amount)
				dividends += amount
			}
			sum, all := tao.Amount(0), new(big.Int)
			for i := range held {
				sum += pool.value(held[i])
				all.Add(all, held[i])
			}
			if sum > pool.Value {
				t.Fatalf("positions are worth %d, the pool holds %d", sum, pool.Value)
			}
			if all.Cmp(pool.Shares.int()) != 0 {
				t.Fatalf("positions hold %s shares, the pool says %s", all, pool.Shares.int())
			}
		}
		sumIn, sumOut := dividends, uint64(pool.Value)
		for i := range held {
			sumIn, sumOut = sumIn+in[i], sumOut+out[i]
			if has := out[i] + uint64(pool.value(held[i])); has+rounding[i] < in[i] {
				t.Fatalf("%d put in %d and has %d; rounding explains %d", i, in[i], has, rounding[i])
			}
		}
		if sumIn != sumOut {
			t.Fatalf("%d went in, %d came out or is there", sumIn, sumOut)
		}
	})
}

func TestStakeWithoutDividendsIsWorthExactlyItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pool Pool
		for range rapid.IntRange(1, 20).Draw(t, "stakers") {
			amount := tao.Amount(rapid.Uint64Range(1, uint64(tao.Cap)/32).Draw(t, "amount"))
			minted, err := pool.mint(amount)
			if err != nil {
				t.Fatal(err)
			}
			if got := pool.value(minted); got != amount {
				t.Fatalf("%d staked are worth %d", amount, got)
			}
		}
	})
}
