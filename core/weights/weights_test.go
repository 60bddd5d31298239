package weights

import (
	"reflect"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
	"pgregory.net/rapid"
)

func set(netuid uint16, uids, values []uint16) Set {
	return Set{Netuid: netuid, UIDs: uids, Values: values}
}

// P20: who may set weights, with which version, of what form and how often.
func TestP20WeightGuards(t *testing.T) {
	t.Run("permit", func(t *testing.T) {
		m := newMarket(t, nil)
		m.want(ledger.NoValidatorPermit, set(1, []uint16{1}, []uint16{1}), 2)
		m.want(0, set(1, []uint16{2}, []uint16{1}), 2) // itself
		m.want(ledger.NoValidatorPermit, set(1, []uint16{3, 1}, []uint16{1, 1}), 3)
		m.want(0, set(1, []uint16{2}, []uint16{1}), 1)
		m.want(0, set(1, []uint16{2}, []uint16{1}), 0) // the owner's
	})
	t.Run("version", func(t *testing.T) {
		m := newMarket(t, func(p *hyper.Params) { p.WeightsVersion, p.WeightsRateLimit = 20, 0 })
		for version, want := range map[uint64]ledger.Code{0: ledger.IncorrectNetworkVersionKey, 19: ledger.IncorrectNetworkVersionKey, 20: 0, 21: 0} {
			m.want(want, Set{Netuid: 1, UIDs: []uint16{2}, Values: []uint16{1}, Version: version}, 1)
		}
		m = newMarket(t, nil)
		m.want(0, set(1, []uint16{2}, []uint16{1}), 1) // no version is asked for
	})
	t.Run("duplicates", func(t *testing.T) {
		m := newMarket(t, nil)
		m.want(ledger.DuplicateUids, set(1, []uint16{2, 3, 2}, []uint16{1, 1, 1}), 1)
	})
	t.Run("rate limit", func(t *testing.T) {
		m := newMarket(t, nil)
		for m.Height = 1; m.Height <= 21; m.Height++ {
			want := ledger.SettingWeightsTooFast
			if m.Height%10 == 1 {
				want = 0
			}
			m.want(want, set(1, []uint16{2}, []uint16{1}), 1)
		}
	})
}

func TestGuardsOfARow(t *testing.T) {
	cases := map[string]struct {
		change func(*hyper.Params)
		uid    int
		set    Set
		want   ledger.Code
	}{
		"lengths":                  {nil, 1, set(1, []uint16{2, 3}, []uint16{1}), ledger.WeightVecNotEqualSize},
		"lengths before all":       {nil, 9, set(9, []uint16{2, 3}, []uint16{1}), ledger.WeightVecNotEqualSize},
		"no subnet":                {nil, 1, set(7, []uint16{2}, []uint16{1}), ledger.NetworkDoesNotExist},
		"more than there are uids": {nil, 1, set(1, make([]uint16, 5), make([]uint16, 5)), ledger.TooManyUids},
		"a stranger":               {nil, 9, set(1, []uint16{2}, []uint16{1}), ledger.NotRegistered},
		"a stranger with too many": {nil, 9, set(1, make([]uint16, 5), make([]uint16, 5)), ledger.TooManyUids},
		"a uid that isn't":         {nil, 1, set(1, []uint16{2, 4}, []uint16{1, 1}), ledger.InvalidUid},
		"too short":                {func(p *hyper.Params) { p.MinWeights = 2 }, 1, set(1, []uint16{2}, []uint16{1}), ledger.NotSettingEnoughWeights},
		"nothing":                  {nil, 1, set(1, nil, nil), ledger.NotSettingEnoughWeights},
		"short, to itself":         {func(p *hyper.Params) { p.MinWeights = 2 }, 1, set(1, []uint16{1}, []uint16{1}), 0},
		"all there are":            {func(p *hyper.Params) { p.MinWeights = 100 }, 1, set(1, []uint16{0, 1, 2, 3}, []uint16{1, 1, 1, 1}), 0},
		"all but one":              {func(p *hyper.Params) { p.MinWeights = 100 }, 1, set(1, []uint16{0, 1, 2}, []uint16{1, 1, 1}), ledger.NotSettingEnoughWeights},
		"half each":                {func(p *hyper.Params) { p.MaxWeight = 32_768 }, 1, set(1, []uint16{2, 3}, []uint16{7, 7}), 0},
		"a little more than half":  {func(p *hyper.Params) { p.MaxWeight = 32_768 }, 1, set(1, []uint16{2, 3}, []uint16{7, 8}), ledger.MaxWeightExceeded},
		"all to itself":            {func(p *hyper.Params) { p.MaxWeight = 1 }, 1, set(1, []uint16{1}, []uint16{7}), 0},
		"nothing to anybody":       {func(p *hyper.Params) { p.MaxWeight = 1 }, 1, set(1, []uint16{2}, []uint16{0}), 0},
		"commits wanted":           {func(p *hyper.Params) { p.CommitReveal = true }, 1, set(1, []uint16{2}, []uint16{1}), ledger.CommitRevealEnabled},
		"in any order":             {nil, 1, set(1, []uint16{3, 0, 2}, []uint16{1, 2, 3}), 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := newMarket(t, c.change)
			m.want(c.want, c.set, c.uid)
		})
	}
}

