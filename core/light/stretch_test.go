package light

import (
	"errors"
	"testing"

	"github.com/taolight/taolight/core/level"
)

// A run that is led to one block and goes on with another one has begun anew there, and knows nothing of what was before.
func TestRunOnAnotherChain(t *testing.T) {
	block := func(height uint64, app byte) *Head {
		b := &LightBlock{Header: Header{ChainID: "test", Height: height, AppHash: []byte{app}}}
		return &Head{Block: b, Hash: b.Hash(), Level: level.Proven}
	}
	done := func(before, next *Head) *Replay {
		return &Replay{Height: before.Block.Height(), Basis: Basis{Before: before.Block}, next: next}
	}
	b4, b5, b6, other5, other6 := block(4, 1), block(5, 1), block(6, 1), block(5, 2), block(6, 2)
	r := &stretch{from: 4, to: 3}
	r.extend(done(b4, b5))
	if r.from != 4 || r.to != 4 || !r.has(b5) || r.has(other5) || r.has(b4) || r.has(b6) {
		t.Errorf("%+v", r)
	}
	r.extend(done(other5, other6))
	if r.from != 5 || r.to != 5 || len(r.hashes) != 1 || !r.has(other6) || r.has(b5) || r.has(b6) {
		t.Errorf("on another chain: from %d to %d with %d hashes", r.from, r.to, len(r.hashes))
	}
	c := &Client{run: r}
	if !c.among(other6, r) {
		t.Error("the run's own block is not among its blocks")
	}
	c.run = &stretch{from: 4, to: 3}
	if c.among(other6, r) || c.among(&Head{Block: other6.Block, Hash: other6.Hash, run: r}, r) {
		t.Error("a run that has ended counts")
	}
}

// Of two frauds the first is kept, and each is answered with it.
func TestFirstFraudIsKept(t *testing.T) {
	c := new(Client)
	first := &FraudError{What: "state root", Evidence: Basis{Before: &LightBlock{Header: Header{Height: 4}}, Next: &LightBlock{}}}
	second := &FraudError{What: "outcome", Err: errors.New("no"), Evidence: Basis{Before: &LightBlock{Header: Header{Height: 5}}, Next: &LightBlock{}}}
	for _, e := range []*FraudError{first, second} {
		if err := c.defraud(e, level.Proven); err != error(first) || c.Fraud() != first {
			t.Errorf("%v", err)
		}
	}
}
