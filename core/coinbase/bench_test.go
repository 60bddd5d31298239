package coinbase

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

// full is a chain whose subnets are full and all have their epoch due at once: 64 validators, the same everywhere, say
// something of each of 192 miners, of whom no two are alike.
const (
	fullSubnets    = 32
	fullUIDs       = 256
	fullValidators = 64
	fullTempo      = 360
)

func someone(kind byte, i int) (a keys.Account) {
	r := rand.New(rand.NewPCG(uint64(kind), uint64(i)))
	for k := 0; k < 32; k += 8 {
		binary.BigEndian.PutUint64(a[k:], r.Uint64())
	}
	return a
}

// fullChain returns a tree committed at version 1 in which the epochs of block fullTempo are due, the second ones.
func fullChain(b testing.TB, change func(*hyper.Params)) *state.Tree {
	b.Helper()
	ok := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	tree, err := state.Open(context.Background(), dssync.MutexWrap(datastore.NewMapDatastore()), state.Options{CacheBytes: 1 << 30})
	ok(err)
	p := ledger.DefaultParams()
	p.EpochsPerBlock = fullSubnets
	ok(ledger.WriteGenesis(tree, p, "made up for a test"))
	overlay := state.NewOverlay(tree)
	l, err := ledger.Begin(overlay, "test", 0, 0)
	ok(err)
	r := rand.New(rand.NewPCG(1, 2))
	h := hyper.Defaults()
	h.Tempo = fullTempo
	change(&h)
	for i := range fullValidators {
		ok(stake.SetOwner(l, someone(1, i), someone(2, i)))
		ok(stake.Endow(l, someone(2, i), someone(1, i), tao.Amount(r.Uint64N(1000)+1)*tao.TAO))
	}
	root, err := subnet.Create(l, subnet.Subnet{}, h)
	ok(err)
	ok(registration.Open(l, root.ID, h))
	for n := range fullSubnets {
		s, err := subnet.Create(l, subnet.Subnet{Netuid: uint16(n + 1), Owner: someone(3, n)}, h)
		ok(err)
		ok(registration.Open(l, s.ID, h))
		for uid := range fullUIDs {
			hotkey := someone(1, uid)
			if uid >= fullValidators {
				hotkey = someone(4, n*fullUIDs+uid)
				ok(stake.SetOwner(l, hotkey, someone(5, n*fullUIDs+uid)))
			}
			_, err := subnet.Append(l, &s, hotkey)
			ok(err)
		}
		updated, permits := make([]uint64, fullUIDs), make([]bool, fullUIDs)
		for uid := range fullValidators {
			updated[uid], permits[uid] = 1, true
			var row yuma.Row
			for miner := fullValidators; miner < fullUIDs; miner++ {
				row = append(row, yuma.Entry{UID: uint16(miner), Value: uint16(r.Uint32N(50_000) + 1)})
			}
			ok(subnet.PutRow(l, s.ID, subnet.FieldWeights, uint16(uid), row))
		}
		ok(subnet.PutColumn(l, s.ID, subnet.LastUpdate, updated))
		ok(subnet.PutColumn(l, s.ID, subnet.ValidatorPermit, permits))
		ok(subnet.PutSchedule(l, s.ID, subnet.Schedule{Next: fullTempo}))
	}
	l.Height = fullTempo
	ok(Step(l, nil))
	ok(l.End())
	ok(overlay.Flush(tree))
	_, err = tree.Commit(context.Background(), 1)
	ok(err)
	return tree
}

// BenchmarkStep ends the block in which 32 full subnets have their epoch, and hashes what it changed. The witness is what
// a light node needs to do the same, which is what is timed as its verification; compiled to wasm it is a browser's.
func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		name   string
		change func(*hyper.Params)
	}{
		{"yuma2", func(*hyper.Params) {}},
		{"yuma3", func(p *hyper.Params) { p.Yuma3 = true }},
		{"liquid", func(p *hyper.Params) { p.Yuma3, p.LiquidAlpha = true, true }},
	} {
		b.Run(fmt.Sprintf("32subnets/256uids/%s", c.name), func(b *testing.B) {
			tree := fullChain(b, c.change)
			fastest := time.Duration(1 << 62)
			for b.Loop() {
				begun := time.Now()
				overlay := state.NewOverlay(tree)
				step(b, overlay)
				if err := overlay.Flush(tree); err != nil {
					b.Fatal(err)
				}
				tree.Root()
				fastest = min(fastest, time.Since(begun))
				b.StopTimer()
				tree.Rollback()
				b.StartTimer()
			}
			b.ReportMetric(float64(fastest.Microseconds())/1000, "min-ms")
			b.StopTimer()
			w, snapshot := witness(b, tree)
			b.ReportMetric(float64(len(w))/(1<<20), "witness-MiB")
			verified := time.Duration(1 << 62)
			for range 3 {
				begun := time.Now()
				if _, err := w.Run(snapshot.Root(), func(t *state.Tree) error { step(b, t); return nil }); err != nil {
					b.Fatal(err)
				}
				verified = min(verified, time.Since(begun))
			}
			b.ReportMetric(float64(verified.Microseconds())/1000, "verify-ms")
		})
	}
}

func step(b testing.TB, w state.Writer) *ledger.Ledger {
	b.Helper()
	l, err := ledger.Begin(w, "test", 2*fullTempo, 0)
	if err == nil {
		err = Step(l, nil)
	}
	if err == nil {
		err = l.End()
	}
	if err != nil {
		b.Fatal(err)
	}
	return l
}

func witness(b testing.TB, tree *state.Tree) (state.Witness, *state.Snapshot) {
	b.Helper()
	snapshot, err := tree.At(1)
	if err != nil {
		b.Fatal(err)
	}
	recorder := state.Record(snapshot)
	step(b, recorder)
	w, err := recorder.Witness()
	if err != nil {
		b.Fatal(err)
	}
	return w, snapshot
}