func TestStakeThreshold(t *testing.T) {
	m := newMarket(t, nil)
	m.Params.StakeThreshold = 5 * tao.TAO
	row := set(1, []uint16{2}, []uint16{1})
	m.want(ledger.NotEnoughStakeToSetWeights, row, 1)
	must(t, stake.SetOwner(m.Ledger, hotkey(1), hotkey(100)))
	must(t, stake.Endow(m.Ledger, hotkey(100), hotkey(1), 5*tao.TAO-1))
	m.want(ledger.NotEnoughStakeToSetWeights, row, 1)
	must(t, stake.Endow(m.Ledger, hotkey(100), hotkey(1), 1))
	m.want(0, row, 1)
}

// The first guard that a row breaks names the refusal, in the order of the reference chain.
func TestOrderOfGuards(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) { p.WeightsVersion, p.MinWeights, p.MaxWeight = 1, 3, 1 })
	m.Params.StakeThreshold = 1
	m.Height = 5
	must(t, subnet.SetElement(m.Ledger, m.s.ID, subnet.LastUpdate, 2, uint64(4)))
	row := set(1, []uint16{9, 9}, []uint16{1, 1})
	m.want(ledger.NotEnoughStakeToSetWeights, row, 2)
	m.Params.StakeThreshold = 0
	m.want(ledger.IncorrectNetworkVersionKey, row, 2)
	row.Version = 1
	m.want(ledger.SettingWeightsTooFast, row, 2)
	m.Height = 14
	m.want(ledger.NoValidatorPermit, row, 2)
	must(t, subnet.SetElement(m.Ledger, m.s.ID, subnet.ValidatorPermit, 2, true))
	m.want(ledger.DuplicateUids, row, 2)
	row.UIDs = []uint16{9, 3}
	m.want(ledger.InvalidUid, row, 2)
	row.UIDs = []uint16{0, 3}
	m.want(ledger.NotSettingEnoughWeights, row, 2)
	row.UIDs, row.Values = []uint16{0, 3, 1}, []uint16{1, 1, 1}
	m.want(ledger.MaxWeightExceeded, row, 2)
}

func TestRowsAreStoredUpscaled(t *testing.T) {
	m := newMarket(t, nil)
	m.Height = 17
	m.want(0, set(1, []uint16{3, 0, 2}, []uint16{10, 20, 0}), 1)
	want := yuma.Row{{UID: 3, Value: 32_768}, {UID: 0, Value: 65_535}, {UID: 2}}
	if got := m.row(m.s.ID, 1); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := m.lastUpdate(1); got != 17 {
		t.Errorf("set in block %d", got)
	}
	events := m.Events()
	if len(events) != 1 || events[0].Name != "WeightsSet" {
		t.Errorf("events %+v", events)
	}
}

