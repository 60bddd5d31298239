package relay

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/series"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

func TestARelayKeepsADayOfStatesUnlessToldOtherwise(t *testing.T) {
	for _, c := range []struct {
		name string
		Config
		keep uint64
	}{
		{"by default", Config{}, 7200}, {"a choice", Config{Keep: 9}, 9}, {"an archive", Config{Archive: true}, 0}, {"an archive's choice", Config{Archive: true, Keep: 9}, 0},
	} {
		c.Home = "home"
		if err := c.complete(); err != nil || c.Keep != c.keep {
			t.Errorf("%s: keeps %d, want %d (0: all), %v", c.name, c.Keep, c.keep, err)
		}
	}
	if DefaultKeep < 7200 {
		t.Error(DefaultKeep)
	}
}

// longNode is a node of a chain of some blocks, to which hardly any are added while a test looks.
func longNode(t *testing.T, blocks uint64, c Config) *Node {
	t.Helper()
	c.BlockTime = MinBlockTime
	n, err := Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, n, blocks)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	c.Genesis, c.BlockTime = nil, time.Hour
	n = startNode(t, c)
	waitFor(t, n, blocks)
	return n
}

func everyState(t *testing.T, n *Node) (points []light.Proven[view.Totals], end error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, _ := visit(t, n)
	if _, err := c.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	for raw, err := range series.Totals(1).Points(ctx, series.Ask(c), series.Span{From: series.Newest(c), Points: 1000}) {
		if end = err; err == nil {
			p, err := light.As[view.Totals](raw.Proven)
			if err != nil {
				t.Fatal(err)
			}
			points = append(points, p)
			if p.Level() != level.Proven || p.Value().Height != p.Height() || p.Height() != points[0].Height()-uint64(len(points)-1) {
				t.Fatalf("point %d: %s at %d, %+v", len(points), p.Level(), p.Height(), p.Value())
			}
		}
	}
	return points, end
}

// States beyond those kept are refused by name, and a series over them ends there.
func TestSeriesEndsAtThePrunedStates(t *testing.T) {
	home := t.TempDir()
	c := testConfig(home, newGenesis(t, home))
	c.Keep = 30
	n := longNode(t, 60, c)
	points, end := everyState(t, n)
	var gone *series.GoneError
	var refusal *wire.Refusal
	if len(points) < 25 || len(points) > 30 || !errors.As(end, &gone) || gone.Height != points[len(points)-1].Height()-1 ||
		!errors.As(end, &refusal) || refusal.Code != wire.CodeNotFound || light.VerdictOf(end) != light.Inconclusive {
		t.Errorf("%d points, %v", len(points), end)
	}
}

func TestAnArchiveHasEveryState(t *testing.T) {
	home := t.TempDir()
	c := testConfig(home, newGenesis(t, home))
	c.Archive, c.Keep = true, 5
	n := longNode(t, 60, c)
	points, end := everyState(t, n)
	var begins *series.BeginningError
	if len(points) < 55 || points[len(points)-1].Height() != 1 || !errors.As(end, &begins) {
		t.Errorf("%d points, %v", len(points), end)
	}
}
