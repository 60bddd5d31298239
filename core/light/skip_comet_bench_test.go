//go:build !js

package light_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	cmtlight "github.com/cometbft/cometbft/light"
	"github.com/cometbft/cometbft/light/provider"
	cmtdb "github.com/cometbft/cometbft/light/store/db"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// BenchmarkSkipCometBFT is [BenchmarkSkip] with CometBFT's own light client, over the same blocks. It needs a witness,
// which costs one more block, decoded and compared; blocks and bytes are those from the primary. It keeps expanded keys in
// a cache for the whole process, which is warm here but for the first run.
func BenchmarkSkipCometBFT(b *testing.B) {
	for _, n := range producerCounts {
		chain := lighttest.NewLong(n, turnover, skipped)
		b.Run(fmt.Sprintf("producers=%d/away=0s", n), func(b *testing.B) {
			primary := cometSkip(b, chain)
			fastest := time.Duration(1 << 62)
			for b.Loop() {
				begun := time.Now()
				cometSkip(b, chain)
				fastest = min(fastest, time.Since(begun))
			}
			b.ReportMetric(float64(fastest.Microseconds())/1000, "min-ms")
			b.ReportMetric(float64(primary.blocks), "blocks")
			b.ReportMetric(float64(primary.bytes), "bytes")
		})
	}
}

// cometSkip returns what was fetched from.
func cometSkip(b *testing.B, chain *lighttest.Long) *cometProvider {
	b.Helper()
	primary := &cometProvider{chain: chain}
	trust := chain.Trust(1)
	c, err := cmtlight.NewClient(b.Context(), chain.ID(), cmtlight.TrustOptions{Period: light.DefaultParams().TrustingPeriod, Height: 1, Hash: trust.Hash[:]},
		primary, []provider.Provider{&cometProvider{chain: chain}}, cmtdb.New(dbm.NewMemDB(), "skip"))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := c.VerifyLightBlockAtHeight(b.Context(), skipped, chain.Now()); err != nil {
		b.Fatal(err)
	}
	return primary
}

// cometProvider serves a chain from memory.
type cometProvider struct {
	chain         *lighttest.Long
	blocks, bytes int
}

func (p *cometProvider) ChainID() string { return p.chain.ID() }

func (p *cometProvider) LightBlock(_ context.Context, height int64) (*cmttypes.LightBlock, error) {
	raw := p.chain.Encoded(uint64(height))
	p.blocks++
	p.bytes += len(raw)
	var pb cmtproto.LightBlock
	if err := pb.Unmarshal(raw); err != nil {
		return nil, err
	}
	return cmttypes.LightBlockFromProto(&pb)
}

func (p *cometProvider) ReportEvidence(context.Context, cmttypes.Evidence) error { return nil }
