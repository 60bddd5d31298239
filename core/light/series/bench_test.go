package series_test

import (
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/light/series"
	"github.com/taolight/taolight/core/tao"
)

// BenchmarkPoint is what one point costs on a chain of 21 producers: of a full subnet of 256 neurons, all of them at once, and
// of the totals, each with the old block that names its state.
func BenchmarkPoint(b *testing.B) {
	owner := keys.Account{1}
	params := hyper.Defaults()
	params.Tempo, params.MaxUIDs = 10, 256
	g := &chain.Genesis{
		Name: "full", Time: 1_767_225_600_000, Source: "made up for a test", Params: ledger.DefaultParams(),
		Balances: []chain.Balance{{Address: owner, Free: 100 * tao.TAO}},
		Subnets:  []chain.SubnetOf{{Netuid: 1, Name: "full", Owner: owner, Params: params}},
	}
	for i := range 256 {
		hot := keys.Account{2, byte(i)}
		g.Subnets[0].Hotkeys = append(g.Subnets[0].Hotkeys, hot)
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: owner, Hotkey: hot, Amount: tao.Amount(i+1) * tao.TAO})
	}
	powers := make([]int64, 21)
	for i := range powers {
		powers[i] = 10
	}
	l := lighttest.NewLedger(lighttest.Options{Powers: powers}, g)
	for range blocks + 1 {
		l.Execute(lighttest.Spec{})
	}
	c, err := light.NewClient(b.Context(), light.Config{ChainID: l.ID(), Trust: l.Trust(blocks), Now: l.Now, Sources: []light.Source{l.Source("a")}})
	if err == nil {
		_, err = c.Sync(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	ask, at := series.Ask(c), series.Span{From: 100, Points: 1}
	b.Run("epoch", func(b *testing.B) {
		size := 0
		for b.Loop() {
			for p, err := range series.Epochs(1).Points(b.Context(), ask, at) {
				if err != nil {
					b.Fatal(err)
				}
				size = p.Bytes()
			}
		}
		b.ReportMetric(float64(size), "witness-bytes")
	})
	b.Run("totals", func(b *testing.B) {
		size := 0
		for b.Loop() {
			for p, err := range series.Totals(10).Points(b.Context(), ask, at) {
				if err != nil {
					b.Fatal(err)
				}
				size = p.Bytes()
			}
		}
		b.ReportMetric(float64(size), "witness-bytes")
	})
}
