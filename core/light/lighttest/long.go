package lighttest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/taolight/taolight/core/light"
)

// Long is a chain too long to be made as a whole: each block is made when it is first asked for, and is the same however
// often that is. It is a light.Source of light blocks and has nothing else. Every block names some hash as that of the
// block before it, so that only those verify which are not each other's neighbours.
type Long struct {
	*Source
	Producers int           // equal ones
	Every     uint64        // blocks after which one of them is replaced, each in turn
	Height    uint64        // the newest
	Away      time.Duration // how long each request takes; none: it is answered at once

	mu    sync.Mutex
	chain *Chain
	made  map[uint64][]byte
	asked []uint64
	bytes int
}

// NewLong returns a chain of so many blocks, 12 s each or as many as fit into 13 days, whose producers are replaced one
// by one.
func NewLong(producers int, every, height uint64) *Long {
	c := New(Options{Interval: min(12*time.Second, 13*24*time.Hour/time.Duration(height))})
	return &Long{Source: c.Source("long"), Producers: producers, Every: every, Height: height, chain: c, made: make(map[uint64][]byte)}
}

// set is who produces a block.
func (l *Long) set(height uint64) []Producer {
	replaced := int(height / l.Every)
	ps := make([]Producer, l.Producers)
	for i := range ps {
		successors := (replaced + l.Producers - 1 - i) / l.Producers
		ps[i] = Producer{KeyOf("long", i+successors*l.Producers), 10}
	}
	return l.chain.enlist(ps)
}

// Encoded returns a block's bytes.
func (l *Long) Encoded(height uint64) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if raw := l.made[height]; raw != nil {
		return raw
	}
	b := &light.LightBlock{Validators: Set(l.set(height))}
	b.Validators.Proposer = b.Validators.List[height%uint64(l.Producers)]
	own, next, nextSet := b.Validators.Hash(), [32]byte{}, Set(l.set(height+1))
	next = nextSet.Hash()
	last := hash(fmt.Sprint("long ", height-1))
	b.Header = light.Header{BlockVersion: 11, AppVersion: 1, ChainID: l.chain.ID(), Height: height,
		Time:        l.time(height),
		LastBlockID: light.BlockID{Hash: last, PartsTotal: 1, PartsHash: last}, LastCommitHash: hash("commit"), DataHash: hash("data"), ValidatorsHash: own[:],
		NextValidatorsHash: next[:], ConsensusHash: hash("consensus"), AppHash: hash(fmt.Sprint("state ", height)), LastResultsHash: hash("results"),
		EvidenceHash: hash("evidence"), ProposerAddress: b.Validators.Proposer.Address[:]}
	l.chain.Seal(b)
	l.made[height] = b.Encode()
	return l.made[height]
}

// At returns a block.
func (l *Long) At(height uint64) *light.LightBlock {
	b, err := light.DecodeLightBlock(l.Encoded(height))
	check(err)
	return b
}

// ID returns the chain id.
func (l *Long) ID() string { return l.chain.ID() }

// Trust returns the trust root at a height.
func (l *Long) Trust(height uint64) light.TrustRoot {
	return light.TrustRoot{Height: height, Hash: l.At(height).Hash()}
}

// Now is the newest block's time and a second.
func (l *Long) Now() time.Time { return l.time(l.Height).Add(time.Second) }

func (l *Long) time(height uint64) time.Time {
	return l.chain.opts.Start.Add(time.Duration(height) * l.chain.opts.Interval)
}

// Served returns the heights that were asked for since it was last called, and their blocks' bytes.
func (l *Long) Served() (heights []uint64, bytes int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	heights, bytes = l.asked, l.bytes
	l.asked, l.bytes = nil, 0
	return heights, bytes
}

// LightBlock implements light.Source.
func (l *Long) LightBlock(ctx context.Context, from, _ uint64) ([]*light.LightBlock, error) {
	if from == 0 {
		from = l.Height
	}
	raw := l.Encoded(from)
	l.mu.Lock()
	l.asked, l.bytes = append(l.asked, from), l.bytes+len(raw)
	l.mu.Unlock()
	if l.Away > 0 {
		select {
		case <-time.After(l.Away):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	b, err := light.DecodeLightBlock(raw)
	return []*light.LightBlock{b}, err
}
