package fixed_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	. "github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/fixed/fixedtest"
)

// q, u and w read an I32F32, a natural number and an I64F64 of a case.
func q(t *testing.T, raw json.RawMessage) (x I32F32) { read(t, raw, &x); return x }
func u(t *testing.T, raw json.RawMessage) (x uint64) { read(t, raw, &x); return x }
func w(t *testing.T, raw json.RawMessage) I64F64 {
	x, ok := new(big.Int).SetString(strings.Trim(string(raw), `"`), 10)
	if !ok {
		t.Fatalf("%s is no number", raw)
	}
	return wide(x)
}

func wide(x *big.Int) I64F64 {
	lo := new(big.Int).And(x, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	return I64F64{Hi: new(big.Int).Rsh(x, 64).Int64(), Lo: lo}
}

func read(t *testing.T, raw json.RawMessage, to any) {
	t.Helper()
	if err := json.Unmarshal(raw, to); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
}

// TestScalars holds every operation to the bits of the reference's.
func TestScalars(t *testing.T) {
	cases := fixedtest.Scalars(t)
	for name, f := range map[string]func(t *testing.T, a []json.RawMessage) any{
		"i32f32_saturating_mul":   func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).Mul(q(t, a[1])) },
		"i32f32_checked_mul_or_0": func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).MulOrZero(q(t, a[1])) },
		"i32f32_safe_div":         func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).Div(q(t, a[1])) },
		"i32f32_saturating_div":   func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).DivSaturated(q(t, a[1])) },
		"i32f32_saturating_add":   func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).Add(q(t, a[1])) },
		"i32f32_saturating_sub":   func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).Sub(q(t, a[1])) },
		"exp_safe":                func(t *testing.T, a []json.RawMessage) any { return Exp(q(t, a[0])) },
		"safe_ln":                 func(t *testing.T, a []json.RawMessage) any { return Ln(q(t, a[0])) },
		"fixed_to_u16":            func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).U16() },
		"fixed_to_u64":            func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).U64() },
		"fixed_proportion_to_u16": func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).ToShare() },
		"fixed_to_fixed_u16_proportion": func(t *testing.T, a []json.RawMessage) any {
			return q(t, a[0]).Div(FromU16(math.MaxUint16))
		},
		"u16_proportion_to_fixed": func(t *testing.T, a []json.RawMessage) any { return Share(uint16(u(t, a[0]))) },
		"kappa_to_fixed":          func(t *testing.T, a []json.RawMessage) any { return Share(uint16(u(t, a[0]))) },
		"sigmoid_safe": func(t *testing.T, a []json.RawMessage) any {
			return Sigmoid(q(t, a[0]), q(t, a[1]), q(t, a[2]))
		},
		"emission_mul":          func(t *testing.T, a []json.RawMessage) any { return q(t, a[0]).Of(u(t, a[1])) },
		"tao_weight_raw_i64f64": func(t *testing.T, a []json.RawMessage) any { return Weight(u(t, a[0])) },
		"total_stake_raw_i64f64": func(t *testing.T, a []json.RawMessage) any {
			return FromU64(u(t, a[0])).Add(FromU64(u(t, a[1])).Mul(Weight(u(t, a[2]))))
		},
		"vec_u16_max_upscale_to_u16": func(t *testing.T, a []json.RawMessage) any {
			return MaxUpscaleShares(list[uint16](t, a[0]))
		},
		"vec_max_upscale_to_u16": func(t *testing.T, a []json.RawMessage) any {
			v := list[I32F32](t, a[0])
			up := make([]uint16, len(v))
			MaxUpscale(up, v)
			return up
		},
		"check_vec_max_limited": func(t *testing.T, a []json.RawMessage) any {
			if WithinShare(list[uint16](t, a[0]), uint16(u(t, a[1]))) {
				return 1
			}
			return 0
		},
		"inplace_normalize": func(t *testing.T, a []json.RawMessage) any {
			v := list[I32F32](t, a[0])
			Normalize(v)
			return v
		},
		"vec_mul": func(t *testing.T, a []json.RawMessage) any {
			x, y := list[I32F32](t, a[0]), list[I32F32](t, a[1])
			for i := range x {
				x[i] = x[i].MulOrZero(y[i])
			}
			return x
		},
	} {
		t.Run(name, func(t *testing.T) {
			if len(cases[name]) == 0 {
				t.Fatal("no cases")
			}
			for i, c := range cases[name] {
				args, want := c[:len(c)-1], string(c[len(c)-1])
				got, err := json.Marshal(f(t, args))
				if x, ok := f(t, args).(I64F64); ok {
					got, want = []byte(x.String()), strings.Trim(want, `"`)
				}
				if err != nil || string(got) != want {
					t.Errorf("case %d, %s: got %s, want %s", i, args, got, want)
				}
			}
		})
	}
}

