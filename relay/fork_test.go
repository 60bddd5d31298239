package relay

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/cometbft/cometbft/privval"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/lying"
)

// traitors are producers whose keys sign whatever a test wants.
type traitors map[[20]byte]ed25519.PrivateKey

func keysOf(t testing.TB, homes []string) traitors {
	t.Helper()
	out := make(traitors)
	for _, home := range homes {
		pv := privval.LoadFilePV(filepath.Join(home, "config", "priv_validator_key.json"), filepath.Join(home, "data", "priv_validator_state.json"))
		key := ed25519.PrivateKey(pv.Key.PrivKey.Bytes())
		out[light.AddressOf([32]byte(key.Public().(ed25519.PublicKey)))] = key
	}
	return out
}

func addressOf(t testing.TB, home string) (address [20]byte) {
	t.Helper()
	for address = range keysOf(t, []string{home}) {
	}
	return address
}

// sign gives the block the hash that it has now and the traitors' signatures, in the round of the true one.
func (tr traitors) sign(b *light.LightBlock) {
	hash := b.Hash()
	b.Commit.BlockID = light.BlockID{Hash: hash[:], PartsTotal: 1, PartsHash: hash[:]}
	for i, v := range b.Validators.List {
		b.Commit.Signatures[i] = light.CommitSig{Flag: light.FlagAbsent}
		if key := tr[v.Address]; key != nil {
			s := &b.Commit.Signatures[i]
			*s = light.CommitSig{Flag: light.FlagCommit, Address: v.Address[:], Time: b.Header.Time.Add(time.Millisecond)}
			s.Signature = ed25519.Sign(key, b.Commit.SignBytes(b.Header.ChainID, i))
		}
	}
}

// settledBlock returns a block of the node's that the next one follows, signed by all.
func settledBlock(t testing.TB, ctx context.Context, s light.Source, n *Node) *light.LightBlock {
	t.Helper()
	for height := n.Height() + 1; ; height++ {
		waitFor(t, n, height+1)
		blocks, err := s.LightBlock(ctx, height, height)
		if err != nil {
			t.Fatal(err)
		}
		b := blocks[0]
		all := !slices.ContainsFunc(b.Commit.Signatures, func(s light.CommitSig) bool { return s.Flag != light.FlagCommit })
		if all && b.Commit.Round == 0 {
			return b
		}
	}
}

// TestProducersWhoSignTwiceAreRemoved: a client of an honest and a lying relay finds the fork, hands in evidence, and the
// chain goes on without those who signed for the liar.
func TestProducersWhoSignTwiceAreRemoved(t *testing.T) {
	if testing.Short() {
		t.Skip("four nodes")
	}
	for kind, change := range map[light.Kind]func(*light.LightBlock){
		light.Equivocation: func(b *light.LightBlock) { b.Header.DataHash[0] ^= 1 },
		light.Lunatic:      func(b *light.LightBlock) { b.Header.AppHash[0] ^= 1 },
	} {
		t.Run(string(kind), func(t *testing.T) { treason(t, kind, change) })
	}
}

func treason(t *testing.T, kind light.Kind, change func(*light.LightBlock)) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	homes, config := quartet(t)
	// The one who stays honest is the last in CometBFT's order, behind the two thirds at which light clients stop counting.
	loyal := slices.MaxFunc([]int{0, 1, 2, 3}, func(a, b int) int {
		x, y := addressOf(t, homes[a]), addressOf(t, homes[b])
		return slices.Compare(x[:], y[:])
	})
	var honest *Node
	for i := range homes {
		if n := startNode(t, config(i)); i == loyal {
			honest = n
		}
	}
	waitFor(t, honest, 3)
	traitors := keysOf(t, slices.Delete(slices.Clone(homes), loyal, loyal+1))
	c, source := visit(t, honest)
	truth := settledBlock(t, ctx, source, honest)
	lie, before := twisted(t, truth, change, traitors), oneBlock(t, ctx, source, truth.Height()-1)
	checkRefusals(t, honest, light.NewAttack(lie, truth, before), truth)

	for i, v := range lie.Validators.List { // to spoil the evidence, the liar adds a false signature of who did not sign
		if s := &lie.Commit.Signatures[i]; s.Flag == light.FlagAbsent {
			*s = light.CommitSig{Flag: light.FlagCommit, Address: v.Address[:], Time: lie.Header.Time, Signature: make([]byte, 64)}
		}
	}
	liar, err := lying.Start(honest, lying.Options{Lie: lying.SecondChain, Block: lie.Encode()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { liar.Close() })
	evidence := meetBoth(t, ctx, c, source, dial(t, ctx, liar.Multiaddr()), kind, traitors)
	checkRemoval(t, ctx, honest, evidence, traitors, blockWithEvidence(t, ctx, source, honest, truth.Height()+1))
}

