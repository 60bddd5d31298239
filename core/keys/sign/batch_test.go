package sign_test

import (
	"fmt"
	"testing"

	"github.com/oasisprotocol/curve25519-voi/curve/scalar"
	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/keys/sign"
)

// TestBatchAgrees wants the batch to answer as single checks do, whatever mix of good and bad it is given.
func TestBatchAgrees(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(r, "n")
		checks := make([]sign.Check, n)
		for i := range checks {
			scheme := rapid.SampledFrom([]sign.Scheme{sign.Sr25519, sign.Ed25519}).Draw(r, "scheme")
			c := signed(t, drawKey(r, scheme), []byte(fmt.Sprint("message ", i)))
			switch rapid.IntRange(0, 8).Draw(r, "damage") {
			case 0:
				bit := rapid.IntRange(0, 511).Draw(r, "bit")
				c.Signature[bit/8] ^= 1 << (bit % 8)
			case 1:
				c.Account[rapid.IntRange(0, 31).Draw(r, "byte")] ^= 1
			case 2:
				c.Account = [32]byte{}
			case 3:
				c.Scheme = sign.Scheme(rapid.IntRange(0, 3).Draw(r, "other"))
			}
			checks[i] = c
		}
		got := sign.VerifyAll(checks)
		if len(got) != n {
			r.Fatalf("%d answers for %d checks", len(got), n)
		}
		for i, c := range checks {
			if want := sign.Verify(c); got[i] != want {
				r.Fatalf("check %d: %v in the batch, %v alone", i, got[i], want)
			}
		}
	})
}

// TestBatchOverSeveral crosses the size of one batch, with one bad signature in each and none in the last.
func TestBatchOverSeveral(t *testing.T) {
	const n = 600
	bad := map[int]bool{0: true, 255: true, 256: true, 300: true}
	checks := many(t, n)
	for i := range bad {
		checks[i].Message = []byte("not what was signed")
	}
	for i, ok := range sign.VerifyAll(checks) {
		if ok == bad[i] {
			t.Errorf("check %d: %v", i, ok)
		}
	}
}

// TestErrorsDontCancel takes two signatures whose scalars are off by the same amount in opposite directions. Their sum
// is right, so a combination without independent coefficients would accept both.
func TestErrorsDontCancel(t *testing.T) {
	checks := many(t, 2)
	for i, delta := range []uint64{1, 1} {
		mark := checks[i].Signature[63] & 128
		checks[i].Signature[63] &= 127
		s, err := scalar.NewFromCanonicalBytes(checks[i].Signature[32:])
		if err != nil {
			t.Fatal(err)
		}
		d := scalar.NewFromUint64(delta)
		if i == 1 {
			d.Neg(d)
		}
		if err := s.Add(s, d).ToBytes(checks[i].Signature[32:]); err != nil {
			t.Fatal(err)
		}
		checks[i].Signature[63] |= mark
	}
	for i, ok := range sign.VerifyAll(checks) {
		if ok {
			t.Errorf("check %d passes with a shifted scalar", i)
		}
	}
}

func many(t testing.TB, n int) []sign.Check {
	checks := make([]sign.Check, n)
	for i := range checks {
		scheme := sign.Sr25519
		if i%8 == 7 {
			scheme = sign.Ed25519
		}
		k, err := sign.FromSeed(scheme, [32]byte{byte(i), byte(i >> 8), 1})
		if err != nil {
			t.Fatal(err)
		}
		checks[i] = signed(t, k, sign.Payload(sign.DomainTx, [32]byte{byte(i)}))
	}
	return checks
}

func BenchmarkVerify(b *testing.B) {
	checks := many(b, 1)
	for b.Loop() {
		sign.Verify(checks[0])
	}
}

func BenchmarkVerifyAll2000(b *testing.B) {
	checks := many(b, 2000)
	for b.Loop() {
		sign.VerifyAll(checks)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/2000, "µs/signature")
}
