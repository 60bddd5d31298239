package light_test

import (
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// Each attack is a relay that serves something false, or a block as it would serve it. What counts is the verdict, the
// code, the name of the liar, and that nothing of it is taken over.

// powers makes producers with these powers, named by their place in the list.
func powers(ps ...int64) (out []lighttest.Producer) {
	for i, p := range ps {
		out = append(out, lighttest.Producer{Key: lighttest.KeyOf("power", i), Power: p})
	}
	return out
}

// judged verifies next from trusted, adjacent or not, a second after next, and holds the outcome against want, the code
// of an error ("" for none).
func judged(t *testing.T, trusted, next *light.LightBlock, want string) {
	t.Helper()
	at := next.Header.Time.Add(time.Second)
	if err := light.Verify(trusted, next, at, light.Params{}); light.Code(err) != want {
		t.Errorf("block %d from %d: code %q, want %q (%v)", next.Height(), trusted.Height(), light.Code(err), want, err)
	}
}

func TestAttackForgedCommit(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(10)
	for _, height := range []uint64{2, 10} {
		b := c.Block(height)
		for i := range b.Commit.Signatures {
			for j := range b.Commit.Signatures[i].Signature {
				b.Commit.Signatures[i].Signature[j] = byte(i * j)
			}
		}
		judged(t, c.Block(1), b, "false_signature")
		// One false among the first three suffices, and is named.
		b = c.Block(height)
		b.Commit.Signatures[1].Signature[9] ^= 1
		err := light.Verify(c.Block(1), b, c.Now(), light.Params{})
		var sig *light.SignatureError
		if !errors.As(err, &sig) || sig.Index != 1 || sig.Address != b.Validators.List[1].Address || light.VerdictOf(err) != light.Blame {
			t.Errorf("%v", err)
		}
	}
}

func TestAttackAbsentOnlyCommit(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(3)
	b := c.Block(2)
	c.Seal(b, 0, 1, 2, 3)
	judged(t, c.Block(1), b, "not_enough_signatures")
	b = c.Block(3)
	c.Seal(b, 0, 1, 2, 3)
	judged(t, c.Block(1), b, "not_enough_trust")
}

func TestAttackNilVotesCountForABlock(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(2)
	b := c.Block(2)
	for i := range b.Commit.Signatures {
		b.Commit.Signatures[i].Flag = light.FlagNil // the signature stays: it is for the block
	}
	judged(t, c.Block(1), b, "not_enough_signatures")
}

func TestAttackExactlyTwoThirds(t *testing.T) {
	for _, tc := range []struct {
		powers []int64
		silent []int
		want   string
	}{
		{[]int64{10, 10, 10}, []int{2}, "not_enough_signatures"},                  // 20 of 30: exactly two thirds
		{[]int64{11, 10, 10}, []int{2}, ""},                                       // 21 of 31: 20.67 needed
		{[]int64{20, 9, 1}, []int{1, 2}, "not_enough_signatures"},                 // 20 of 30
		{[]int64{20, 9, 1}, []int{1}, ""},                                         // 21 of 30: one unit more
		{[]int64{2, 1, 1}, []int{2}, ""},                                          // 3 of 4
		{[]int64{2, 1, 1}, []int{1, 2}, "not_enough_signatures"},                  // 2 of 4
		{[]int64{1<<59 - 1, 1 << 58, 1 << 58}, []int{2}, ""},                      // the largest sum there may be
		{[]int64{1<<59 - 1, 1 << 58, 1 << 58}, []int{0}, "not_enough_signatures"}, // about half of it
	} {
		c := lighttest.New(lighttest.Options{Producers: powers(tc.powers...)}).Extend(2)
		b := c.Block(2)
		c.Seal(b, tc.silent...)
		judged(t, c.Block(1), b, tc.want)
	}
}

func TestAttackExactlyOneThirdOfTrust(t *testing.T) {
	// The set changes from (10, 10, 10) to one where only some of the old sign; the new ones are theirs entirely.
	for _, tc := range []struct {
		old, kept []int64
		want      string
	}{
		{[]int64{10, 10, 10}, []int64{10}, "not_enough_trust"},    // 10 of 30: exactly one third
		{[]int64{11, 10, 10}, []int64{11}, ""},                    // 11 of 31
		{[]int64{10, 10, 9}, []int64{10}, ""},                     // 10 of 29
		{[]int64{10, 10, 10, 1}, []int64{10}, "not_enough_trust"}, // 10 of 31: 10.33 rounds down to 10, 10 is not more
		{[]int64{10, 10, 10}, []int64{10, 10}, ""},                // two thirds
		{[]int64{10, 10, 10}, nil, "not_enough_trust"},            // strangers only
	} {
		c := lighttest.New(lighttest.Options{Producers: powers(tc.old...)}).Extend(1)
		next := append(powers(tc.kept...), lighttest.Producer{Key: lighttest.KeyOf("new", 0), Power: 100})
		c.Add(lighttest.Spec{Next: next})
		c.Extend(3)
		judged(t, c.Block(1), c.Block(5), tc.want)
	}
}

func TestAttackDuplicateSigner(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(4)
	// In another's place: the address gives it away.
	b := c.Block(2)
	c.Seal(b, 2, 3)
	b.Commit.Signatures[2] = b.Commit.Signatures[0]
	judged(t, c.Block(1), b, "invalid_block")
	// In a set of the attacker's own, where it is listed once under the trusted key and signs in two entries.
	mine := lighttest.Set(append(c.Producers()[:1], lighttest.Producer{Key: lighttest.KeyOf("attacker", 0), Power: 1}))
	b = c.Block(4)
	b.Validators = mine
	hash := mine.Hash()
	b.Header.ValidatorsHash = hash[:]
	c.Seal(b)
	c.Sign(b, 1, c.KeyFor(b.Validators.List[0].PubKey))
	judged(t, c.Block(1), b, "invalid_block")
	// Listed twice in the set itself.
	b.Validators.List = append(b.Validators.List, b.Validators.List[0])
	hash = b.Validators.Hash()
	b.Header.ValidatorsHash = hash[:]
	c.Seal(b)
	judged(t, c.Block(1), b, "invalid_block")
	if _, err := light.DecodeLightBlock(b.Encode()); light.Code(err) != "malformed" {
		t.Errorf("decoded: %v", err)
	}
}

// A false signature after enough true ones does no harm to the block, as with CometBFT, and is not shown as a signature.
func TestAttackBogusExtraSignature(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(2)
	src := c.Source("r")
	src.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 2 {
			b.Commit.Signatures[3].Signature[0] ^= 1
		}
		return b
	}
	h, err := client(t, c, nil, src).Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if signed, total := h.SignedPower(); signed != 30 || total != 40 || h.Signed[3] {
		t.Errorf("%d of %d, %v", signed, total, h.Signed)
	}
}