// What a refused row leaves behind is nothing, and what an accepted one leaves is its upscaled self.
func TestAnyRowIsRefusedOrStored(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newMarket(t, func(p *hyper.Params) {
			p.MinWeights = rapid.Uint16Range(0, 3).Draw(rt, "least")
			p.MaxWeight = rapid.SampledFrom([]uint16{65_535, 40_000, 20_000}).Draw(rt, "most")
		})
		uid := rapid.IntRange(0, 4).Draw(rt, "uid")
		c := set(rapid.Uint16Range(0, 2).Draw(rt, "netuid"), rapid.SliceOfN(rapid.Uint16Range(0, 5), 0, 6).Draw(rt, "uids"), nil)
		c.Values = rapid.SliceOfN(rapid.Uint16(), len(c.UIDs), len(c.UIDs)).Draw(rt, "values")
		code := m.run(c, uid)
		if code != 0 {
			if len(m.Events()) != 0 {
				rt.Fatalf("%s, but %v", code, m.Events())
			}
			return
		}
		id, at := m.s.ID, uint16(uid)
		if c.Netuid == 0 {
			id, at = m.root.ID, at-1
		}
		var want yuma.Row
		for i, v := range fixed.MaxUpscaleShares(c.Values) {
			want = append(want, yuma.Entry{UID: c.UIDs[i], Value: v})
		}
		if got := m.row(id, at); !slices.Equal(got, want) {
			rt.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestRootWeights(t *testing.T) {
	m := newMarket(t, nil)
	m.create(subnet.Subnet{Netuid: 5}, hyper.Defaults())
	m.want(ledger.InvalidUid, set(0, []uint16{1, 2}, []uint16{1, 1}), 9) // before registration
	m.want(ledger.InvalidUid, set(0, make([]uint16, 34), make([]uint16, 34)), 1)
	m.want(ledger.NotRegistered, set(0, []uint16{1}, []uint16{1}), 3)
	m.want(ledger.DuplicateUids, set(0, []uint16{5, 5}, []uint16{1, 1}), 1)
	m.want(0, set(0, []uint16{5, 0, 1}, []uint16{2, 1, 1}), 1) // without a permit
	m.want(0, set(0, nil, nil), 2)
	if got, want := m.row(m.root.ID, 0), (yuma.Row{{UID: 5, Value: 65_535}, {UID: 0, Value: 32_768}, {UID: 1, Value: 32_768}}); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	m.Height = 100
	m.want(ledger.SettingWeightsTooFast, set(0, []uint16{5}, []uint16{2}), 1)
	m.Height = 101
	m.want(0, set(0, []uint16{5, 1}, []uint16{2, 1}), 1)
}

// Votes of the root network are public whatever its hyperparameters say.
func TestRootWeightsAreNeverSecret(t *testing.T) {
	m := newMarket(t, nil)
	p, err := subnet.ReadParams(m.Ledger, m.root.ID)
	must(t, err)
	p.CommitReveal = true
	must(t, m.Put(subnet.Key(m.root.ID, subnet.FieldParams), p))
	m.want(0, set(0, []uint16{1}, []uint16{1}), 1)
	m.want(ledger.CommitRevealDisabled, Commit{}, 1)
}

// The root network's rows keep nothing of a subnet that is gone, and all of the others.
// A removed subnet leaves no weight on the root network, which a later one at its netuid would inherit.
func TestRootForgetsRemovedSubnets(t *testing.T) {
	m := newMarket(t, nil)
	five := m.create(subnet.Subnet{Netuid: 5}, hyper.Defaults())
	m.want(0, set(0, []uint16{5, 1}, []uint16{2, 1}), 1)
	m.want(0, set(0, []uint16{5}, []uint16{2}), 2)
	must(t, subnet.Remove(m.Ledger, &five))
	if got, want := m.row(m.root.ID, 0), (yuma.Row{{UID: 1, Value: 32_768}}); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := m.row(m.root.ID, 1); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestBatch(t *testing.T) {
	m := newMarket(t, nil)
	one, root := set(1, []uint16{2}, []uint16{1}), set(0, []uint16{1}, []uint16{1})
	m.want(ledger.InvalidBatchSize, Batch{}, 1)
	m.want(ledger.InvalidBatchSize, Batch{Items: make([]Set, MaxItems+1)}, 1)
	m.want(ledger.DuplicateNetuids, Batch{Items: []Set{one, root, one}}, 1)
	m.want(ledger.NotRegistered, Batch{Items: []Set{root, one}}, 9)
	m.want(ledger.NoValidatorPermit, Batch{Items: []Set{root, set(1, []uint16{3}, []uint16{1})}}, 2)
	if len(m.row(m.root.ID, 1)) != 0 {
		t.Error("a part of a refused batch stays")
	}
	m.want(0, Batch{Items: []Set{one, root}}, 1)
	if len(m.row(m.s.ID, 1)) == 0 || len(m.row(m.root.ID, 0)) == 0 {
		t.Error("a row is missing")
	}
}

func TestCostCoversWhatArgumentsAskFor(t *testing.T) {
	c := Batch{Items: []Set{set(0, make([]uint16, 33), nil), set(1, make([]uint16, 256), nil)}}
	if got, want := c.Extra(), (ledger.Cost{Keys: 2*setKeys + 33}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
