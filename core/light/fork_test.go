package light_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// A client that has seen every block knows where the chains part to the block.
func TestForkIsPinnedDown(t *testing.T) {
	for name, tc := range map[string]struct{ differs, common, pair uint64 }{
		"just now":                          {30, 29, 30},
		"a while ago":                       {17, 16, 17},
		"before the client began to follow": {4, 1, 10}, // it skipped from 1 to 10
	} {
		t.Run(name, func(t *testing.T) {
			c := lighttest.New(lighttest.Options{}).Extend(10)
			s := newStand(t, c, c, true)
			for c.Height() < 30 {
				c.Extend(1)
				if _, err := s.client.SyncWith(t.Context(), s.honest); err != nil {
					t.Fatal(err)
				}
			}
			s.other.Chain = c.Fork(tc.differs-1, "x").Extend(32 - int(tc.differs))
			fork, reports := s.forks(t, s.other)
			a, b := fork.A.Block().Height(), fork.B.Block().Height()
			if a != tc.pair || b != tc.pair || fork.A.Trace[0].Height() != tc.common || len(reports) != 2 {
				t.Errorf("they part after %d, differ at %d and %d; %v", fork.A.Trace[0].Height(), a, b, reports)
			}
			if _, err := fork.Check(c.ID(), light.Params{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// Nothing that the liar adds to its block makes the evidence against it useless.
func TestBogusSignaturesDontSpoilEvidence(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(10)
	liar := retold(c, 10, func(b *light.LightBlock) { b.Header.DataHash[0] ^= 1 })
	b := liar.Block(10)
	c.Seal(b, 3)
	innocent := b.Validators.List[3]
	b.Commit.Signatures[3] = light.CommitSig{Flag: light.FlagCommit, Address: innocent.Address[:], Time: b.Header.Time, Signature: make([]byte, 64)}
	spoilt := c.Fork(9, "x")
	spoilt.Append(b)
	s := newStand(t, c, spoilt, true)
	fork, _ := s.forks(t, s.other)
	a := s.got["honest"]
	if a == nil || a.Conflicting.Commit.Signatures[3].Flag != light.FlagAbsent || len(a.Byzantine) != 3 {
		t.Fatalf("%+v", a)
	}
	if slices.Contains(addresses(append(a.Byzantine, fork.Culprits().Both...)), innocent.Address) {
		t.Error("an innocent is accused")
	}
}

// A relay that can't judge yet is asked again, with the signatures that its chain keeps in the end.
func TestReportWaits(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(10)
	other := retold(c, 10, func(b *light.LightBlock) { b.Header.DataHash[0] ^= 1 }).Extend(1)
	s := newStand(t, c, other, true)
	judge, codes := s.honest.Judge, []string{wire.CodeInvalidEvidence, wire.CodeInvalidEvidence, wire.CodeNotYet, wire.CodeBusy}
	s.honest.Judge = func(evidence []byte) error {
		if len(codes) == 0 {
			return judge(evidence)
		}
		code := codes[0]
		if codes = codes[1:]; len(codes) == 0 {
			c.Extend(1)
		}
		return &wire.Refusal{Code: code, Message: "as long as the block is the newest"}
	}
	s.honest.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 10 && c.Height() > 10 {
			c.Seal(b, 0) // what block 11 holds
		}
		return b
	}
	s.forks(t, s.other)
	if a := s.got["honest"]; a == nil || len(codes) > 0 || len(a.Byzantine) != 3 {
		t.Errorf("%+v, %v", a, codes)
	}
}

// What a source answers is told as it comes, and one on neither side is left alone.
func TestReportEvents(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(10)
	s := newStand(t, c, c.Fork(9, "x").Extend(2), true)
	c.Extend(1)
	handed := 0
	s.honest.Judge = func([]byte) error {
		handed++
		return &wire.Refusal{Code: wire.CodeInvalidEvidence, Message: "no"}
	}
	third := c.Fork(8, "y").Extend(3).Source("third")
	third.Judge = func([]byte) error { t.Error("the third was handed evidence"); return nil }
	s.client.Add(third)
	_, reports := s.forks(t, s.other)
	if len(reports) != 2 {
		t.Fatalf("%v", reports)
	}
	if handed != 1 {
		t.Errorf("refused %d times, though nothing about its block can change", handed)
	}
	for _, r := range reports {
		var no *wire.Refusal
		if refused := errors.As(r.Err, &no); refused != (r.Source == "honest") || r.Against == r.Source || r.String() == "" {
			t.Errorf("%+v", r)
		}
	}
}

// An old block is asked for, and another chain's comes, signed by the same.
func TestForkBelowTheHead(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(40)
	s := newStand(t, c, c.Fork(20, "x").Extend(20), true)
	s.client.Remove("honest")
	_, err := s.client.At(t.Context(), 30)
	var fork *light.ForkError
	if !errors.As(err, &fork) || s.client.Fork() == nil {
		t.Fatalf("%v", err)
	}
	// With less than two thirds it is a lie.
	s = newStand(t, c, retold(c, 21, func(b *light.LightBlock) { b.Header.AppHash[0] ^= 1 }, 1, 2), true)
	s.client.Remove("honest")
	if _, err := s.client.At(t.Context(), 30); light.VerdictOf(err) != light.Blame || s.client.Fork() != nil {
		t.Errorf("%v", err)
	}
}

func TestForksCheckedAlone(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(10)
	s := newStand(t, c, c.Fork(6, "x").Extend(4), true)
	fork, _ := s.forks(t, s.other)
	if shared, err := fork.Check(c.ID(), light.Params{}); err != nil || shared.Hash() != c.Block(1).Hash() {
		t.Errorf("%v", err)
	}
	for name, bend := range map[string]func(*light.ForkError){
		"one chain": func(f *light.ForkError) { f.B = f.A },
		"a signature": func(f *light.ForkError) {
			f.B.Trace[1] = lighttest.Copy(f.B.Trace[1])
			f.B.Trace[1].Commit.Signatures[0].Signature[0] ^= 1
		},
		"beginnings":   func(f *light.ForkError) { f.B.Trace = f.B.Trace[1:] },
		"no conflict":  func(f *light.ForkError) { f.A.Trace = f.A.Trace[:1] },
		"a long range": func(f *light.ForkError) { f.A.Trace[0] = c.Block(2) },
	} {
		bad := &light.ForkError{A: fork.A, B: fork.B}
		bad.A.Trace, bad.B.Trace = slices.Clone(fork.A.Trace), slices.Clone(fork.B.Trace)
		bend(bad)
		if _, err := bad.Check(c.ID(), light.Params{}); light.VerdictOf(err) == light.Accept {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := fork.Check("another", light.Params{}); light.Code(err) != "wrong_chain" {
		t.Errorf("%v", err)
	}
	if _, err := fork.Check(c.ID(), light.Params{TrustingPeriod: time.Second}); light.Code(err) != "trust_expired" {
		t.Errorf("%v", err)
	}
	empty := *fork
	empty.B.Trace = nil
	if _, err := empty.Check(c.ID(), light.Params{}); light.Code(err) != "malformed" {
		t.Errorf("%v", err)
	}
}

// Dates grow along a chain: two blocks are of two chains also where the higher one is not dated after the lower, be it far
// above or the next one.
func TestForksShownByDates(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(21) // block 21 is 12 s after block 20
	ahead := func(blocks int, all time.Duration) *light.LightBlock {
		f := c.Fork(20, "x")
		for range blocks {
			f.Add(lighttest.Spec{Wait: all / time.Duration(blocks)})
		}
		return f.Block(0)
	}
	// next is a block 22 that follows block 21 by its hash.
	next := func(after time.Duration) *light.LightBlock {
		f := c.Fork(21, "x").Extend(1)
		b := f.Block(22)
		b.Header.Time = c.Block(21).Header.Time.Add(after)
		f.Seal(b)
		return b
	}
	for name, tc := range map[string]struct {
		other *light.LightBlock
		fork  bool
	}{
		"farther, earlier":      {ahead(5, 5*time.Second), true},
		"farther, at one time":  {ahead(5, 12*time.Second), true},
		"farther, later":        {ahead(5, 13*time.Second), false},
		"two above, earlier":    {ahead(3, 6*time.Second), true},
		"two above, later":      {ahead(3, 15*time.Second), false},
		"the next, earlier":     {next(-time.Second), true},
		"the next, at one time": {next(0), true},
		"the next, later":       {next(1), false},
		"another's next":        {ahead(2, 24*time.Second), true},
	} {
		one, two := light.Evidence{Source: "one", Trace: []*light.LightBlock{c.Block(20), c.Block(21)}}, light.Evidence{Source: "two", Trace: []*light.LightBlock{c.Block(20), tc.other}}
		for _, fork := range []*light.ForkError{{A: one, B: two}, {A: two, B: one}} {
			shared, err := fork.Check(c.ID(), light.Params{})
			if tc.fork && (err != nil || shared.Hash() != c.Block(20).Hash()) || !tc.fork && light.Code(err) != "invalid_block" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func FuzzDecodeAttack(f *testing.F) {
	for _, as := range assaults(newDice(3)) {
		a := light.NewAttack(as.conflicting, as.trusted, as.common)
		f.Add(a.Encode())
		a.TotalPower = -1
		f.Add(a.Encode())
	}
	f.Add([]byte{})
	f.Add([]byte{0x0a, 0x00, 0x10, 0x01})
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := light.DecodeAttack(raw)
		if err != nil {
			if light.Code(err) != "malformed" {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(a.Encode(), raw) {
			t.Fatal("accepted, and encodes differently")
		}
		a.Hash()
		a.Kind()
		light.NewAttack(a.Conflicting, a.Conflicting, a.Conflicting)
	})
}
