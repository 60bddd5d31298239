package light_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// witnessOf is the true witness of the value at a key.
func witnessOf(a *arena, w *lighttest.World, root state.Root, key string) state.Witness {
	a.Helper()
	truth, err := w.Witness(a.Context(), wire.WitnessRequest{Root: root, Program: value.ID(), Args: codec.MustEncode([]byte(key))})
	if err != nil {
		a.Fatal(err)
	}
	return truth
}

// proves asks a relay that sends this witness for the value at a key, and then has an honest one answer.
func proves(a *arena, w *lighttest.World, key string, lie state.Witness) error {
	liar := w.Source("liar")
	liar.Witnesses = func(context.Context, wire.WitnessRequest) (state.Witness, error) { return lie, nil }
	if err := a.sync(w.Chain, liar); err != nil {
		a.Fatal(err)
	}
	p, err := ask(a.T, a.client, key)
	if err == nil || p.Value() != nil {
		a.Errorf("answered %q", p.Value())
	}
	a.meet(w.Source("honest"))
	want := map[string]string{"key07": "value 7 new", "nothing": ""}[key]
	if p, err := ask(a.T, a.client, key); err != nil || p.Source() != "honest" || string(p.Value()) != want {
		a.Errorf("with an honest relay: %q from %q, %v", p.Value(), p.Source(), err)
	}
	return err
}

// flippedBits flips one bit in each byte of a witness, and so at each level of the tree.
func flippedBits(a *arena) error {
	w := world(a.T)
	truth := witnessOf(a, w, rootOf(a.T, w), "key07")
	var lie state.Witness
	liar := w.Source("liar")
	liar.Witnesses = func(context.Context, wire.WitnessRequest) (state.Witness, error) { return lie, nil }
	if err := a.sync(w.Chain, liar); err != nil {
		a.Fatal(err)
	}
	source := a.meet(liar)
	for i := range truth {
		lie = bytes.Clone(truth)
		lie[i] ^= 1 << (i % 8)
		if _, err := ask(a.T, a.client, "key07"); !kind[*state.FalseNodeError](err) || light.VerdictOf(err) != light.Blame || len(a.blamed) != 1 {
			a.Fatalf("byte %d: %v, blamed %+v", i, err, a.blamed)
		}
		if i < len(truth)-1 {
			a.client.Add(source)
			a.blamed = nil
		}
	}
	a.client.Add(source)
	a.blamed = nil
	_, err := ask(a.T, a.client, "key07")
	return err
}

func proofOf(key string) func(*arena) error {
	return func(a *arena) error {
		w := world(a.T)
		return proves(a, w, "key07", witnessOf(a, w, rootOf(a.T, w), key))
	}
}

// earlierRoot proves what was true before block 2.
func earlierRoot(a *arena) error {
	w := world(a.T)
	old, err := w.Block(2).StateRoot()
	if err != nil {
		a.Fatal(err)
	}
	return proves(a, w, "key07", witnessOf(a, w, old, "key07"))
}

// elsewhere is the witness of a key in a tree that differs from the world's.
func elsewhere(a *arena, key string, change func(state.Writer) error) state.Witness {
	w := world(a.T)
	w.Step(lighttest.Spec{}, change)
	w.Step(lighttest.Spec{}, nil)
	return witnessOf(a, w, rootOf(a.T, w), key)
}

func absentAsPresent(a *arena) error {
	return proves(a, world(a.T), "nothing", elsewhere(a, "nothing", func(w state.Writer) error { return w.Set([]byte("nothing"), []byte("riches")) }))
}

func presentAsAbsent(a *arena) error {
	return proves(a, world(a.T), "key07", elsewhere(a, "key07", func(w state.Writer) error { return w.Delete([]byte("key07")) }))
}

func spoiled(spoil func(state.Witness) state.Witness) func(*arena) error {
	return func(a *arena) error {
		w := world(a.T)
		return proves(a, w, "key07", spoil(witnessOf(a, w, rootOf(a.T, w), "key07")))
	}
}

// extraNodes sends true nodes beyond those that the question needs.
func extraNodes(a *arena) error {
	w := world(a.T)
	snap, err := w.Snapshot(rootOf(a.T, w))
	if err != nil {
		a.Fatal(err)
	}
	rec := state.Record(snap)
	for _, key := range []string{"key07", "key08"} {
		if _, err := rec.Get([]byte(key)); err != nil {
			a.Fatal(err)
		}
	}
	more, err := rec.Witness()
	if err != nil {
		a.Fatal(err)
	}
	return proves(a, w, "key07", more)
}

// cheated follows a chain whose producers run other rules, over a relay that answers truly.
func cheated(a *arena, rules chain.Rules) *lighttest.Ledger {
	l := bazaar(a.T, rules)
	a.heap = watchHeap(a.T, a.heap.exact)
	if err := a.sync(l.Chain, l.Source("relay")); err != nil {
		a.Fatal(err)
	}
	return l
}

