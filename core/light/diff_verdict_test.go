//go:build !js

package light_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	cmtmath "github.com/cometbft/cometbft/libs/math"
	cmtlight "github.com/cometbft/cometbft/light"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// randomChain has six blocks whose producers change at random.
func randomChain(d dice) *lighttest.Chain {
	pick := func() (out []lighttest.Producer) {
		power := int64(1) << d.IntN(56)
		for i := range 1 + d.IntN(9) {
			if d.chance(70) || i == 0 {
				out = append(out, lighttest.Producer{Key: lighttest.KeyOf("diff", i+d.IntN(2)*20), Power: 1 + d.Int64N(power)})
			}
		}
		return out
	}
	c := lighttest.New(lighttest.Options{ChainID: "diff", Producers: pick()})
	for range 6 {
		s := lighttest.Spec{}
		if d.chance(40) {
			s.Next = pick()
		}
		c.Add(s)
	}
	return c
}

// spoil changes a block in one of many ways, some of them harmless, and says which and whether the change is one that
// only this package refuses.
func spoil(d dice, c *lighttest.Chain, b *light.LightBlock) (what string, stricter bool) {
	vals, sigs := b.Validators.List, b.Commit.Signatures
	i, j := d.IntN(len(vals)), d.IntN(len(vals))
	switch d.IntN(26) {
	case 0, 1, 2, 3, 4:
		return "nothing", false
	case 5, 6, 7, 8:
		var silent []int
		for n := range vals {
			if d.chance(30) {
				silent = append(silent, n)
			}
		}
		c.Seal(b, silent...)
		return "silent producers", false
	case 9:
		for n := range sigs {
			if d.chance(40) {
				b.Commit.Signatures[n].Flag = light.FlagNil
				b.Commit.Signatures[n].Signature = ed25519.Sign(c.KeyFor(vals[n].PubKey), b.Commit.SignBytes(b.Header.ChainID, n))
			}
		}
		return "votes for nil", false
	case 10:
		b.Commit.Round = d.Int32N(100)
		for n := range sigs {
			c.Sign(b, n, c.KeyFor(vals[n].PubKey))
		}
		return "another round", false
	case 11:
		sigs[i].Signature[d.IntN(64)] ^= 1 << d.IntN(8)
		return "false signature", false
	case 12:
		sigs[i], sigs[j] = sigs[j], sigs[i]
		return "swapped signatures", false
	case 13:
		sigs[i].Signature = sigs[j].Signature
		return "another's signature", false
	case 14:
		sigs[i] = sigs[j]
		return "a signer twice", false
	case 15:
		b.Header.AppHash[d.IntN(32)] ^= 1
		return "another header", false
	case 16:
		b.Header.AppHash[d.IntN(32)] ^= 1
		c.Seal(b)
		return "another header, signed", false
	case 17:
		b.Header.ChainID = "other"
		c.Seal(b)
		return "another chain", false
	case 18:
		b.Commit.Height++
		return "commit of another height", false
	case 19:
		b.Validators.List[i].Power++
		return "another power", false
	case 20:
		if i != j {
			vals[i], vals[j], sigs[i], sigs[j] = vals[j], vals[i], sigs[j], sigs[i]
		}
		return "another order", false
	case 21:
		extra := lighttest.Set([]lighttest.Producer{{Key: lighttest.KeyOf("extra", 0), Power: 1}}).List
		b.Validators.List = append(b.Validators.List, extra...)
		if d.chance(50) {
			h := b.Validators.Hash()
			b.Header.ValidatorsHash = h[:]
			c.Seal(b)
		}
		return "another producer", false
	case 22:
		b.Commit.Signatures = b.Commit.Signatures[:i]
		return "commit cut short", false
	case 23:
		c.Seal(b, rangeOf(len(vals))...)
		return "everybody absent", false
	case 24:
		b.Header.Time = b.Header.Time.Add(time.Duration(d.IntN(120)-60) * time.Second)
		c.Seal(b)
		return "another time", false
	default:
		b.Validators.List = append(vals, vals[i])
		b.Commit.Signatures = append(sigs, sigs[i])
		h := b.Validators.Hash()
		b.Header.ValidatorsHash = h[:]
		c.Seal(b)
		return "a producer listed twice", true
	}
}

func rangeOf(n int) (out []int) {
	for i := range n {
		out = append(out, i)
	}
	return out
}

