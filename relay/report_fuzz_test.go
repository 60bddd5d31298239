package relay

import (
	"context"
	"errors"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
)

// FuzzReport hands whatever there is to a running producer as evidence: it refuses or takes it, and goes on.
func FuzzReport(f *testing.F) {
	home := f.TempDir()
	n := startNode(f, testConfig(home, newGenesis(f, home)))
	waitFor(f, n, 2)
	_, source := visit(f, n)
	truth := settledBlock(f, context.Background(), source, n)
	good := func(change func(*light.LightBlock)) *light.Attack {
		b, err := light.DecodeLightBlock(truth.Encode())
		if err != nil {
			f.Fatal(err)
		}
		change(b)
		keysOf(f, []string{home}).sign(b)
		return light.NewAttack(b, truth, truth)
	}
	equivocation := good(func(b *light.LightBlock) { b.Header.DataHash[0] ^= 1 })
	f.Add(equivocation.Encode())
	equivocation.Byzantine = nil
	f.Add(equivocation.Encode())
	f.Add(good(func(b *light.LightBlock) { b.Header.AppHash[0] ^= 1 }).Encode())
	f.Add(good(func(b *light.LightBlock) { b.Header.Height = 1 << 62; b.Commit.Height = 1 << 62 }).Encode())
	f.Add(good(func(b *light.LightBlock) { b.Header.ChainID = "x" }).Encode())
	f.Add([]byte{})
	f.Add([]byte{0x0a, 0x02, 0x0a, 0x00, 0x10, 0x01})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var no *wire.Refusal
		if err := n.chain.Report(raw); err != nil && !errors.As(err, &no) {
			t.Fatal(err)
		}
		select {
		case <-n.chain.Failed():
			t.Fatal(n.chain.Err())
		default:
		}
	})
}
