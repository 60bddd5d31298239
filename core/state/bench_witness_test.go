package state

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"runtime"
	"testing"
)

const benchValue = 40 // bytes, about those of an account

// benchKeys returns n random keys, a table's byte and an account each.
func benchKeys(n int) [][]byte {
	keys := make([][]byte, n)
	r := rand.New(rand.NewSource(1))
	for i := range keys {
		keys[i] = make([]byte, 33)
		keys[i][0] = 1
		r.Read(keys[i][1:])
	}
	return keys
}

// benchSnapshot is of a tree with the keys and a table of 800 more, as a subnet's neurons are.
func benchSnapshot(b *testing.B, keys [][]byte) *Snapshot {
	b.Helper()
	tree, err := Open(bg, memStore(), Options{CacheBytes: 1 << 30})
	ok(b, err)
	value := make([]byte, benchValue)
	for i, k := range keys {
		binary.BigEndian.PutUint64(value, uint64(i))
		ok(b, tree.Set(k, value))
	}
	for i := range 800 {
		ok(b, tree.Set(binary.BigEndian.AppendUint16([]byte{2}, uint16(i)), value))
	}
	_, err = tree.Commit(bg, 1)
	ok(b, err)
	s, err := tree.At(1)
	ok(b, err)
	return s
}

// BenchmarkWitness records programs, and verifies their witnesses; bytes is the size of one, averaged.
func BenchmarkWitness(b *testing.B) {
	sizes := []int{100_000, 1_000_000}
	if runtime.GOOS == "js" {
		sizes = sizes[:1]
	}
	for _, size := range sizes {
		keys := benchKeys(size)
		s := benchSnapshot(b, keys)
		r := rand.New(rand.NewSource(2))
		any := func() []byte { return keys[r.Intn(size)] }
		programs := []struct {
			name string
			make func() func(Writer) error
		}{
			{"one key", func() func(Writer) error {
				k := any()
				return func(w Writer) error { _, err := w.Get(k); return err }
			}},
			{"list of 800", func() func(Writer) error { return list([]byte{2}, 1<<30, new([]string)) }},
			{"block of 1000 updates", func() func(Writer) error {
				var some [][]byte
				for range 1000 {
					some = append(some, any())
				}
				return func(w Writer) error {
					for _, k := range some {
						if _, err := w.Get(k); err != nil {
							return err
						}
						if err := w.Set(k, make([]byte, benchValue)); err != nil {
							return err
						}
					}
					return nil
				}
			}},
		}
		for _, p := range programs {
			b.Run(fmt.Sprintf("%s/keys=%d/record", p.name, size), func(b *testing.B) { benchRecord(b, s, p.make) })
			b.Run(fmt.Sprintf("%s/keys=%d/verify", p.name, size), func(b *testing.B) { benchVerify(b, s, p.make()) })
		}
	}
}

func benchRecord(b *testing.B, s *Snapshot, program func() func(Writer) error) {
	bytes := 0
	for range b.N {
		r := Record(s)
		ok(b, program()(r))
		w, err := r.Witness()
		ok(b, err)
		bytes += len(w)
	}
	b.ReportMetric(float64(bytes)/float64(b.N), "bytes")
}

func benchVerify(b *testing.B, s *Snapshot, program func(Writer) error) {
	r := Record(s)
	ok(b, program(r))
	w, err := r.Witness()
	ok(b, err)
	b.ResetTimer()
	for range b.N {
		ok(b, run(w, s.Root(), program))
	}
}