func list[T any](t *testing.T, raw json.RawMessage) (v []T) { read(t, raw, &v); return v }

// TestNormalizeWide holds the division of stakes by their sum, in both widths, to the reference's.
func TestNormalizeWide(t *testing.T) {
	for i, c := range fixedtest.Scalars(t)["inplace_normalize_64_to_fixed32"] {
		var in, normal []string
		read(t, c[0], &in)
		read(t, c[1], &normal)
		narrow := list[I32F32](t, c[2])
		var sum I64F64
		for _, s := range in {
			sum = sum.AddWrapped(w(t, json.RawMessage(s)))
		}
		for j, s := range in {
			x := w(t, json.RawMessage(s))
			if !sum.IsZero() {
				x = x.Div(sum)
			}
			if x.String() != normal[j] || x.I32F32() != narrow[j] {
				t.Errorf("case %d, element %d: got %s and %d, want %s and %d", i, j, x, x.I32F32(), normal[j], narrow[j])
			}
		}
	}
}

// anyRaw draws numbers of every size, so that each path of an operation is taken.
func anyRaw(r *rapid.T, name string) int64 {
	return rapid.Int64().Draw(r, name) >> rapid.IntRange(0, 63).Draw(r, name+" shift")
}

// edges are where sums, products and quotients stop to fit.
var edges = []int64{
	0, 1, 2, 3, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1<<32 + 1, 1<<33 - 1, 65_535 << 32, 1<<62 - 1, 1 << 62, math.MaxInt64 - 1,
	math.MaxInt64, math.MinInt64, math.MinInt64 + 1, -1, -2, -(1<<32 - 1), -1 << 32, -(1<<32 + 1), -1 << 31, -1 << 62,
}

// TestEdges holds the operations to integers without bounds for every pair of edges.
func TestEdges(t *testing.T) {
	for _, a := range edges {
		for _, b := range edges {
			if err := disagreement(a, b); err != "" {
				t.Error(err)
			}
		}
	}
}

// TestOperations holds the narrow operations to integers without bounds.
func TestOperations(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := anyRaw(r, "a"), anyRaw(r, "b")
		if rapid.Bool().Draw(r, "whole b") {
			b = b << 32
		}
		if err := disagreement(a, b); err != "" {
			r.Fatal(err)
		}
	})
}

