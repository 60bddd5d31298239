package light_test

import (
	"context"
	"errors"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// pacer shows what leads the client on by one block at a time: the truth right above what it has verified, and strangers, too
// many to be kept, everywhere else.
type pacer struct {
	*lighttest.Source
	crowd    light.ValidatorSet
	verified uint64
	asked    int
}

func (p *pacer) LightBlock(_ context.Context, from, to uint64) ([]*light.LightBlock, error) {
	p.asked++
	switch {
	case from == p.verified+1:
		p.verified = from
	case from == 0:
		from = p.Chain.Height()
		fallthrough
	case from > p.verified:
		return []*light.LightBlock{crowded(p.Chain, from, p.crowd, len(p.crowd.List))}, nil
	}
	return []*light.LightBlock{p.Chain.Block(from)}, nil
}

func TestAttackOneStepAtATime(t *testing.T) {
	c := blocks(400)
	p := &pacer{Source: c.Source("liar"), crowd: strangers(4200)}
	client := client(t, c, nil, p)
	_, err := client.Sync(t.Context())
	if light.VerdictOf(err) != light.Blame || light.Code(err) != "invalid_block" {
		t.Errorf("%v", err)
	}
	if n := client.Counts().Headers; p.asked > 2*9+4 || n > 9 {
		t.Errorf("%d requests, %d steps", p.asked, n)
	}
}

// Blocks of the chain whose commits lack signatures are refused where they are seen, not walked around.
func TestAttackCommitsWithoutTheTrusted(t *testing.T) {
	c := blocks(400)
	for name, strip := range map[string]func(*light.LightBlock){
		"absent": func(b *light.LightBlock) { c.Seal(b, 0, 1, 2) },
		"other names": func(b *light.LightBlock) {
			for i := range b.Commit.Signatures {
				b.Commit.Signatures[i].Address = make([]byte, 20)
			}
		},
	} {
		s := c.Source("liar")
		s.Tamper = func(b *light.LightBlock) *light.LightBlock {
			if b.Height() > 2 {
				strip(b)
			}
			return b
		}
		if _, err := client(t, c, nil, s).Sync(t.Context()); light.VerdictOf(err) != light.Blame || light.Code(err) != "not_enough_signatures" {
			t.Errorf("%s: %v", name, err)
		}
		if n := s.Asked.Load(); n > 4 {
			t.Errorf("%s: %d blocks were asked for", name, n)
		}
	}
}

// Where the producers really change with every few blocks, so many steps are taken and no more.
func TestStepsAreBounded(t *testing.T) {
	chain := lighttest.NewLong(4, 2, 4000)
	c := visitor(t, chain, chain)
	_, err := c.Sync(t.Context())
	var many *light.StepsError
	if !errors.As(err, &many) || light.VerdictOf(err) != light.Inconclusive || many.From != 1 || many.Target != 4000 || many.Reached < 512 || many.Reached > 3*1024 {
		t.Errorf("%v", err)
	}
	if heights, _ := chain.Served(); len(heights) > 3*512 {
		t.Errorf("%d blocks were asked for", len(heights))
	}
}