// twisted is another block in the place of the true one, signed by the traitors alone.
func twisted(t testing.TB, truth *light.LightBlock, change func(*light.LightBlock), by traitors) *light.LightBlock {
	t.Helper()
	b, err := light.DecodeLightBlock(truth.Encode())
	if err != nil {
		t.Fatal(err)
	}
	change(b)
	by.sign(b)
	return b
}

func oneBlock(t testing.TB, ctx context.Context, s light.Source, height uint64) *light.LightBlock {
	t.Helper()
	blocks, err := s.LightBlock(ctx, height, height)
	if err != nil {
		t.Fatal(err)
	}
	return blocks[0]
}

// meetBoth has the client meet the liar: it stops, says what the producers did without picking a side, and hands in the
// evidence, which is returned.
func meetBoth(t *testing.T, ctx context.Context, c *light.Client, honest, liar light.Source, kind light.Kind, by traitors) *light.Attack {
	t.Helper()
	c.Add(liar)
	if _, err := c.SyncWith(ctx, honest); err != nil {
		t.Fatal(err)
	}
	var fork *light.ForkError
	if _, err := c.SyncWith(ctx, liar); !errors.As(err, &fork) {
		t.Fatalf("no fork: %v", err)
	}
	reports := c.Report(ctx)
	fork = c.Fork()
	if len(reports) != 2 || !reports[0].Taken() || reports[1].Taken() {
		t.Fatalf("%v", reports)
	}
	evidence := reports[0].Attack
	var guilty [][20]byte
	for _, v := range evidence.Byzantine {
		guilty = append(guilty, v.Address)
	}
	for address := range by {
		if !slices.Contains(guilty, address) {
			t.Errorf("%x is not accused", address)
		}
	}
	if who := fork.Culprits(); fork.Kind() != kind || evidence.Kind() != kind || len(guilty) != 3 || len(who.Both) != 3 {
		t.Errorf("%s, %+v, accused: %x", fork.Kind(), who, guilty)
	}
	return evidence
}

// checkRemoval looks at the chain after the block that holds the evidence: the next producers are the honest one alone.
func checkRemoval(t *testing.T, ctx context.Context, honest *Node, evidence *light.Attack, by traitors, at uint64) {
	t.Helper()
	waitFor(t, honest, at+5)
	c, source := visit(t, honest)
	if _, err := c.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	p, _ := chain.Lookup(chain.ProducersQuery)
	raw, err := c.Query(ctx, p, codec.MustEncode(chain.None{}))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := light.As[view.Producers](raw)
	if err != nil {
		t.Fatal(err)
	}
	left, makers := answer.Value().Producers, oneBlock(t, ctx, source, at+3).Validators.List
	if len(left) != 1 || by[left[0].Address] != nil || len(makers) != 1 || makers[0].Address != left[0].Address {
		t.Errorf("producers left: %+v; they make the blocks: %+v", left, makers)
	}
	// Whoever executes the block again sees them go, too.
	if r, err := c.Replay(ctx, at); err != nil || len(r.Outcome.Updates) != 3 {
		t.Errorf("replay of block %d: %+v, %v", at, r, err)
	}
	if err := source.Report(ctx, evidence.Encode()); light.Code(err) != wire.CodeKnownEvidence {
		t.Errorf("a second time: %v", err)
	}
	post, err := client.Post(honest.URL()+wire.EvidencePath[1:], "application/cbor", bytes.NewReader(codec.MustEncode(wire.EvidenceRequest{Evidence: evidence.Encode()})))
	if err != nil {
		t.Fatal(err)
	}
	defer post.Body.Close()
	var reply wire.EvidenceReply
	if body, err := io.ReadAll(post.Body); err != nil || codec.Decode(body, &reply) != nil || reply.Refusal == nil || reply.Refusal.Code != wire.CodeKnownEvidence {
		t.Errorf("over HTTP: %s, %+v, %v", post.Status, reply.Refusal, err)
	}
}

// blockWithEvidence returns the height of the first block with evidence from a height on.
func blockWithEvidence(t testing.TB, ctx context.Context, s light.Source, n *Node, first uint64) uint64 {
	t.Helper()
	for height := first; height < first+40; height++ {
		waitFor(t, n, height)
		body, err := s.Block(ctx, height)
		if err != nil {
			t.Fatal(err)
		}
		if len(body.Evidence) > 0 {
			return height
		}
	}
	t.Fatal("no block holds the evidence")
	return 0
}

