package light_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// errEnough ends a play in which the relay would go on for ever.
var errEnough = errors.New("enough")

func blocks(n int) *lighttest.Chain { return lighttest.New(lighttest.Options{}).Extend(n) }

// tampers is a play in which the relay changes every light block but the trust root's.
func tampers(a *arena, c *lighttest.Chain, change func(b *light.LightBlock)) error {
	liar := c.Source("liar")
	liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() > 1 {
			change(b)
		}
		return b
	}
	return a.sync(c, liar)
}

func silentHead(a *arena) error {
	a.visit(blocks(3))
	a.hurry = 100 * time.Millisecond
	s := a.join("liar", func(_ string, c net.Conn) { io.Copy(io.Discard, c) })
	return a.client.Follow(a.Context(), s, nil)
}

func refusedHead(a *arena) error {
	liar := blocks(3).Source("liar")
	liar.Refuse = func(height uint64) error { return &wire.Refusal{Code: wire.CodeNotFound, Message: "not yet"} }
	return a.sync(liar.Chain, liar)
}

// announcedHead gives signs of life that name newer and newer heights, and never a block.
func announcedHead(a *arena) error {
	a.visit(blocks(3))
	ctx, stop := context.WithCancelCause(a.Context())
	defer stop(nil)
	s := a.join("liar", func(_ string, c net.Conn) {
		for latest := uint64(40); latest <= 50; latest++ {
			if wire.WriteFrame(c, &wire.Head{Latest: latest}) != nil {
				return
			}
		}
		io.Copy(io.Discard, c)
	})
	go func() {
		for a.client.LatestOf("liar") != 50 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		stop(errEnough)
	}()
	err := a.client.Follow(ctx, s, nil)
	if a.client.Head() != nil || a.client.Latest() != 50 {
		a.Errorf("head %v, claimed %d", a.client.Head(), a.client.Latest())
	}
	return err
}

func withheldMiddle(a *arena) error {
	c := lighttest.New(lighttest.Options{})
	for i := range 20 { // each set shares half its power with the one before
		c.Add(lighttest.Spec{Next: []lighttest.Producer{{Key: lighttest.KeyOf("x", i), Power: 10}, {Key: lighttest.KeyOf("x", i+1), Power: 10}}})
	}
	liar := c.Source("liar")
	liar.Refuse = func(h uint64) error {
		if h > 1 && h < 20 {
			return &wire.Refusal{Code: wire.CodeNotFound, Message: "pruned"}
		}
		return nil
	}
	return a.sync(c, liar)
}

// staleHead: what it shows is true, and its date says that it is old.
func staleHead(a *arena) error {
	c := blocks(400)
	liar := c.Source("liar")
	liar.Newest = func() uint64 { return 40 }
	err := a.sync(c, liar)
	h := a.client.Head()
	if err != nil || h.Block.Height() != 40 || c.Now().Sub(h.Block.Header.Time) < time.Hour {
		a.Errorf("head %+v", h)
	}
	a.truthWins()
	// Behind, but on the same chain: not held against it, and the head stays.
	if h, err := a.client.SyncWith(a.Context(), a.meet(liar)); err != nil || h.Block.Height() != 400 || a.client.LatestOf("liar") != 40 {
		a.Errorf("asked again: %v", err)
	}
	return err
}

func futureHead(a *arena) error {
	c := blocks(3)
	return tampers(a, c, func(b *light.LightBlock) {
		b.Header.Time = b.Header.Time.Add(time.Hour)
		c.Seal(b)
	})
}

func forgedCommit(a *arena) error {
	random := rand.New(rand.NewPCG(5, 5))
	return tampers(a, blocks(9), func(b *light.LightBlock) {
		for i := range b.Commit.Signatures {
			for j := range b.Commit.Signatures[i].Signature {
				b.Commit.Signatures[i].Signature[j] = byte(random.Uint32())
			}
		}
	})
}

func anotherHeader(a *arena) error {
	return tampers(a, blocks(9), func(b *light.LightBlock) { b.Header.AppHash[0] ^= 1 })
}

func absentCommit(a *arena) error {
	c := blocks(9)
	return tampers(a, c, func(b *light.LightBlock) { c.Seal(b, 0, 1, 2, 3) })
}

func nilCommit(a *arena) error {
	c := blocks(9)
	return tampers(a, c, func(b *light.LightBlock) {
		for i, v := range b.Validators.List {
			b.Commit.Signatures[i].Flag = light.FlagNil // and truly signed so
			b.Commit.Signatures[i].Signature = ed25519.Sign(c.KeyFor(v.PubKey), b.Commit.SignBytes(b.Header.ChainID, i))
		}
	})
}

// signedBy has producers of these powers, of whom some don't sign.
func signedBy(ps []int64, silent ...int) func(*arena) error {
	return func(a *arena) error {
		c := lighttest.New(lighttest.Options{Producers: powers(ps...)}).Extend(2)
		return tampers(a, c, func(b *light.LightBlock) { c.Seal(b, silent...) })
	}
}

// keptInOffice has one of three producers, with this power beside 10 and 10, stay when strangers take over.
func keptInOffice(power int64, wantSteps bool) func(*arena) error {
	return func(a *arena) error {
		c := lighttest.New(lighttest.Options{Producers: powers(power, 10, 10)}).Extend(1)
		c.Add(lighttest.Spec{Next: append(powers(power), lighttest.Producer{Key: lighttest.KeyOf("new", 0), Power: 100})})
		c.Extend(3)
		err := a.sync(c, c.Source("relay"))
		if (a.steps > 0) != wantSteps {
			a.Errorf("%d steps were too far", a.steps)
		}
		return err
	}
}

