package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light/series"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// historyOf makes a history of rows, newest first, one at each tenth block from a hundred down.
func historyOf[T any](t *testing.T, row func(T) (any, []historyCell, error), values ...T) *history {
	t.Helper()
	h := &history{title: "a test"}
	for i, v := range values {
		value, cells, err := row(v)
		if err != nil {
			t.Fatal(err)
		}
		h.Points = append(h.Points, historyPoint{Height: uint64(100 - 10*i), Time: time.UnixMilli(1_000_000).UTC(), value: value, cells: cells})
	}
	return h
}

func shares(of map[uint16]tao.Amount) (v view.Shares) {
	for netuid := range uint16(10) {
		if emission, ok := of[netuid]; ok {
			v.Shares = append(v.Shares, view.Share{Netuid: netuid, Emission: emission})
			v.Emission += emission
		}
	}
	return v
}

// Subnets come and go: where there was none its column is empty.
func TestHistoryOfChangingSubnets(t *testing.T) {
	h := historyOf(t, sharesRow, shares(map[uint16]tao.Amount{1: 60, 3: 40}), shares(map[uint16]tao.Amount{1: 50, 2: 50}), shares(map[uint16]tao.Amount{2: 100}))
	if got := h.columns(); !slices.Equal(got, []string{"subnet_1", "subnet_2", "subnet_3"}) {
		t.Errorf("columns %q", got)
	}
	var b strings.Builder
	if err := h.csv(&b); err != nil || b.String() != `height,time,level,subnet_1,subnet_2,subnet_3
100,1970-01-01T00:16:40Z,claimed,60,,40
90,1970-01-01T00:16:40Z,claimed,50,50,
80,1970-01-01T00:16:40Z,claimed,,100,
` {
		t.Errorf("%v\n%s", err, b.String())
	}
	b.Reset()
	h.human(&b)
	if text := b.String(); !strings.Contains(text, "100\t1970-01-01 00:16:40\t60.00%\t-\t40.00%\tclaimed\n") || !strings.Contains(text, "the relay says so and nothing else does") {
		t.Errorf("%s", text)
	}
	none := historyOf(t, sharesRow, shares(nil))
	b.Reset()
	none.human(&b)
	if err := none.csv(&b); err != nil {
		t.Error(err)
	}
}

// A drawing goes from the oldest point to the newest, from the least figure to the greatest.
func TestHistoryDrawing(t *testing.T) {
	row := func(n uint64) (any, []historyCell, error) {
		cells := []historyCell{amountCell("amount", tao.Amount(n)*tao.TAO, true), {"flat", 7, "7", true}, {"silent", n, "x", false}}
		if n == 3 {
			cells = cells[1:] // it has none
		}
		return view.Totals{}, cells, nil
	}
	h := historyOf(t, row, 8, 7, 6, 5, 4, 3, 2, 1, 1<<20)
	if got := h.drawing("amount"); got != "█▁▁ ▁▁▁▁▁  1 to 1,048,576" {
		t.Errorf("%q", got)
	}
	h.Points = h.Points[:8]
	if got := h.drawing("amount"); got != "▁▂ ▄▅▆▇█  1 to 8" {
		t.Errorf("%q", got)
	}
	for _, name := range []string{"flat", "silent", "unknown"} {
		if got := h.drawing(name); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A hotkey's history ends where its uid was another's; a uid's does not.
func TestHistoryOfANeuronEndsWhereItWasRegistered(t *testing.T) {
	epoch := func(registered ...uint64) view.Epoch {
		n := uint16(len(registered))
		return view.Epoch{Uids: n, RegisteredAt: registered, Emission: make([]tao.Amount, n), Incentive: make([]uint16, n),
			Dividends: make([]uint16, n), Consensus: make([]uint16, n), ValidatorTrust: make([]uint16, n), StakeWeight: make([]uint16, n)}
	}
	for _, c := range []struct {
		name  string
		since uint64
		epoch view.Epoch
		ends  bool
	}{
		{"the same", 55, epoch(0, 55), false}, {"another neuron", 55, epoch(0, 12), true}, {"no such uid yet", 55, epoch(0), true},
		{"of genesis", 0, epoch(0, 0), false}, {"a uid, whoever has it", 0, epoch(0, 12), false}, {"a uid that there isn't", 0, epoch(0), false},
	} {
		_, cells, err := epochRow(1, c.since)(c.epoch)
		var begins *series.BeginningError
		if errors.As(err, &begins) != c.ends || c.ends && begins.Height != c.since || !c.ends && len(cells) != 8 {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