// convinces expects evidence that whoever has the two headers can check, without asking anybody.
func convinces(a *arena, err error) error {
	var fraud *light.FraudError
	if !errors.As(err, &fraud) || len(fraud.Evidence.Signers()) != 4 {
		a.Fatalf("%T: %v", err, err)
	}
	if again := fraud.Evidence.Check(); !kind[*light.FraudError](again) {
		a.Errorf("the evidence shows %v", again)
	}
	if a.client.Fraud() == nil {
		a.Error("it goes on")
	}
	return err
}

func falseBlock(a *arena) error {
	cheated(a, lighttest.PayFriend.At(5))
	if _, err := a.client.Replay(a.Context(), 4); err != nil {
		a.Error(err)
	}
	_, err := a.client.Replay(a.Context(), 5)
	return convinces(a, err)
}

func falseEpoch(a *arena) error {
	cheated(a, lighttest.RaiseIncentive.From(6))
	found, err := a.client.Audit(a.Context(), 1, 0)
	if found == nil || len(found.Differences) != 1 || found.Differences[0].Signed != found.Differences[0].Computed+1 {
		a.Errorf("%+v", found)
	}
	return convinces(a, err)
}

// tenThousand is a set as large as one may be, none of whose members is known, in a light block that just fits: most
// are absent. Their signatures must not be looked at.
func tenThousand(a *arena) error { return crowds(a, light.MaxValidators) }

// crowdsBetween shows a newest block of few strangers, so that the client asks for several between at once, and those are
// crowded: with as many as fit if two thirds claim to have signed.
func crowdsBetween(a *arena) error { return crowds(a, 4) }

// crowds has a relay serve crowded blocks, and a newest one with so many strangers. There are those that the client asks for on
// its way.
func crowds(a *arena, newest int) error {
	c := blocks(257)
	raw, set := map[uint64][]byte{1: c.Block(1).Encode()}, strangers(7000)
	for _, h := range []uint64{2, 5, 17, 65, 129, 193} {
		raw[h] = crowded(c, h, set, 4700).Encode()
	}
	raw[257] = crowded(c, 257, strangers(newest), min(newest, 500)).Encode()
	for h, b := range raw {
		if len(b) > wire.MaxLightBlock {
			a.Fatalf("block %d has %d bytes", h, len(b))
		}
	}
	return a.serves(c, raw, func() {
		if n := a.client.Counts().Signatures; n > 8 { // those of the trust root's block
			a.Errorf("%d signatures were verified", n)
		}
	})
}

// moreThanFit is a light block longer than one may be.
func moreThanFit(a *arena) error {
	c := blocks(2)
	return a.serves(c, map[uint64][]byte{1: c.Block(1).Encode(), 2: make([]byte, wire.MaxLightBlock+100)}, func() {})
}

// serves syncs with a relay that has these light blocks, encoded beforehand: making them is not what is measured.
func (a *arena) serves(c *lighttest.Chain, raw map[uint64][]byte, then func()) error {
	frames := make(map[uint64][]byte)
	for h, b := range raw {
		frames[h] = encoded(a.T, &wire.LightBlockReply{LightBlocks: [][]byte{b}})
	}
	clear(raw)
	a.heap = watchHeap(a.T, a.heap.exact)
	a.visit(c)
	s := a.join("liar", func(protocol string, conn net.Conn) {
		var req wire.LightBlockRequest
		if protocol != wire.LightBlockProtocol || wire.ReadFrame(conn, wire.MaxRequest, &req) != nil {
			return
		}
		if req.From == 0 {
			req.From = c.Height()
		}
		conn.Write(frames[req.From])
		io.Copy(io.Discard, conn)
	})
	_, err := a.client.SyncWith(a.Context(), s)
	then()
	return err
}

// strangers are n producers that nobody has ever heard of, whose keys nobody has.
func strangers(n int) light.ValidatorSet {
	var set light.ValidatorSet
	for i := range n {
		set.List = append(set.List, light.NewValidator(sha256.Sum256(fmt.Appendf(nil, "stranger %d", i)), 1))
	}
	slices.SortFunc(set.List, func(a, b light.Validator) int { return bytes.Compare(a.Address[:], b.Address[:]) })
	set.Proposer = set.List[0]
	return set
}

// crowded is the block at a height with other producers, of whom the first sign with nothing.
func crowded(c *lighttest.Chain, height uint64, set light.ValidatorSet, signing int) *light.LightBlock {
	b := c.Block(height)
	b.Validators = set
	hash := set.Hash()
	b.Header.ValidatorsHash = hash[:]
	c.Seal(b)
	for i := range signing {
		b.Commit.Signatures[i] = light.CommitSig{Flag: light.FlagCommit, Address: set.List[i].Address[:], Time: b.Header.Time, Signature: make([]byte, 64)}
	}
	return b
}

var errEnded = errors.New("the connection ended")

func connectionEnded(err error) bool { return errors.Is(err, errEnded) }