// verdicts of both sides, in words that they share.
func ourWord(err error) string {
	var expired *light.ExpiredError
	var trust *light.TrustError
	switch {
	case err == nil:
		return "accept"
	case errors.As(err, &expired):
		return "expired"
	case errors.As(err, &trust):
		return "not enough trust"
	case light.VerdictOf(err) == light.Blame || light.Code(err) == "future_block":
		return "refuse"
	default:
		return "unsorted: " + err.Error()
	}
}

func theirWord(err error) string {
	var expired cmtlight.ErrOldHeaderExpired
	var trust cmtlight.ErrNewValSetCantBeTrusted
	switch {
	case err == nil:
		return "accept"
	case errors.As(err, &expired):
		return "expired"
	case errors.As(err, &trust):
		return "not enough trust"
	default:
		return "refuse"
	}
}

func TestVerdictsAreCometBFTs(t *testing.T) {
	d := newDice(3)
	seen := map[string]int{}
	var c *lighttest.Chain
	for n := range 6000 {
		if n%10 == 0 {
			c = randomChain(d)
		}
		low := 1 + d.Uint64N(5)
		trusted, next := c.Block(low), c.Block(low+1+d.Uint64N(6-low))
		what, stricter := spoil(d, c, next)
		now := trusted.Header.Time.Add(time.Duration(d.IntN(150)) * time.Second)
		p := light.Params{TrustingPeriod: time.Duration(60+d.IntN(100)) * time.Second, MaxClockDrift: 10 * time.Second}
		if d.chance(30) {
			p.TrustLevel = light.Fraction{Num: 2, Den: 3}
		} else {
			p.TrustLevel = light.Fraction{Num: 1, Den: 3}
		}
		ours := func() error {
			b, err := light.DecodeLightBlock(next.Encode())
			if err != nil {
				return err
			}
			return light.Verify(trusted, b, now, p)
		}()
		theirs := func() error {
			a, err := cmtBlock(t, trusted)
			if err != nil {
				t.Fatal(err)
			}
			b, err := cmtBlock(t, next)
			if err != nil {
				return err
			}
			return cmtlight.Verify(a.SignedHeader, a.ValidatorSet, b.SignedHeader, b.ValidatorSet, p.TrustingPeriod, now, p.MaxClockDrift,
				cmtmath.Fraction{Numerator: p.TrustLevel.Num, Denominator: p.TrustLevel.Den})
		}()
		if got, want := ourWord(ours), theirWord(theirs); got != want && !(stricter && got == "refuse") {
			// Decoding comes first here, so what it refuses there is no time to look at the trusted block's age.
			t.Fatalf("%s, %d from %d: %s (%v), CometBFT: %s (%v)", what, next.Height(), low, got, ours, want, theirs)
		}
		seen[ourWord(ours)]++
		seen[what]++
	}
	t.Log(seen)
	for _, word := range []string{"accept", "refuse", "expired", "not enough trust"} {
		if seen[word] < 100 {
			t.Errorf("%s: only %d cases", word, seen[word])
		}
	}
}

func TestEncodingsAreCometBFTs(t *testing.T) {
	d := newDice(4)
	accepted := 0
	var c *lighttest.Chain
	for n := range 3000 {
		if n%30 == 0 {
			c = randomChain(d)
		}
		b := c.Block(1 + d.Uint64N(6))
		raw := b.Encode()
		for range d.IntN(3) {
			raw[d.IntN(len(raw))] ^= 1 << d.IntN(8)
		}
		got, err := light.DecodeLightBlock(raw)
		if err != nil {
			continue
		}
		accepted++
		var pb cmtproto.LightBlock
		if err := pb.Unmarshal(raw); err != nil {
			t.Fatalf("accepted, CometBFT: %v", err)
		}
		theirs, err := cmttypes.LightBlockFromProto(&pb)
		if err != nil {
			t.Fatalf("accepted, CometBFT: %v", err)
		}
		back, err := theirs.ToProto()
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := back.Marshal(); !bytes.Equal(again, raw) {
			t.Fatalf("CometBFT writes %x for %x", again, raw)
		}
		hash, set := got.Hash(), got.Validators.Hash()
		if !bytes.Equal(hash[:], theirs.Hash()) || !bytes.Equal(set[:], theirs.ValidatorSet.Hash()) {
			t.Fatal("hashes differ")
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d accepted", accepted)
	}
}