func signsTwice(a *arena) error {
	c := blocks(9)
	return tampers(a, c, func(b *light.LightBlock) {
		c.Seal(b, 2, 3)
		b.Commit.Signatures[2] = b.Commit.Signatures[0]
	})
}

func listedTwice(a *arena) error {
	c := blocks(9)
	return tampers(a, c, func(b *light.LightBlock) {
		b.Validators.List = append(b.Validators.List, b.Validators.List[0])
		hash := b.Validators.Hash()
		b.Header.ValidatorsHash = hash[:]
		c.Seal(b)
	})
}

// bogusExtra does no harm to the block, as with CometBFT, and is not shown as a signature.
func bogusExtra(a *arena) error {
	err := tampers(a, blocks(2), func(b *light.LightBlock) { b.Commit.Signatures[3].Signature[0] ^= 1 })
	h := a.client.Head()
	if signed, total := h.SignedPower(); signed != 30 || total != 40 || h.Signed[3] {
		a.Errorf("%d of %d, %v", signed, total, h.Signed)
	}
	return err
}

func wrongChain(a *arena) error {
	c := blocks(9)
	return tampers(a, c, func(b *light.LightBlock) {
		b.Header.ChainID = "test-fedcba9876543210"
		c.Seal(b)
	})
}

func wrongSet(a *arena) error {
	return tampers(a, blocks(9), func(b *light.LightBlock) { b.Validators.List[0].Power = 1000 })
}

// appoint has the first n producers sign a header of their own that puts an accomplice in the place of the others.
func appoint(c *lighttest.Chain, n int, b *light.LightBlock) {
	b.Validators = lighttest.Set(append(c.Producers()[:n], lighttest.Producer{Key: lighttest.KeyOf("accomplice", 0), Power: 4}))
	hash := b.Validators.Hash()
	b.Header.ValidatorsHash, b.Header.NextValidatorsHash = hash[:], hash[:]
	b.Header.AppHash = bytes.Repeat([]byte{6}, 32)
	c.Seal(b)
}

func lunatic(a *arena) error {
	c := blocks(9)
	return tampers(a, c, func(b *light.LightBlock) { appoint(c, 1, b) })
}

// halfLunatic: half of the producers is more than an honest majority allows. A light client takes their word, until
// another relay shows the other side.
func halfLunatic(a *arena) error {
	c := blocks(9)
	if err := tampers(a, c, func(b *light.LightBlock) { appoint(c, 2, b) }); err != nil {
		return err
	}
	_, err := a.client.SyncWith(a.Context(), a.meet(c.Source("honest")))
	return err
}

// rivals has one relay show a chain and another a different one.
func rivals(a *arena, c, other *lighttest.Chain) error {
	a.visit(c)
	if _, err := a.client.SyncWith(a.Context(), a.meet(c.Source("one"))); err != nil {
		a.Fatal(err)
	}
	_, err := a.client.SyncWith(a.Context(), a.meet(other.Source("other")))
	if a.client.Fork() == nil {
		a.Error("it goes on")
	}
	return err
}

func equivocation(a *arena) error {
	c := blocks(30)
	return rivals(a, c, c.Fork(20, "x").Extend(10))
}

// amnesia is equivocation in two rounds: producers that had settled on a block forget it in a later round.
func amnesia(a *arena) error {
	c := blocks(20)
	for range 3 {
		c.Add(lighttest.Spec{Silent: []int{3}})
	}
	other := c.Fork(20, "x").Extend(3)
	forgetful := other.Source("other")
	forgetful.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() > 20 {
			b.Commit.Round = 1
			for i, v := range b.Validators.List {
				if b.Commit.Signatures[i] = (light.CommitSig{Flag: light.FlagAbsent}); i != 0 {
					other.Sign(b, i, other.KeyFor(v.PubKey))
				}
			}
		}
		return b
	}
	a.visit(c)
	if _, err := a.client.SyncWith(a.Context(), a.meet(c.Source("one"))); err != nil {
		a.Fatal(err)
	}
	_, err := a.client.SyncWith(a.Context(), a.meet(forgetful))
	return err
}

// forwardLunatic has half of the producers make up a block higher than any that there is. Nothing contradicts it before
// the chain gets there.
func forwardLunatic(shows bool) func(*arena) error {
	return func(a *arena) error {
		const height = 40
		c := blocks(30)
		future := c.Fork(30, "x").Extend(height - 30)
		liar := future.Source("liar")
		liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
			if b.Height() == height {
				appoint(future, 2, b)
			}
			return b
		}
		liar.Refuse = func(h uint64) error {
			if h > 1 && h < height && !shows {
				return &wire.Refusal{Code: wire.CodeNotFound, Message: "pruned"}
			}
			return nil
		}
		a.visit(future)
		if _, err := a.client.SyncWith(a.Context(), a.meet(liar)); err != nil {
			a.Fatal(err)
		}
		honest := a.meet(c.Source("honest"))
		for c.Height() <= height {
			if _, err := a.client.SyncWith(a.Context(), honest); err != nil {
				return err
			}
			c.Add(lighttest.Spec{})
		}
		_, err := a.client.SyncWith(a.Context(), honest)
		return err
	}
}

func longRange(a *arena) error {
	c := blocks(1)
	c.Add(lighttest.Spec{Wait: 13 * 24 * time.Hour})
	c.Add(lighttest.Spec{Wait: 25 * time.Hour})
	err := a.sync(c, c.Fork(1, "x").Extend(3).Source("liar"))
	if a.client.Head() != nil {
		a.Error("it shows a head")
	}
	return err
}
