package tao_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/tao"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want tao.Amount
	}{
		{"0", 0},
		{"1", tao.TAO},
		{"1.5", 1_500_000_000},
		{"0.000000500", 500},
		{"0.000000001", 1},
		{" 12 tao ", 12 * tao.TAO},
		{"12tao", 12 * tao.TAO},
		{"500rao", 500},
		{"500 rao", 500},
		{"007", 7 * tao.TAO},
		{"21000000", tao.Cap},
		{"21000000000000000rao", tao.Cap},
	} {
		got, err := tao.Parse(c.in)
		if err != nil || got != c.want {
			t.Errorf("%q: got %v, %v, want %v", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{"", " ", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1.5rao", "0x10", "1_000", "1.0000000001", "tao", "rao", "1 2", "NaN", "１", "1.5.5", "12taotao", "raorao"} {
		if got, err := tao.Parse(in); err == nil || errors.Is(err, tao.ErrRange) {
			t.Errorf("%q: got %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"21000000.000000001", "21000001", "18446744073", "18446744073.709551616", "99999999999999999999", "21000000000000001rao"} {
		if got, err := tao.Parse(in); !errors.Is(err, tao.ErrRange) {
			t.Errorf("%q: got %v, %v", in, got, err)
		}
	}
}

func TestWrittenAmountsReadBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := tao.Amount(rapid.Uint64Range(0, uint64(tao.Cap)).Draw(r, "amount"))
		for _, s := range []string{a.TAOString(), a.String() + "rao", a.TAOString() + " tao"} {
			if got, err := tao.Parse(s); err != nil || got != a {
				r.Fatalf("%q: got %v, %v, want %v", s, got, err, a)
			}
		}
		whole, _ := new(big.Rat).SetString(a.TAOString())
		if exact := new(big.Rat).SetFrac64(int64(a), int64(tao.TAO)); whole.Cmp(exact) != 0 {
			r.Fatalf("%d rao is written %s", a, a.TAOString())
		}
	})
}

func TestArithmetic(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := tao.Amount(rapid.Uint64().Draw(r, "a")), tao.Amount(rapid.Uint64().Draw(r, "b"))
		exact := func(op func(z, x, y *big.Int) *big.Int) *big.Int {
			return op(new(big.Int), new(big.Int).SetUint64(uint64(a)), new(big.Int).SetUint64(uint64(b)))
		}
		check := func(name string, got tao.Amount, err error, want *big.Int) {
			switch {
			case !want.IsUint64():
				if !errors.Is(err, tao.ErrRange) || got != 0 {
					r.Fatalf("%d %s %d: got %d, %v, want ErrRange", a, name, b, got, err)
				}
			case err != nil || uint64(got) != want.Uint64():
				r.Fatalf("%d %s %d: got %d, %v, want %v", a, name, b, got, err, want)
			}
		}
		sum, err := a.Add(b)
		check("+", sum, err, exact((*big.Int).Add))
		difference, err := a.Sub(b)
		check("-", difference, err, exact((*big.Int).Sub))
	})
}

func TestJSON(t *testing.T) {
	out, err := json.Marshal(struct{ A tao.Amount }{1<<64 - 1})
	if err != nil || string(out) != `{"A":"18446744073709551615"}` {
		t.Errorf("%s, %v", out, err)
	}
	var back struct{ A tao.Amount }
	if err := json.Unmarshal(out, &back); err != nil || back.A != 1<<64-1 {
		t.Errorf("%v, %v", back, err)
	}
	for _, in := range []string{`{"A":"-1"}`, `{"A":"1.5"}`, `{"A":""}`, `{"A":"18446744073709551616"}`, `{"A":"0x1"}`} {
		if err := json.Unmarshal([]byte(in), &back); err == nil {
			t.Errorf("%s is read as %v", in, back.A)
		}
	}
}
