package node

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/tab"
)

func TestWords(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 10_214_201: "10,214,201", 1<<64 - 1: "18,446,744,073,709,551,615"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %q", n, got)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Hour: "0 s", 48 * time.Second: "48 s", 27 * time.Minute: "27 min", 5 * time.Hour: "5 h", 23 * 24 * time.Hour: "23 days",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%s) = %q", d, got)
		}
	}
	for in, want := range map[string]string{"": "", "a b": "A b.", "Done.": "Done.", "ärger": "Ärger."} {
		if got := sentence(in); got != want {
			t.Errorf("sentence(%q) = %q", in, got)
		}
	}
	for _, in := range []string{"", "short", strings.Repeat("é", 400), strings.Repeat("x", 301), "bad\xff\xfe"} {
		if got := clip(in, 300); len(got) > 300 || !utf8.ValidString(got) {
			t.Errorf("clip(%.20q) = %q", in, got)
		}
	}
	for range 100 {
		if d := jitter(time.Second); d < time.Second/2 || d > 3*time.Second/2 {
			t.Errorf("jitter: %s", d)
		}
	}
}

func FuzzHandle(f *testing.F) {
	n := New(Config{Now: time.Now, Send: func([]byte) {}})
	for _, method := range []string{tab.Query, tab.Blocks, tab.Body, tab.Retry, tab.Forget, "fly"} {
		f.Add(codec.MustEncode(tab.Request{ID: 1, Method: method, Params: tab.Raw{0xf6}}))
	}
	f.Add(codec.MustEncode(tab.Request{Method: tab.Query, Params: codec.MustEncode(tab.QueryParams{Program: "supply@1", Args: []byte{0x80}})}))
	f.Fuzz(func(_ *testing.T, message []byte) { n.Handle(context.Background(), message) })
}
