package strictjson_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/strictjson"
)

func BenchmarkNumbers(b *testing.B) {
	doc := []byte("[" + strings.Repeat("12,65535,4294967296,", 50000) + "0]")
	for name, read := range map[string]func(r *strictjson.Reader) error{
		"skip": func(r *strictjson.Reader) error { return r.Skip() },
		"uint": func(r *strictjson.Reader) error {
			return r.Array(1<<20, func(int) error {
				_, err := r.Uint(1 << 40)
				return err
			})
		},
		"uints": func(r *strictjson.Reader) error {
			_, err := r.Uints(nil, 1<<20, 1<<40)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if err := read(strictjson.NewReader(bytes.NewReader(doc))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