// checkRefusals hands in what is almost evidence: each of it is refused, and nothing of it waits for a block.
func checkRefusals(t *testing.T, n *Node, good *light.Attack, truth *light.LightBlock) {
	t.Helper()
	innocent := func() light.Validator {
		for _, v := range truth.Validators.List {
			if !slices.ContainsFunc(good.Byzantine, func(g light.Validator) bool { return g.Address == v.Address }) {
				return v
			}
		}
		return light.NewValidator([32]byte{1}, 1)
	}()
	for name, tc := range map[string]struct {
		code  string
		twist func(*light.Attack)
	}{
		"an innocent's false signature": {wire.CodeInvalidEvidence, func(a *light.Attack) {
			for i, v := range a.Conflicting.Validators.List {
				if v.Address == innocent.Address {
					a.Conflicting.Commit.Signatures[i] = light.CommitSig{Flag: light.FlagCommit, Address: v.Address[:], Time: a.Conflicting.Header.Time, Signature: make([]byte, 64)}
				}
			}
			a.Byzantine = slices.Clone(truth.Validators.List)
		}},
		"an innocent's signature of the true block": {wire.CodeInvalidEvidence, func(a *light.Attack) {
			for i, v := range a.Conflicting.Validators.List {
				if v.Address == innocent.Address {
					a.Conflicting.Commit.Signatures[i] = truth.Commit.Signatures[i]
				}
			}
			a.Byzantine = slices.Clone(truth.Validators.List)
		}},
		"an innocent accused": {wire.CodeInvalidEvidence, func(a *light.Attack) { a.Byzantine = slices.Clone(truth.Validators.List) }},
		"one guilty left out": {wire.CodeInvalidEvidence, func(a *light.Attack) { a.Byzantine = a.Byzantine[:2] }},
		"more power":          {wire.CodeInvalidEvidence, func(a *light.Attack) { a.TotalPower++ }},
		"an earlier height":   {wire.CodeInvalidEvidence, func(a *light.Attack) { a.CommonHeight-- }},
		"the true block":      {wire.CodeInvalidEvidence, func(a *light.Attack) { a.Conflicting = truth }},
		"another time":        {wire.CodeInvalidEvidence, func(a *light.Attack) { a.Time = a.Time.Add(1) }},
		"another round":       {wire.CodeInvalidEvidence, func(a *light.Attack) { a.Conflicting.Commit.Round++ }},
		"a block to come":     {wire.CodeNotYet, func(a *light.Attack) { a.Conflicting.Header.Height += 1000; a.Conflicting.Commit.Height += 1000 }},
		"out of order":        {wire.CodeBadRequest, func(a *light.Attack) { slices.Reverse(a.Byzantine) }},
		"height 0":            {wire.CodeBadRequest, func(a *light.Attack) { a.CommonHeight = 0 }},
	} {
		bad, err := light.DecodeAttack(good.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if tc.twist(bad); tc.code == wire.CodeInvalidEvidence {
			slices.SortFunc(bad.Byzantine, func(a, b light.Validator) int { return slices.Compare(a.Address[:], b.Address[:]) })
		}
		var no *wire.Refusal
		err = n.chain.Report(bad.Encode())
		if !errors.As(err, &no) || no.Code != tc.code {
			t.Errorf("%s: %v, want %s", name, err, tc.code)
		}
	}
	random := rand.New(rand.NewPCG(1, 1))
	raw := good.Encode()
	for range 100 {
		bad := slices.Clone(raw)
		bad[random.IntN(len(bad))] ^= 1 << random.IntN(8)
		if a, err := light.DecodeAttack(bad); err == nil && string(bare(a).Encode()) == string(bare(good).Encode()) {
			continue // whose turn it is to propose says nothing
		}
		var no *wire.Refusal
		if err := n.chain.Report(bad); !errors.As(err, &no) {
			t.Errorf("evidence with a flipped bit: %v", err)
		}
	}
	if pending := n.chain.EvidenceWaiting(); pending != 0 {
		t.Errorf("%d pieces of false evidence wait for a block", pending)
	}
}

// bare returns evidence without what no hash binds.
func bare(a *light.Attack) *light.Attack {
	out, block := *a, *a.Conflicting
	out.Conflicting, out.Byzantine = &block, slices.Clone(a.Byzantine)
	block.Validators.List = slices.Clone(block.Validators.List)
	block.Validators.Proposer = light.Validator{}
	for i := range block.Validators.List {
		block.Validators.List[i].Priority = 0
	}
	for i := range out.Byzantine {
		out.Byzantine[i].Priority = 0
	}
	return &out
}

func dial(t testing.TB, ctx context.Context, addr string) light.Source {
	t.Helper()
	conn, err := p2p.Dial(ctx, addr, p2p.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); <-conn.Done() })
	return light.NewRelay(addr, conn)
}