func TestAttackWrongChainID(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(3)
	for _, height := range []uint64{2, 3} {
		b := c.Block(height)
		b.Header.ChainID = "test-fedcba9876543210"
		c.Seal(b)
		judged(t, c.Block(1), b, "wrong_chain")
	}
	// The same keys on another chain: its signatures are not for this one.
	other := lighttest.New(lighttest.Options{ChainID: "other"}).Extend(2).Block(2)
	b := c.Block(2)
	b.Commit.Signatures = other.Commit.Signatures
	judged(t, c.Block(1), b, "false_signature")
}

func TestAttackWrongValidatorSet(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(3)
	for _, height := range []uint64{2, 3} {
		b := c.Block(height)
		b.Validators.List[0].Power = 1000
		judged(t, c.Block(1), b, "wrong_hash")
		// The attacker's set under a header that names it.
		b = c.Block(height)
		b.Validators = lighttest.Set([]lighttest.Producer{{Key: lighttest.KeyOf("attacker", 0), Power: 40}})
		hash := b.Validators.Hash()
		b.Header.ValidatorsHash = hash[:]
		c.Seal(b)
		c.Sign(b, 0, lighttest.KeyOf("attacker", 0))
		judged(t, c.Block(1), b, map[uint64]string{2: "invalid_block", 3: "not_enough_trust"}[height])
	}
}

// Powers whose sum overflows would make two thirds of it a small or negative number.
func TestAttackOverflowingPower(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(3)
	for _, ps := range [][]int64{{1 << 62, 1 << 62}, {1 << 60}, {1<<63 - 1, 1<<63 - 1, 2}, {1 << 59, 1 << 59}, {-1, 5}, {0, 5}} {
		b := c.Block(3)
		b.Validators = lighttest.Set(powers(ps...))
		hash := b.Validators.Hash()
		b.Header.ValidatorsHash = hash[:]
		c.Seal(b)
		for i := range ps {
			c.Sign(b, i, lighttest.KeyOf("power", i))
		}
		judged(t, c.Block(1), b, "invalid_block")
		if _, err := light.DecodeLightBlock(b.Encode()); light.Code(err) != "malformed" {
			t.Errorf("%v: %v", ps, err)
		}
		if p := b.Validators.Power(); p < 0 || p >= 1<<60 {
			t.Errorf("%v: power %d", ps, p)
		}
	}
}

