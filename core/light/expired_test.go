package light_test

import (
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// What others could not do for a source is not said of them.
func TestUncheckedNamesWhoShowedIt(t *testing.T) {
	_, honest, old, _ := besieged(t, 1190)
	honest.Witnesses = nil
	err := old(100)
	var who *light.SourceError
	if light.Code(err) != "unchecked" || light.VerdictOf(err) != light.Inconclusive || !errors.As(err, &who) || who.Source == "honest" {
		t.Errorf("%v", err)
	}
}

// That the block where verification began is older than the trusting period says nothing of a client whose newest block is
// fresh: no old block that a relay makes up brings it to say so.
func TestOldBlocksDoNotEndTrust(t *testing.T) {
	for height, dated := range map[uint64]uint64{10: 60, 30: 20, 48: 48} {
		w := lighttest.New(lighttest.Options{Interval: time.Minute}).Extend(50)
		now := w.Block(50).Header.Time.Add(time.Second)
		c := client(t, w, func(cfg *light.Config) {
			cfg.Trust, cfg.Params.TrustingPeriod = w.Trust(1), time.Hour
			cfg.Now = func() time.Time { return now }
		}, w.Source("honest"))
		if _, err := c.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Extend(30)
		now = w.Block(80).Header.Time.Add(time.Second) // block 1 is 79 minutes old
		if _, err := c.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		liar := w.Source("liar")
		liar.Newest = func() uint64 { return height }
		liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
			if b.Height() == height {
				b.Header.Time = w.Block(dated).Header.Time
				b.Validators = lighttest.Set(powers(1, 1))
				hash := b.Validators.Hash()
				b.Header.ValidatorsHash = hash[:]
				w.Seal(b)
			}
			return b
		}
		c.Add(liar)
		_, err := c.SyncWith(t.Context(), liar)
		if err == nil || errors.As(err, new(*light.ExpiredError)) || errors.As(err, new(*light.ForkError)) {
			t.Errorf("a false block %d: %v", height, err)
		}
		if _, err := c.Sync(t.Context()); err != nil || c.Head().Block.Height() != 80 {
			t.Errorf("after a false block %d: %v", height, err)
		}
	}
}
