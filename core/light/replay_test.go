package light_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"testing"

	ds "github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

func devKey(t testing.TB, uri string) *sign.Key {
	t.Helper()
	k, err := sign.FromURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// bazaar is a chain of ten blocks: Alice pays Bob in each, and a subnet of four has an epoch in every fifth.
func bazaar(t testing.TB, rules chain.Rules) *lighttest.Ledger {
	t.Helper()
	alice, bob := devKey(t, "//Alice"), devKey(t, "//Bob")
	params := hyper.Defaults()
	params.Tempo = 5
	g := &chain.Genesis{
		Name: "bazaar", Time: 1_767_225_600_000, Source: "made up for a test", Params: ledger.DefaultParams(),
		Balances: []chain.Balance{{Address: alice.Account(), Free: 100 * tao.TAO}, {Address: bob.Account(), Free: tao.TAO}},
	}
	s := chain.SubnetOf{Netuid: 1, Name: "one", Owner: alice.Account(), Params: params}
	for i := range 4 {
		hot := keys.Account{1, byte(i)}
		s.Hotkeys = append(s.Hotkeys, hot)
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: alice.Account(), Hotkey: hot, Amount: tao.Amount(i+1) * tao.TAO})
	}
	g.Subnets = []chain.SubnetOf{s}
	l := lighttest.NewLedger(lighttest.Options{Seed: "bazaar"}, g)
	l.Rules = rules
	for range 10 {
		l.Execute(lighttest.Spec{Txs: [][]byte{l.Tx(alice, "transfer", account.Transfer{To: bob.Account(), Amount: 1000}, 0)}})
	}
	l.Execute(lighttest.Spec{})
	return l
}

