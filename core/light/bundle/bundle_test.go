package bundle_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/view"
)

const day = 24 * time.Hour

const figureHeld = "file held, chain held, signed held, reached held, witness held, answer held, "

// The same figure from every kind of path, checked by those who trust something on it and those who don't.
func TestFigure(t *testing.T) {
	w := world(t, lighttest.Options{})
	for name, c := range map[string]struct {
		pin, header uint64
		up, down    int
		trust       bundle.Options
		standing    bundle.Standing
		code        string
		age         time.Duration
	}{
		"up":                             {pin: 1, header: 10, up: 2, trust: trusting(w.Trust(1)), standing: bundle.Yours},
		"the trust root itself":          {pin: 8, header: 8, up: 1, trust: trusting(w.Trust(8)), standing: bundle.Yours},
		"down":                           {pin: 9, header: 4, up: 1, down: 5, trust: trusting(w.Trust(9)), standing: bundle.Yours},
		"one of several trusted":         {pin: 1, header: 10, up: 2, trust: trusting(w.Trust(3), w.Trust(1)), standing: bundle.Yours},
		"through a trusted block":        {pin: 9, header: 4, up: 1, down: 5, trust: trusting(w.Trust(6)), standing: bundle.Passes},
		"to a trusted block":             {pin: 1, header: 10, up: 2, trust: trusting(w.Trust(10)), standing: bundle.Passes},
		"from another root":              {pin: 1, header: 10, up: 2, trust: trusting(w.Trust(2)), standing: bundle.Foreign, code: "foreign_trust_root"},
		"trusting nothing":               {pin: 1, header: 10, up: 2, standing: bundle.Foreign, code: "foreign_trust_root"},
		"its own root accepted":          {pin: 1, header: 10, up: 2, trust: bundle.Options{AcceptRoot: true}, standing: bundle.Accepted},
		"accepted beside another":        {pin: 1, header: 10, up: 2, trust: bundle.Options{AcceptRoot: true, Trust: []light.TrustRoot{w.Trust(2)}}, standing: bundle.Accepted},
		"old, up":                        {pin: 1, header: 10, up: 2, trust: trusting(w.Trust(1)), standing: bundle.Yours, code: "trust_expired", age: 15 * day},
		"old, up to a trusted block":     {pin: 1, header: 10, up: 2, trust: trusting(w.Trust(1), w.Trust(10)), standing: bundle.Yours, age: 15 * day},
		"old, the trust root itself":     {pin: 8, header: 8, up: 1, trust: trusting(w.Trust(8)), standing: bundle.Yours, age: 1500 * day},
		"old, down":                      {pin: 9, header: 4, up: 1, down: 5, trust: trusting(w.Trust(9)), standing: bundle.Yours, age: 1500 * day},
		"up, by a clock that is behind":  {pin: 1, header: 10, up: 2, trust: trusting(w.Trust(1)), standing: bundle.Yours, code: "future_block", age: -time.Hour},
		"contradicts a trusted block":    {pin: 1, header: 10, up: 2, trust: trusting(light.TrustRoot{Height: 10, Hash: [32]byte{1}}), standing: bundle.Foreign, code: "contradicts_trust_root"},
		"another root at the same place": {pin: 1, header: 10, up: 2, trust: bundle.Options{AcceptRoot: true, Trust: []light.TrustRoot{{Height: 1, Hash: [32]byte{1}}}}, standing: bundle.Foreign, code: "contradicts_trust_root"},
	} {
		t.Run(name, func(t *testing.T) {
			b := figure(t, client(t, w, w.Trust(c.pin)), c.header)
			if len(b.Path.Up) != c.up || len(b.Path.Down) != c.down || b.Root != w.Trust(c.pin) {
				t.Fatalf("a path of %d and %d from %s", len(b.Path.Up), len(b.Path.Down), b.Root)
			}
			raw := encode(t, b)
			r, err := bundle.Check(raw, later(w, c.age), c.trust)
			if light.Code(err) != c.code || r.Err != err || r.Standing != c.standing || r.Verdict != light.VerdictOf(err) || r.Bytes != len(raw) {
				t.Fatalf("%s, from a root that is %s", show(r), r.Standing)
			}
			if err != nil {
				if r.Level != level.Claimed {
					t.Errorf("%s for a bundle that does not hold", r.Level)
				}
				return
			}
			if outcomes(r) != figureHeld {
				t.Error(outcomes(r))
			}
			if r.Level != level.Proven || r.Height != c.header-1 || r.Nodes == 0 || r.ChainID != w.ID() || !r.Time.Equal(w.Block(c.header).Header.Time) {
				t.Errorf("%+v", r)
			}
			var a view.Account
			if err := codec.Decode(r.Body.(*bundle.Figure).Pages[0].Result, &a); err != nil || a.Free != 1_000_000_000_000 {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

func TestStepsAreInWords(t *testing.T) {
	w := world(t, lighttest.Options{Powers: []int64{10, 10, 10, 10, 5}})
	w.Step(lighttest.Spec{Silent: []int{4}}, nil)
	raw := encode(t, figure(t, client(t, w, w.Trust(1)), 11))
	o := trusting(w.Trust(1))
	o.ChainID = w.ID()
	ticks := 0
	o.Clock = func() time.Time { ticks++; return time.UnixMilli(int64(ticks)) }
	r, err := bundle.Check(raw, w.Now(), o)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, s := range r.Steps {
		got.WriteString(s.Title + ": " + s.Detail + "\n")
		if s.Took <= 0 {
			t.Errorf("%s took %s", s.Name, s.Took)
		}
	}
	want := "The file reads cleanly: figure, version 1, " + sizeOf(len(raw)) + ", canonical encoding\n" +
		"Same chain: " + w.ID() + " is the one followed here\n" +
		"Two thirds signed: block 11: 4 of 5 producers, 88.8 % of power\n" +
		"Reached from the trust root: 1 hop from block 1, 2 min old\n" +
		"The witness hashes to the signed root: "
	if !strings.HasPrefix(got.String(), want) || !strings.HasSuffix(got.String(), "The answer follows: program account@1 run here over the witness\n") {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	if r.Signers != 4 || r.Of != 5 || r.Power != 40 || r.OfPower != 45 || r.Hops != 1 || len(r.Silent) == 0 {
		t.Errorf("%+v", r)
	}
}

func sizeOf(n int) string {
	return string(rune('0'+n/1000)) + "." + string(rune('0'+n/100%10)) + " kB"
}

func TestOtherChain(t *testing.T) {
	w := world(t, lighttest.Options{})
	o := trusting(w.Trust(1))
	o.ChainID = "another-0000000000000000"
	r, err := bundle.Check(encode(t, figure(t, client(t, w, w.Trust(1)), 10)), w.Now(), o)
	if light.Code(err) != "other_chain" || r.Verdict != light.Inconclusive || outcomes(r) != "file held, chain unsure, signed open, reached open, witness open, answer open, " {
		t.Error(show(r))
	}
}

// A client without a trust root, or with one that is too old, makes bundles of use to those who trust the block itself.
func TestBundlesOfTheBlockAlone(t *testing.T) {
	w := world(t, lighttest.Options{})
	b := figure(t, client(t, w, light.TrustRoot{}), 10)
	if b.Root != w.Trust(10) {
		t.Errorf("from %s", b.Root)
	}
	if r, err := bundle.Check(encode(t, b), w.Now(), trusting(w.Trust(10))); err != nil || r.Level != level.Proven {
		t.Error(show(r))
	}
	if r, _ := bundle.Check(encode(t, b), w.Now(), bundle.Options{}); r.Verdict != light.Inconclusive {
		t.Error(show(r))
	}
	c := client(t, w, w.Trust(1))
	w.Step(lighttest.Spec{Wait: 13 * day}, nil)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Step(lighttest.Spec{Wait: 2 * day}, nil)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b := figure(t, c, 12); b.Root != w.Trust(12) {
		t.Errorf("from %s, which is too old to check from", b.Root)
	}
}

// The producers change with each block: the path has the steps that signatures carry.
func TestPathOfManyHops(t *testing.T) {
	w := world(t, lighttest.Options{})
	for i := range 20 {
		w.Step(lighttest.Spec{Next: []lighttest.Producer{
			{Key: lighttest.KeyOf("x", i), Power: 10}, {Key: lighttest.KeyOf("x", i+1), Power: 10}, {Key: lighttest.KeyOf("x", i+2), Power: 10}}}, nil)
	}
	b := figure(t, client(t, w, w.Trust(1)), 30)
	r, err := bundle.Check(encode(t, b), w.Now(), trusting(w.Trust(1)))
	if err != nil || r.Hops < 5 || r.Hops != len(b.Path.Up)-1 {
		t.Fatalf("%d hops, %s", r.Hops, show(r))
	}
	b.Path.Up = []*light.LightBlock{b.Path.Up[0], b.Path.Top()}
	if r, err := bundle.Check(encode(t, b), w.Now(), trusting(w.Trust(1))); light.Code(err) != "not_enough_trust" || r.Verdict != light.Inconclusive {
		t.Errorf("without steps between: %s", show(r))
	}
}

func TestNames(t *testing.T) {
	w := world(t, lighttest.Options{})
	c := client(t, w, w.Trust(1))
	if got, want := figure(t, c, 10).Name(), "account-"+rich.String()[:5]+"-9.taoproof"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := transaction(t, c, 1).Name(); got != "transaction-16367aac-5.taoproof" {
		t.Error(got)
	}
}

func TestRoundTrip(t *testing.T) {
	w := world(t, lighttest.Options{})
	c := client(t, w, w.Trust(1))
	for _, b := range []*bundle.Bundle{figure(t, c, 10), transaction(t, c, 2), figure(t, client(t, w, w.Trust(9)), 3)} {
		raw := encode(t, b)
		if again := encode(t, reread(t, b)); !bytes.Equal(again, raw) {
			t.Errorf("%s is written again differently", b.Name())
		}
	}
}

func TestNewerFiles(t *testing.T) {
	w := world(t, lighttest.Options{})
	raw := encode(t, figure(t, client(t, w, w.Trust(1)), 10))
	newer := bytes.Clone(raw)
	newer[10] = 2
	kind := bytes.Replace(raw, []byte("figure"), []byte("future"), 1)
	for name, file := range map[string][]byte{"version": newer, "kind": kind} {
		r, err := bundle.Check(file, w.Now(), trusting(w.Trust(1)))
		var unknown *bundle.NewerError
		if !errors.As(err, &unknown) || r.Verdict != light.Inconclusive || r.Steps[0].Outcome != bundle.Unsure {
			t.Errorf("%s: %s", name, show(r))
		}
	}
	for v := range 256 { // one version is known, whatever stands in its place
		newer[10] = byte(v)
		if _, err := bundle.Decode(newer); (err == nil) != (v == bundle.Version) {
			t.Errorf("version byte %#x: %v", v, err)
		}
	}
	b := figure(t, client(t, w, w.Trust(1)), 10)
	b.Body.(*bundle.Figure).Program = "account@9"
	if r, err := b.Check(w.Now(), trusting(w.Trust(1))); light.Code(err) != "unknown_version" || r.Verdict != light.Inconclusive {
		t.Error(show(r))
	}
	for _, junk := range []string{"", "taoproof", "\x89htaoproof", "PK\x03\x04 and so on", "\xff"} {
		if r, err := bundle.Check([]byte(junk), w.Now(), bundle.Options{AcceptRoot: true}); light.Code(err) != "bad_file" || r.Verdict != light.Blame {
			t.Errorf("%q: %s", junk, show(r))
		}
	}
}
