package light_test

import (
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
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
		b.Validators = lighttest.Set(append(c.Producers()[:1], lighttest.Producer{Key: lighttest.KeyOf("accomplice", 0), Power: 4}))
		hash := b.Validators.Hash()
		b.Header.ValidatorsHash, b.Header.NextValidatorsHash = hash[:], hash[:]
		c.Seal(b)
		return b
	}
	refuses(t, c, liar, light.Blame, "invalid_block")
}