func follower(t testing.TB, l *lighttest.Ledger, trust bool, sources ...light.Source) *light.Client {
	t.Helper()
	cfg := light.Config{ChainID: l.ID(), Now: l.Now, Sources: sources, AppVersion: chain.AppVersion}
	if trust {
		cfg.Trust = l.Trust(1)
	}
	c, err := light.NewClient(context.Background(), cfg)
	if err == nil {
		_, err = c.Sync(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func balance(t testing.TB, c *light.Client, height uint64, uri string) light.Proven[view.Account] {
	t.Helper()
	h, err := c.At(context.Background(), height+1)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := chain.Lookup(chain.AccountQuery)
	raw, err := c.QueryAt(context.Background(), h, p, codec.MustEncode(chain.AccountArgs{Address: devKey(t, uri).Account()}))
	if err != nil {
		t.Fatal(err)
	}
	a, err := light.As[view.Account](raw)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Each block that honest producers made gives its root again, and figures of states within the run are replayed, those
// outside of it are not.
func TestReplay(t *testing.T) {
	l := bazaar(t, nil)
	c := follower(t, l, true, l.Source("honest"))
	if _, err := c.ReplayNext(t.Context()); err == nil {
		t.Error("a run that nobody began goes on")
	}
	c.ReplayFrom(4)
	for height := uint64(4); height <= 8; height++ {
		r, err := c.ReplayNext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if r.Height != height || r.Txs != 1 || r.Bytes <= r.Stats.Bytes || r.Level != level.Proven || [32]byte(r.Root) != [32]byte(l.Block(height+1).Header.AppHash) {
			t.Errorf("%+v", r)
		}
		if epochs := len(r.Epochs); epochs != map[uint64]int{5: 1}[height] {
			t.Errorf("block %d ran %d epochs", height, epochs)
		}
	}
	if h := c.ReplayedHead(); h != nil && h.Hash != l.Block(9).Hash() {
		t.Errorf("block %d names the state that was reached", h.Block.Height())
	}
	if from, to, ok := c.Replayed(); from != 4 || to != 8 || !ok {
		t.Errorf("replayed %d to %d, %v", from, to, ok)
	}
	for height, want := range map[uint64]level.Level{3: level.Proven, 4: level.Replayed, 8: level.Replayed, 9: level.Proven} {
		if got := balance(t, c, height, "//Bob"); got.Level() != want || got.Value().Free != tao.TAO+1000*tao.Amount(height) {
			t.Errorf("after block %d: %v, %d", height, got.Level(), got.Value().Free)
		}
	}
	if got := c.Counts().Replays; got != 5 {
		t.Errorf("%d replays counted", got)
	}
	if _, err := c.Replay(t.Context(), 10); err != nil { // a sample
		t.Error(err)
	}
	if got := balance(t, c, 10, "//Bob"); got.Level() != level.Proven {
		t.Errorf("a sample raised a level: %v", got.Level())
	}
	c.ReplayFrom(9)
	if got := balance(t, c, 8, "//Bob"); got.Level() != level.Proven {
		t.Errorf("a new run keeps the old one's level: %v", got.Level())
	}
	var reach *light.ReachError
	if _, err := c.Replay(t.Context(), 11); !errors.As(err, &reach) {
		t.Errorf("the newest block: %v", err)
	}
}

// A block whose results don't follow from it stops the client, whose evidence convinces whoever has the two headers.
func TestReplayFindsFraud(t *testing.T) {
	for _, cheat := range lighttest.Cheats {
		t.Run(cheat.Name, func(t *testing.T) {
			l := bazaar(t, cheat.At(5))
			c := follower(t, l, true, l.Source("honest"))
			if _, err := c.Replay(t.Context(), 4); err != nil {
				t.Fatal(err)
			}
			_, err := c.Replay(t.Context(), 5)
			var fraud *light.FraudError
			if !errors.As(err, &fraud) || fraud.Height() != 5 || fraud.What != cheat.Differs || light.VerdictOf(err) != light.Blame {
				t.Fatal(err)
			}
			if n := len(fraud.Evidence.Signers()); n != 4 {
				t.Errorf("%d signers are named", n)
			}
			if _, err := c.Query(t.Context(), chain.Queries[0], nil); err != error(fraud) {
				t.Errorf("the client goes on: %v", err)
			}
			if c.Fraud() != fraud {
				t.Error("the client forgot")
			}
			if _, err := c.Replay(t.Context(), 4); err != error(fraud) {
				t.Errorf("it replays on: %v", err)
			}
			if again := fraud.Evidence.Check(); !errors.As(again, new(*light.FraudError)) {
				t.Errorf("the evidence shows %v", again)
			}
			clean := fraud.Evidence
			clean.Witness = bytes.Clone(clean.Witness)
			clean.Witness[len(clean.Witness)-1] ^= 1
			if err := clean.Check(); light.Code(err) != "false_node" {
				t.Errorf("evidence with a false witness: %v", err)
			}
		})
	}
}

// Without a trust root two headers accuse nobody.
func TestFraudNeedsATrustRoot(t *testing.T) {
	l := bazaar(t, lighttest.PayFriend.At(5))
	c := follower(t, l, false, l.Source("honest"))
	_, err := c.Replay(t.Context(), 5)
	if c.ReplayFrom(3); c.ReplayedHead() != nil {
		t.Error("a state counts as reached")
	}
	for range 2 {
		r, err := c.ReplayNext(t.Context())
		if err != nil || r.Height != 3 || r.Level != level.Claimed {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if from, to, ok := c.Replayed(); ok {
		t.Errorf("blocks %d to %d that nobody vouches for count as replayed", from, to)
	}
	if a, err := c.Audit(t.Context(), 1, 10); err != nil || a.Level != level.Claimed {
		t.Errorf("an audit: %+v, %v", a, err)
	}
	if light.Code(err) != "unsigned_mismatch" || light.VerdictOf(err) != light.Inconclusive || c.Fraud() != nil {
		t.Errorf("%v", err)
	}
}

// What relays do to keep a block from being replayed: they are blamed for what is false and for nothing else, and an
// honest one beside them is enough.
func TestReplayOverBadAnswers(t *testing.T) {
	l := bazaar(t, nil)
	truth := func(req wire.WitnessRequest) state.Witness {
		w, err := l.Witness(context.Background(), req)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	withWitness := func(change func(wire.WitnessRequest) (state.Witness, error)) func(*lighttest.Source) {
		return func(s *lighttest.Source) {
			s.Witnesses = func(_ context.Context, req wire.WitnessRequest) (state.Witness, error) { return change(req) }
		}
	}
	for name, c := range map[string]struct {
		change func(*lighttest.Source)
		code   string
		blamed bool
	}{
		"withheld": {withWitness(func(wire.WitnessRequest) (state.Witness, error) {
			return nil, &wire.Refusal{Code: wire.CodeNotFound}
		}), "not_found", false},
		"of a query": {withWitness(func(req wire.WitnessRequest) (state.Witness, error) {
			return truth(wire.WitnessRequest{Root: req.Root, Program: chain.SupplyQuery, Args: codec.MustEncode(chain.None{})}), nil
		}), "missing_node", false},
		"a bit flipped": {withWitness(func(req wire.WitnessRequest) (state.Witness, error) {
			w := bytes.Clone(truth(req))
			w[len(w)/2] ^= 4
			return w, nil
		}), "false_node", true},
		"of another block": {withWitness(func(req wire.WitnessRequest) (state.Witness, error) {
			next, err := light.ReplayRequest(l.Block(8))
			if err != nil {
				return nil, err
			}
			return truth(next), nil
		}), "false_node", true},
		"another list of transactions": {func(s *lighttest.Source) {
			s.Bodies = func(_ uint64, b wire.BlockReply) (*wire.BlockReply, error) {
				b.Txs = nil
				return &b, nil
			}
		}, "wrong_hash", true},
		"other evidence": {func(s *lighttest.Source) {
			s.Bodies = func(_ uint64, b wire.BlockReply) (*wire.BlockReply, error) {
				b.Evidence = []byte{0x0a, 0x02, 0x0a, 0x00}
				return &b, nil
			}
		}, "wrong_hash", true},
	} {
		t.Run(name, func(t *testing.T) {
			liar := l.Source("liar")
			c.change(liar)
			alone := follower(t, l, true, liar)
			_, err := alone.Replay(t.Context(), 7)
			want := light.Inconclusive
			if c.blamed {
				want = light.Blame
			}
			if light.Code(err) != c.code || light.VerdictOf(err) != want || alone.Fraud() != nil {
				t.Errorf("%v: %s, %v", err, light.Code(err), light.VerdictOf(err))
			}
			if _, err := follower(t, l, true, liar, l.Source("honest")).Replay(t.Context(), 7); err != nil {
				t.Errorf("beside an honest relay: %v", err)
			}
		})
	}
}

// A block under rules that this program doesn't know proves nothing.
func TestReplayOfUnknownRules(t *testing.T) {
	l := bazaar(t, nil)
	reply, err := l.Source("").Block(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []uint64{chain.AppVersion - 1, chain.AppVersion + 1, 1<<64 - 1} {
		before, next := l.Block(7), l.Block(8)
		before.Header.AppVersion = version
		hash := before.Hash()
		next.Header.LastBlockID.Hash = hash[:]
		var other *light.VersionError
		if _, err := light.Execute(before, next, light.Contents{Txs: reply.Txs}, nil); !errors.As(err, &other) || other.Got != version || light.Code(err) != "unknown_version" || light.VerdictOf(err) != light.Inconclusive {
			t.Errorf("version %d: %v", version, err)
		}
	}
	if _, err := light.Execute(l.Block(7), l.Block(9), light.Contents{Txs: reply.Txs}, nil); light.Code(err) != "invalid_block" {
		t.Errorf("two blocks that don't follow each other: %v", err)
	}
	for name, change := range map[string]func(*light.Header){
		"another block before": func(h *light.Header) { h.LastBlockID.Hash = bytes.Repeat([]byte{7}, 32) },
		"no block before":      func(h *light.Header) { h.LastBlockID.Hash = nil },
		"a height too high":    func(h *light.Header) { h.Height++ },
		"a height too low":     func(h *light.Header) { h.Height-- },
	} {
		next := *l.Block(8)
		change(&next.Header)
		if _, err := light.Execute(l.Block(7), &next, light.Contents{Txs: reply.Txs}, nil); light.Code(err) != "invalid_block" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A block whose results a header under unknown rules names accuses nobody: what that header says means something else.
func TestReplayIntoUnknownRules(t *testing.T) {
	l := bazaar(t, nil)
	newest := l.Block(11)
	newest.Header.AppVersion, newest.Header.AppHash = chain.AppVersion+1, bytes.Repeat([]byte{1}, 32)
	l.Seal(newest)
	s := l.Source("honest")
	s.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 11 {
			return lighttest.Copy(newest)
		}
		return b
	}
	c := follower(t, l, true, s)
	if _, err := c.Replay(t.Context(), 9); light.Code(err) == "fraud" {
		t.Error(err)
	}
	if _, err := c.Replay(t.Context(), 10); light.Code(err) != "unknown_version" || light.VerdictOf(err) != light.Inconclusive || c.Fraud() != nil {
		t.Errorf("into other rules: %v", err)
	}
}

// All producers sign two blocks 10, and the run is shown the one that the client's newest block doesn't follow: that is their
// fork, and not the fault of whoever sends the next block's witness.
func TestReplayOnTheOtherSideOfAFork(t *testing.T) {
	l := bazaar(t, nil)
	other := l.Block(10)
	other.Header.DataHash[0] ^= 1
	l.Seal(other)
	s := l.Source("forked")
	asked, blamed, honest := 0, 0, false
	s.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 10 {
			if asked++; asked > 1 && !honest { // the first is on the way down to block 8
				return lighttest.Copy(other)
			}
		}
		return b
	}
	c, err := light.NewClient(t.Context(), light.Config{ChainID: l.ID(), Now: l.Now, Trust: l.Trust(1), Sources: []light.Source{s}, AppVersion: chain.AppVersion,
		OnEvent: func(e light.Event) {
			if e.Kind == light.EventBlame {
				blamed++
			}
		}})
	if err == nil {
		_, err = c.Sync(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	c.ReplayFrom(8) // block 9 comes by hashes, what a run goes on with by signatures
	if r, err := c.ReplayNext(t.Context()); err != nil || r.Basis.Next.Hash() != l.Block(9).Hash() {
		t.Fatalf("block 8: %v", err)
	}
	if r, err := c.ReplayNext(t.Context()); err != nil || r.Basis.Next.Hash() != other.Hash() {
		t.Fatalf("block 9 leads to both: %v", err)
	}
	honest = true
	if p := balance(t, c, 9, "//Bob"); p.Level() != level.Proven { // the run has not led to the block 10 that hashes lead to
		t.Errorf("the other block 10: %s", p.Level())
	}
	honest = false
	var fork *light.ForkError
	if _, err := c.ReplayNext(t.Context()); !errors.As(err, &fork) || c.Fork() != fork || blamed != 0 {
		t.Fatalf("%v, %d blamed", err, blamed)
	}
	if fork.A.Block().Hash() != other.Hash() || fork.B.Block().Hash() != l.Block(11).Hash() {
		t.Errorf("%v", fork)
	}
}

// A run that is asked to go on twice at once goes on by one block.
func TestReplayNextTwiceAtOnce(t *testing.T) {
	l := bazaar(t, nil)
	s := l.Source("honest")
	var c *light.Client
	var inner error
	nested, honest := true, s.Witnesses
	s.Witnesses = func(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
		if req.Program == chain.ReplayProgram && !nested {
			nested = true
			_, inner = c.ReplayNext(ctx)
		}
		return honest(ctx, req)
	}
	c = follower(t, l, true, s)
	c.ReplayFrom(4)
	for height := uint64(4); height <= 10; height++ {
		nested = height != 5
		if r, err := c.ReplayNext(t.Context()); err != nil || inner != nil || r.Height != height || !nested {
			t.Fatalf("%+v, %v, %v", r, err, inner)
		}
	}
	if h := c.ReplayedHead(); h == nil || h.Hash != l.Block(11).Hash() {
		t.Errorf("%+v names the state that was reached", h)
	}
	if from, to, ok := c.Replayed(); from != 4 || to != 10 || !ok {
		t.Errorf("replayed %d to %d, %v", from, to, ok)
	}
}

// A convicted producer is gone two blocks later, and the replay follows.
func TestReplayOfAConviction(t *testing.T) {
	l := bazaar(t, nil)
	guilty := l.Producers()[1]
	evidence, convicted := doubleVote(light.AddressOf([32]byte(guilty.Key.Public().(ed25519Key))), 9)
	l.Execute(lighttest.Spec{Evidence: evidence}, convicted)
	for range 3 {
		l.Execute(lighttest.Spec{})
	}
	c := follower(t, l, true, l.Source("honest"))
	if n := len(c.Head().Block.Validators.List); n != 3 {
		t.Fatalf("%d producers are left", n)
	}
	c.ReplayFrom(9)
	for range 5 {
		if _, err := c.ReplayNext(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

type ed25519Key = ed25519.PublicKey

// doubleVote is a block's evidence against one producer, as far as the state machine is told of it.
func doubleVote(address [20]byte, height uint64) ([]byte, chain.Evidence) {
	field := func(n protowire.Number, v []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), v)
	}
	vote := protowire.AppendVarint(protowire.AppendTag(nil, 2, protowire.VarintType), height)
	vote = append(vote, field(6, address[:])...)
	votes := append(field(1, vote), field(2, vote)...)
	return field(1, field(1, votes)), chain.Evidence{Address: address, Height: height}
}

// A run goes on where it was when the client was last saved.
func TestReplayGoesOn(t *testing.T) {
	l := bazaar(t, nil)
	store := dssync.MutexWrap(ds.NewMapDatastore())
	open := func() *light.Client {
		c, err := light.NewClient(t.Context(), light.Config{ChainID: l.ID(), Trust: l.Trust(1), Now: l.Now, Store: store,
			Sources: []light.Source{l.Source("honest")}, AppVersion: chain.AppVersion})
		if err == nil {
			_, err = c.Sync(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := open()
	if _, ok := c.ReplayingNext(); ok {
		t.Error("a run that nobody began")
	}
	c.ReplayFrom(7)
	for range 3 {
		if _, err := c.ReplayNext(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	l.Execute(lighttest.Spec{})
	if _, err := c.Sync(t.Context()); err != nil { // saves
		t.Fatal(err)
	}
	l.Execute(lighttest.Spec{})
	c = open()
	if from, to, ok := c.Replayed(); from != 7 || to != 9 || !ok {
		t.Fatalf("%d to %d, %v", from, to, ok)
	}
	if got := balance(t, c, 9, "//Bob"); got.Level() != level.Replayed {
		t.Error(got.Level())
	}
	if r, err := c.ReplayNext(t.Context()); err != nil || r.Height != 10 {
		t.Errorf("%+v, %v", r, err)
	}
}
