package light_test

import (
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// refuses has a client sync with a liar and expects this outcome, the liar's name in it, and no newer head than the
// trust root's; and that the truth wins with an honest relay beside it.
func refuses(t *testing.T, c *lighttest.Chain, liar *lighttest.Source, want light.Verdict, code string) {
	t.Helper()
	var blamed []light.Event
	cl := client(t, c, func(cfg *light.Config) {
		cfg.OnEvent = func(e light.Event) {
			if e.Kind == light.EventBlame {
				blamed = append(blamed, e)
			}
		}
	}, liar)
	_, err := cl.Sync(t.Context())
	var who *light.SourceError
	if light.VerdictOf(err) != want || light.Code(err) != code || !errors.As(err, &who) || who.Source != liar.Name() {
		t.Errorf("%s %q: %v; want %s %q", light.VerdictOf(err), light.Code(err), err, want, code)
	}
	if (want == light.Blame) != (len(blamed) == 1) {
		t.Errorf("blamed: %v", blamed)
	}
	if h := cl.Head(); h != nil && h.Block.Height() > 1 {
		t.Errorf("head %d", h.Block.Height())
	}
	cl.Add(c.Source("honest"))
	if h, err := cl.Sync(t.Context()); err != nil || h.Source != "honest" || h.Hash != c.Block(0).Hash() {
		t.Errorf("with an honest relay: %v", err)
	}
}

func TestAttackOnTheTrustRoot(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(5)
	liar := c.Fork(0, "x").Extend(5).Source("liar")
	refuses(t, c, liar, light.Blame, "contradicts_trust_root")
	hidden := c.Source("hider")
	hidden.Refuse = func(h uint64) error {
		if h == 1 {
			return &wire.Refusal{Code: wire.CodeNotFound, Message: "gone"}
		}
		return nil
	}
	refuses(t, c, hidden, light.Inconclusive, wire.CodeNotFound)
}

// Keys of producers long out of office sign another past. The trusting period is over: nothing is verified from there.
func TestAttackLongRange(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(1)
	c.Add(lighttest.Spec{Wait: 13 * 24 * time.Hour})
	c.Add(lighttest.Spec{Wait: 25 * time.Hour})
	cl := client(t, c, nil, c.Fork(1, "x").Extend(3).Source("attacker"))
	_, err := cl.Sync(t.Context())
	var expired *light.ExpiredError
	if !errors.As(err, &expired) || light.VerdictOf(err) != light.Inconclusive || expired.Height != 1 {
		t.Errorf("%v", err)
	}
	// Also where the trust root's block is all there is.
	only := lighttest.New(lighttest.Options{}).Extend(1)
	cl = client(t, only, func(cfg *light.Config) { cfg.Now = func() time.Time { return only.Now().Add(14 * 24 * time.Hour) } }, only.Source("a"))
	if _, err := cl.Sync(t.Context()); !errors.As(err, &expired) || cl.Head() != nil {
		t.Errorf("%v", err)
	}
	// To the second: good until, not at, the end of the period.
	end := c.Block(1).Header.Time.Add(light.DefaultParams().TrustingPeriod)
	b := c.Block(2)
	if err := light.Verify(c.Block(1), b, end.Add(-1), light.Params{}); err != nil {
		t.Error(err)
	}
	if err := light.Verify(c.Block(1), b, end, light.Params{}); !errors.As(err, &expired) {
		t.Error(err)
	}
}

func TestAttackFromTheFuture(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(2)
	b := c.Block(2)
	drift := light.DefaultParams().MaxClockDrift
	for ahead, want := range map[time.Duration]string{drift - 1: "", drift: "future_block", time.Hour: "future_block"} {
		if err := light.Verify(c.Block(1), b, b.Header.Time.Add(-ahead), light.Params{}); light.Code(err) != want {
			t.Errorf("%s ahead: %v", ahead, err)
		}
	}
	b.Header.Time = c.Now().Add(time.Hour)
	c.Seal(b)
	err := light.Verify(c.Block(1), b, c.Now(), light.Params{})
	var future *light.FutureError
	if !errors.As(err, &future) || light.VerdictOf(err) != light.Inconclusive {
		t.Error(err)
	}
}

func TestAttackEquivocation(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(30)
	for _, tc := range []struct {
		name         string
		forked, tall uint64
	}{{"same height", 20, 30}, {"behind", 20, 25}, {"next", 10, 31}} {
		t.Run(tc.name, func(t *testing.T) {
			other := c.Fork(tc.forked, "x").Extend(int(tc.tall - tc.forked))
			now := max(c.Now().Unix(), other.Now().Unix())
			cl := client(t, c, func(cfg *light.Config) { cfg.Now = func() time.Time { return time.Unix(now, 0) } }, c.Source("a"))
			if _, err := cl.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			b := other.Source("b")
			_, err := cl.SyncWith(t.Context(), b)
			var fork *light.ForkError
			if !errors.As(err, &fork) || fork.A.Source == fork.B.Source || fork.A.Block().Hash() == fork.B.Block().Hash() {
				t.Fatalf("%v", err)
			}
			if cl.Fork() != fork || light.VerdictOf(err) != light.Inconclusive {
				t.Error("not kept")
			}
			for _, side := range []light.Evidence{fork.A, fork.B} { // verifies by itself
				for i := 1; i < len(side.Trace); i++ {
					if err := light.Verify(side.Trace[i-1], side.Trace[i], time.Unix(now, 0), light.Params{}); err != nil {
						t.Errorf("evidence of %s: %v", side.Source, err)
					}
				}
			}
			if _, err := cl.Sync(t.Context()); !errors.As(err, &fork) {
				t.Errorf("went on: %v", err)
			}
			if _, err := cl.Query(t.Context(), value, nil); !errors.As(err, &fork) {
				t.Errorf("answered: %v", err)
			}
		})
	}
}

// A set of as many producers as there may be costs the attacker nothing. Their signatures must not be looked at before a
// third of the trusted power has signed.
func TestAttackOversizedValidatorSet(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(3)
	b := crowded(c, 3, strangers(light.MaxValidators), 500)
	if n := len(b.Encode()); n > wire.MaxLightBlock {
		t.Fatalf("%d bytes", n)
	}
	judged(t, c.Block(1), b, "not_enough_trust") // with signatures looked at it would be false_signature
	b.Validators.List = append(b.Validators.List, b.Validators.List[0])
	if _, err := light.DecodeLightBlock(b.Encode()); light.Code(err) != "malformed" {
		t.Error(err)
	}
}
