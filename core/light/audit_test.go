package light_test

import (
	"errors"
	"math"
	"testing"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// The last epoch, and one that is named, are computed again: every figure is right, and is replayed.
func TestAudit(t *testing.T) {
	l := bazaar(t, nil)
	c := follower(t, l, true, l.Source("honest"))
	for asked, height := range map[uint64]uint64{0: 10, 5: 5} {
		a, err := c.Audit(t.Context(), 1, asked)
		if err != nil {
			t.Fatal(err)
		}
		if a.Height != height || a.Level != level.Replayed || len(a.Differences) != 0 || a.Epoch.Index != height/5-1 || a.Replay.Height != height ||
			len(a.Computed.Emission) != 4 || a.Computed.Emission[3] == 0 || uint64(a.Signed.Emission[3]) != a.Computed.Emission[3] {
			t.Errorf("%+v", a)
		}
	}
	for _, height := range []uint64{11, 12, 1 << 63, math.MaxUint64 - 1, math.MaxUint64} {
		var reach *light.ReachError
		if _, err := c.Audit(t.Context(), 1, height); !errors.As(err, &reach) || reach.Height != height || reach.Highest != 10 {
			t.Errorf("block %d: %v", height, err)
		}
	}
	for name, ask := range map[string]func() (*light.Audit, error){
		"no_epoch":     func() (*light.Audit, error) { return c.Audit(t.Context(), 1, 7) },
		"query_failed": func() (*light.Audit, error) { return c.Audit(t.Context(), 9, 0) },
		"out_of_reach": func() (*light.Audit, error) { return c.Audit(t.Context(), 1, 11) },
	} {
		if _, err := ask(); light.Code(err) != name || light.VerdictOf(err) != light.Inconclusive {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An epoch whose results were changed by one unit is shown with the uid and both figures, and stops the client.
func TestAuditFindsOneUnit(t *testing.T) {
	l := bazaar(t, lighttest.RaiseIncentive.From(6))
	c := follower(t, l, true, l.Source("honest"))
	if a, err := c.Audit(t.Context(), 1, 5); err != nil || len(a.Differences) != 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	a, err := c.Audit(t.Context(), 1, 0)
	var fraud *light.FraudError
	if !errors.As(err, &fraud) || a == nil || a.Level != level.Proven || len(a.Differences) != 1 {
		t.Fatalf("%+v, %v", a, err)
	}
	if d := a.Differences[0]; d.UID != 3 || d.Column != "incentive" || d.Signed != d.Computed+1 {
		t.Errorf("%+v", d)
	}
	if _, err := c.Audit(t.Context(), 1, 5); light.Code(err) != "fraud" {
		t.Errorf("the client goes on: %v", err)
	}
}