// disagreement says in which operation on a and b, raw, the result isn't that of integers without bounds.
func disagreement(a, b int64) string {
	x, y := big.NewInt(a), big.NewInt(b)
	product := new(big.Int).Mul(x, y)
	product.Rsh(product, 32)
	quotient, within := new(big.Int), int64(0)
	if b != 0 {
		quotient.Quo(new(big.Int).Lsh(x, 32), y)
		if quotient.IsInt64() {
			within = quotient.Int64()
		}
	}
	by := NewDivisor(I32F32(b))
	for _, c := range []struct {
		name string
		got  I32F32
		want int64
	}{
		{"product", I32F32(a).Mul(I32F32(b)), clamp(product)},
		{"sum", I32F32(a).Add(I32F32(b)), clamp(new(big.Int).Add(x, y))},
		{"difference", I32F32(a).Sub(I32F32(b)), clamp(new(big.Int).Sub(x, y))},
		{"quotient", I32F32(a).Div(I32F32(b)), within},
		{"quotient by a divisor", by.Divide(I32F32(a)), within},
	} {
		if int64(c.got) != c.want {
			return fmt.Sprintf("%s of %d and %d: got %d, want %d", c.name, a, b, int64(c.got), c.want)
		}
	}
	if got, want := I32F32(a).DivSaturated(I32F32(b)), clamp(quotient); b != 0 && int64(got) != want {
		return fmt.Sprintf("%d/%d: saturated %d, want %d", a, b, int64(got), want)
	}
	return ""
}

func clamp(x *big.Int) int64 {
	switch {
	case x.IsInt64():
		return x.Int64()
	case x.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// TestWideOperations holds the wide operations to integers without bounds.
func TestWideOperations(t *testing.T) {
	limit := new(big.Int).Lsh(big.NewInt(1), 127)
	fits := func(x *big.Int) bool {
		return x.Cmp(limit) < 0 && x.Cmp(new(big.Int).Neg(limit)) >= 0
	}
	saturate := func(x *big.Int) *big.Int {
		switch {
		case fits(x):
			return x
		case x.Sign() < 0:
			return new(big.Int).Neg(limit)
		}
		return new(big.Int).Sub(limit, big.NewInt(1))
	}
	number := func(r *rapid.T, name string) *big.Int {
		x := new(big.Int).Lsh(big.NewInt(rapid.Int64().Draw(r, name)), 64)
		x.Add(x, new(big.Int).SetUint64(rapid.Uint64().Draw(r, name+" low")))
		return x.Rsh(x, uint(rapid.IntRange(0, 127).Draw(r, name+" shift")))
	}
	rapid.Check(t, func(r *rapid.T) {
		a, b := number(r, "a"), number(r, "b")
		product := new(big.Int).Mul(a, b)
		if got, want := wide(a).Mul(wide(b)), saturate(product.Rsh(product, 64)); got.String() != want.String() {
			r.Fatalf("%s·%s: got %s, want %s", a, b, got, want)
		}
		if got, want := wide(a).Add(wide(b)), saturate(new(big.Int).Add(a, b)); got.String() != want.String() {
			r.Fatalf("%s+%s: got %s, want %s", a, b, got, want)
		}
		quotient := new(big.Int)
		if b.Sign() != 0 {
			quotient.Quo(new(big.Int).Lsh(a, 64), b)
		}
		if !fits(quotient) {
			quotient.SetInt64(0)
		}
		if got := wide(a).Div(wide(b)); got.String() != quotient.String() {
			r.Fatalf("%s/%s: got %s, want %s", a, b, got, quotient)
		}
		if got, want := wide(a).I32F32(), clamp(new(big.Int).Rsh(a, 32)); int64(got) != want {
			r.Fatalf("%s narrowed: got %d, want %d", a, got, want)
		}
	})
}

// TestExpSeries holds the multiplications that stand for divisions to the divisions.
func TestExpSeries(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := rapid.Int64Range(-20<<32, 20<<32).Draw(r, "x")
		if x == 0 || x == 1<<32 {
			return
		}
		u := new(big.Int).Abs(big.NewInt(x))
		one := big.NewInt(1 << 32)
		sum, term := new(big.Int).Add(one, u), new(big.Int).Set(u)
		for i := int64(2); i < 32; i++ {
			term.Mul(term, u).Rsh(term, 32).Quo(term, big.NewInt(i))
			sum.Add(sum, term)
		}
		if x < 0 {
			sum.Quo(new(big.Int).Lsh(one, 32), sum)
		}
		if got := Exp(I32F32(x)); int64(got) != sum.Int64() {
			r.Fatalf("e^%d: got %d, want %s", x, got, sum)
		}
	})
}
