package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"
	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

func TestAmount(t *testing.T) {
	for in, want := range map[tao.Amount]string{
		0:                       "0 TAO",
		1:                       "0.000000001 TAO",
		999 * tao.TAO:           "999 TAO",
		1000 * tao.TAO:          "1,000 TAO",
		tao.Cap:                 "21,000,000 TAO",
		1_234_567_890_000_000:   "1,234,567.89 TAO",
		12_345*tao.TAO + 10_000: "12,345.00001 TAO",
	} {
		if got := amount(in); got != want {
			t.Errorf("%d rao: got %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		a := tao.Amount(rapid.Uint64Range(0, uint64(tao.Cap)).Draw(r, "amount"))
		plain := strings.TrimSuffix(strings.ReplaceAll(amount(a), ",", ""), " TAO")
		if back, err := tao.Parse(plain); err != nil || back != a {
			r.Fatalf("%d rao is shown as %q", a, amount(a))
		}
	})
}

func TestAge(t *testing.T) {
	for ago, want := range map[time.Duration]string{
		-time.Minute: "0 s", 3 * time.Second: "3 s", 90 * time.Second: "2 min", 5 * time.Hour: "5 h", 72 * time.Hour: "3 days",
	} {
		if got := age(time.Now().Add(-ago)); got != want {
			t.Errorf("%v ago: got %q, want %q", ago, got, want)
		}
	}
}

func TestOneLine(t *testing.T) {
	if got := oneLine("a\nb\x1b[31mc\u009b\u007f\tdé"); got != "a;b [31mc   dé" {
		t.Errorf("got %q", got)
	}
}

// JSON holds no character that a terminal obeys, and means the same.
func TestJSONIsHarmless(t *testing.T) {
	var out bytes.Buffer
	const name = "a\x1b[31m\u007f\u0080\u009b31m\u009f\u00a0é\U0001f600 <&>"
	if err := (&app{out: &out}).printJSON(map[string]string{name: name}); err != nil {
		t.Fatal(err)
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back[name] != name || len(back) != 1 {
		t.Errorf("read back as %q, %v", back, err)
	}
	if i := strings.IndexFunc(strings.ReplaceAll(out.String(), "\n", ""), unicode.IsControl); i >= 0 || !strings.Contains(out.String(), "é\U0001f600 <&>") {
		t.Errorf("got %q", out.String())
	}
}

// TestFileStore holds the store to a map.
func TestFileStore(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(r *rapid.T) {
		s, want := fileStore{dir: t.TempDir() + "/a/b"}, map[ds.Key]string{}
		for range rapid.IntRange(0, 12).Draw(r, "steps") {
			key := ds.NewKey(rapid.SampledFrom([]string{"/light/a", "/light/b", "/x"}).Draw(r, "key"))
			switch rapid.IntRange(0, 2).Draw(r, "step") {
			case 0:
				want[key] = rapid.String().Draw(r, "value")
				if err := errors.Join(s.Put(ctx, key, []byte(want[key])), s.Sync(ctx, key)); err != nil {
					r.Fatal(err)
				}
			case 1:
				delete(want, key)
				if err := s.Delete(ctx, key); err != nil {
					r.Fatal(err)
				}
			}
			got, err := s.Get(ctx, key)
			has, _ := s.Has(ctx, key)
			if value, ok := want[key]; has != ok || ok && (err != nil || string(got) != value) || !ok && !errors.Is(err, ds.ErrNotFound) {
				r.Fatalf("%s: got %q, %v, has %v; want %q, %v", key, got, err, has, value, ok)
			}
		}
		found, err := s.Query(ctx, query.Query{Prefix: "/light"})
		if err != nil {
			r.Fatal(err)
		}
		all, err := found.Rest()
		if err != nil {
			r.Fatal(err)
		}
		n := 0
		for key := range want {
			if key.IsDescendantOf(ds.NewKey("/light")) {
				n++
			}
		}
		if len(all) != n {
			r.Fatalf("a query finds %d of %d", len(all), n)
		}
	})
}

// A row of root weights is told in parts of its sum.
func TestPrintRootWeights(t *testing.T) {
	var out bytes.Buffer
	printRootWeights(&out, &view.Metagraph{
		Uids: 2, Hotkeys: []keys.Account{{1}, {2}}, Stake: []tao.Amount{tao.TAO, 0}, Weights: [][]uint16{{1, 300, 2, 100}, {}},
	})
	if got := out.String(); !strings.Contains(got, "\t1 TAO\t1: 75.00%, 2: 25.00%\n") || !strings.Contains(got, "\t0 TAO\tnone\n") {
		t.Error(got)
	}
	out.Reset()
	printRootWeights(&out, &view.Metagraph{})
	if !strings.Contains(out.String(), "nobody sits there") {
		t.Error(out.String())
	}
}