// Less than two thirds of the right producers sign a header with a state that never was.
func TestAttackLunaticHeader(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(9)
	for _, height := range []uint64{2, 9} {
		b := c.Block(height)
		b.Header.AppHash[0] ^= 1
		judged(t, c.Block(1), b, "wrong_hash")
		c.Seal(b, 2, 3)
		judged(t, c.Block(1), b, "not_enough_signatures")
	}
	// One third and a bit, with a set of accomplices that they appoint themselves: the distance is too great, and next
	// door the accomplices are not the ones announced.
	liar := c.Source("liar")
	liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 1 {
			return b
		}
		b.Validators = lighttest.Set(append(c.Producers()[:1], lighttest.Producer{Key: lighttest.KeyOf("accomplice", 0), Power: 5}))
		hash := b.Validators.Hash()
		b.Header.ValidatorsHash, b.Header.NextValidatorsHash = hash[:], hash[:]
		c.Seal(b)
		return b
	}
	refuses(t, c, liar, light.Blame, "invalid_block")
}

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

func TestAttackWithheldMiddle(t *testing.T) {
	c := lighttest.New(lighttest.Options{})
	for i := range 20 {
		c.Add(lighttest.Spec{Next: []lighttest.Producer{{Key: lighttest.KeyOf("x", i), Power: 10}, {Key: lighttest.KeyOf("x", i+1), Power: 10}}})
	}
	liar := c.Source("withholder")
	liar.Refuse = func(h uint64) error {
		if h > 1 && h < 20 {
			return &wire.Refusal{Code: wire.CodeNotFound, Message: "pruned"}
		}
		return nil
	}
	refuses(t, c, liar, light.Inconclusive, wire.CodeNotFound)
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

func TestAttackStaleHead(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(100)
	stale := c.Source("stale")
	stale.Newest = func() uint64 { return 40 }
	cl := client(t, c, nil, stale)
	h, err := cl.Sync(t.Context())
	if err != nil || h.Block.Height() != 40 { // true, but old: its time says so
		t.Fatal(err)
	}
	if age := c.Now().Sub(h.Block.Header.Time); age < 10*time.Minute {
		t.Errorf("%s old", age)
	}
	cl.Add(c.Source("fresh"))
	if h, err = cl.Sync(t.Context()); err != nil || h.Block.Height() != 100 || cl.Latest() != 100 || cl.LatestOf("stale") != 40 {
		t.Errorf("%v", err)
	}
	// Behind, but on the same chain: not held against it, and the head stays.
	if h, err = cl.SyncWith(t.Context(), stale); err != nil || h.Block.Height() != 100 {
		t.Errorf("%v", err)
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

// crowd is block 3 with n producers of the attacker's, and worthless signatures in the right places.
func crowd(c *lighttest.Chain, n int) *light.LightBlock {
	b := c.Block(3)
	var list []lighttest.Producer
	for i := range n {
		list = append(list, lighttest.Producer{Key: lighttest.KeyOf("crowd", i), Power: 1})
	}
	b.Validators = lighttest.Set(list)
	hash := b.Validators.Hash()
	b.Header.ValidatorsHash = hash[:]
	c.Seal(b)
	for i := range list {
		b.Commit.Signatures[i] = light.CommitSig{Flag: light.FlagCommit, Address: b.Validators.List[i].Address[:], Time: b.Header.Time, Signature: make([]byte, 64)}
	}
	return b
}

// A set of as many producers as fit costs the attacker nothing. Their signatures must not be looked at before a third
// of the trusted power has signed.
func TestAttackOversizedValidatorSet(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(3)
	b := crowd(c, 5000)
	if n := len(b.Encode()); n > wire.MaxLightBlock {
		t.Fatalf("%d bytes", n)
	}
	judged(t, c.Block(1), b, "not_enough_trust") // with signatures looked at it would be false_signature
	big := lighttest.Copy(b)
	big.Validators.List = append(big.Validators.List, make([]light.Validator, light.MaxValidators)...)
	if _, err := light.DecodeLightBlock(big.Encode()); light.VerdictOf(err) != light.Blame {
		t.Error(err)
	}
}
