package consensus

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/types"
	"github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPacerAimsAtMultiples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blockTime := time.Duration(rapid.Int64Range(int64(20*time.Millisecond), int64(12*time.Second)).Draw(t, "block time"))
		now := time.Unix(0, rapid.Int64Range(0, 1<<61).Draw(t, "now"))
		c := cfg.DefaultConsensusConfig()
		pacer(c, blockTime, func() time.Time { return now })()
		end := now.Add(c.TimeoutCommit).UnixNano()
		if end%int64(blockTime) != 0 {
			t.Fatalf("the pause of %v from %v ends beside a multiple of %v", c.TimeoutCommit, now, blockTime)
		}
		if c.TimeoutCommit < blockTime/2 || c.TimeoutCommit > blockTime*3/2 {
			t.Fatalf("a pause of %v for a block time of %v", c.TimeoutCommit, blockTime)
		}
	})
}

func key(t testing.TB, uri string) *sign.Key {
	t.Helper()
	k, err := sign.FromURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestVerifierEqualsVerifyAll(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	v := newVerifier(ctx)
	k := key(t, "//Alice")
	var checks []sign.Check
	for i := range 300 {
		c := sign.Check{Account: k.Account(), Message: fmt.Appendf(nil, "message %d", i)}
		var err error
		if c.Signature, err = k.Sign(c.Message); err != nil {
			t.Fatal(err)
		}
		if i%7 == 0 {
			c.Signature[5] ^= 1
		}
		checks = append(checks, c)
	}
	for _, n := range []int{0, 1, verifyChunk, verifyChunk + 1, 300} {
		if got, want := v.verify(checks[:n]), sign.VerifyAll(checks[:n]); !slices.Equal(got, want) {
			t.Errorf("%d checks differ", n)
		}
	}
	cancel()
	v.wait()
	if got := v.verify(checks); !slices.Equal(got, sign.VerifyAll(checks)) {
		t.Error("without workers")
	}
}

// newApp is the application over an empty store, told of the genesis.
func newApp(t testing.TB, store datastore.Batching) *app {
	t.Helper()
	g := &chain.Genesis{Name: "app", Params: ledger.DefaultParams(), Producers: []chain.Producer{{PubKey: [32]byte{1}, Power: 1}}}
	g.Balances = []chain.Balance{{Address: key(t, "//Alice").Account(), Free: 100 * tao.TAO}}
	tree, err := state.Open(context.Background(), store, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := &app{
		genesis: g, chainID: g.ChainID(), verify: sign.VerifyAll, rules: chain.Execute, tree: tree,
		pace: func() {}, commit: func(uint64) {}, fail: func(err error) { t.Errorf("failed: %v", err) },
	}
	if err := a.remember(); err != nil {
		t.Fatal(err)
	}
	return a
}

func transfer(t testing.TB, a *app, nonce uint64, amount tao.Amount) []byte {
	t.Helper()
	alice := key(t, "//Alice")
	tx, err := chain.Body{
		Signer: alice.Account(), Scheme: alice.Scheme(), Nonce: nonce, ValidUntil: 100, Call: "transfer",
		Args: codec.MustEncode(account.Transfer{To: key(t, "//Bob").Account(), Amount: amount}),
	}.Sign(a.chainID, alice)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func block(t testing.TB, a *app, height int64, txs ...[]byte) *abci.ResponseFinalizeBlock {
	t.Helper()
	r, err := a.FinalizeBlock(context.Background(), &abci.RequestFinalizeBlock{
		Height: height, Time: time.Unix(1_700_000_000+height, 0), Txs: txs, ProposerAddress: make([]byte, 20), Hash: make([]byte, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestApp(t *testing.T) {
	ctx := context.Background()
	store := dssync.MutexWrap(datastore.NewMapDatastore())
	a := newApp(t, store)
	start, err := a.InitChain(ctx, nil)
	if err != nil || len(start.AppHash) != 32 {
		t.Fatalf("%x, %v", start, err)
	}
	if info, _ := a.Info(ctx, nil); info.LastBlockHeight != 0 || info.AppVersion != chain.AppVersion {
		t.Errorf("info before a block: %+v", info)
	}
	good, late, bad := transfer(t, a, 0, tao.TAO), transfer(t, a, 7, tao.TAO), []byte("junk")
	failing := transfer(t, a, 1, 1000*tao.TAO)
	if r, err := a.CheckTx(ctx, &abci.RequestCheckTx{Tx: good}); err != nil || r.Code != codeNotReady {
		t.Errorf("before a block: %+v, %v", r, err)
	}

	p, err := a.PrepareProposal(ctx, &abci.RequestPrepareProposal{Height: 1, Txs: [][]byte{bad, late, good, failing}, MaxTxBytes: 1 << 20})
	if err != nil || len(p.Txs) != 2 || string(p.Txs[0]) != string(good) || string(p.Txs[1]) != string(failing) {
		t.Fatalf("picked %d, %v; want the good and the failing one", len(p.Txs), err)
	}
	if p, err := a.PrepareProposal(ctx, &abci.RequestPrepareProposal{Txs: [][]byte{good, failing}, MaxTxBytes: int64(len(good)) + 10}); err != nil || len(p.Txs) != 1 {
		t.Errorf("picked %d for one transaction's bytes, %v", len(p.Txs), err)
	}
	for name, c := range map[string]struct {
		txs  [][]byte
		want abci.ResponseProcessProposal_ProposalStatus
	}{
		"empty": {nil, abci.ResponseProcessProposal_ACCEPT},
		"good":  {p.Txs, abci.ResponseProcessProposal_ACCEPT},
		"junk":  {[][]byte{good, bad}, abci.ResponseProcessProposal_REJECT},
		"twice": {[][]byte{good, good}, abci.ResponseProcessProposal_REJECT},
		"late":  {[][]byte{late}, abci.ResponseProcessProposal_REJECT},
	} {
		if r, err := a.ProcessProposal(ctx, &abci.RequestProcessProposal{Height: 1, Txs: c.txs}); err != nil || r.Status != c.want {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}

	done := block(t, a, 1, p.Txs...)
	if done.TxResults[0].Code != 0 || done.TxResults[1].Code != uint32(ledger.InsufficientBalance) {
		t.Errorf("results %+v", done.TxResults)
	}
	for _, r := range done.TxResults {
		if r.GasUsed == 0 || r.GasWanted != r.GasUsed || r.Log != "" || len(r.Events) != 0 {
			t.Errorf("result %+v: only code, data and gas, both gases equal", r)
		}
	}
	if _, err := a.Commit(ctx, nil); err != nil {
		t.Fatal(err)
	}
	info, _ := a.Info(ctx, nil)
	if info.LastBlockHeight != 1 || string(info.LastBlockAppHash) != string(done.AppHash) {
		t.Errorf("info after block 1: %+v", info)
	}

	// The mempool: one after the other, and refused in words.
	for _, c := range []struct {
		tx   []byte
		code ledger.Code
	}{
		{transfer(t, a, 2, tao.TAO), 0}, {transfer(t, a, 3, tao.TAO), 0}, {transfer(t, a, 5, tao.TAO), ledger.NonceAhead},
		{good, ledger.NonceUsed}, {transfer(t, a, 4, 1000*tao.TAO), ledger.InsufficientBalance}, {bad, ledger.Malformed},
	} {
		r, err := a.CheckTx(ctx, &abci.RequestCheckTx{Tx: c.tx})
		if err != nil || r.Code != uint32(c.code) || (c.code != 0) != (r.Log != "") {
			t.Errorf("%+v, %v; want %v", r, err, c.code)
		}
	}

	// A block that was executed but not committed is executed again after a restart, to the same end.
	lost := block(t, a, 2, transfer(t, a, 2, tao.TAO))
	again := newApp(t, store)
	if info, _ := again.Info(ctx, nil); info.LastBlockHeight != 1 {
		t.Fatalf("after the restart at %d", info.LastBlockHeight)
	}
	if got := block(t, again, 2, transfer(t, again, 2, tao.TAO)); string(got.AppHash) != string(lost.AppHash) {
		t.Errorf("block 2 has the root %x, had %x", got.AppHash, lost.AppHash)
	}
}

func TestBlockOf(t *testing.T) {
	at := time.Unix(1_700_000_000, 123_456_789)
	b := blockOf(&abci.RequestFinalizeBlock{
		Height: 9, Time: at, Txs: [][]byte{{1}}, Hash: slices.Repeat([]byte{2}, 32), ProposerAddress: slices.Repeat([]byte{3}, 20),
		Misbehavior: []abci.Misbehavior{
			{Type: abci.MisbehaviorType_DUPLICATE_VOTE, Height: 7, Validator: abci.Validator{Address: slices.Repeat([]byte{4}, 20)}},
			{Type: abci.MisbehaviorType_LIGHT_CLIENT_ATTACK, Height: 6, Validator: abci.Validator{Address: slices.Repeat([]byte{5}, 20)}},
			{Type: abci.MisbehaviorType_LIGHT_CLIENT_ATTACK, Height: 6, Validator: abci.Validator{Address: slices.Repeat([]byte{6}, 20)}},
		},
	}, "c")
	if b.ChainID != "c" || b.Height != 9 || b.Time != uint64(at.UnixNano()) || b.Hash[31] != 2 || b.Proposer[19] != 3 || len(b.Txs) != 1 ||
		len(b.Evidence) != 3 || b.Evidence[1].Height != 6 || b.Evidence[1].Address[0] != 5 || b.Evidence[2].Address[0] != 6 || b.Evidence[0].Height != 7 || b.Evidence[0].Address[19] != 4 || b.AppVersion != chain.AppVersion {
		t.Errorf("%+v", b)
	}
}

func TestGenesisDoc(t *testing.T) {
	g := &chain.Genesis{Name: "doc", Time: 1_700_000_000_000, Producers: []chain.Producer{{PubKey: [32]byte{1}, Power: 3}, {PubKey: [32]byte{2}, Power: 4}}}
	doc, err := genesisDoc(g)
	if err != nil {
		t.Fatal(err)
	}
	if doc.ChainID != g.ChainID() || len(doc.Validators) != 2 || doc.Validators[1].Power != 4 || doc.GenesisTime.UnixMilli() != int64(g.Time) {
		t.Errorf("%+v", doc)
	}
	if p := doc.ConsensusParams; p.Block.MaxBytes != 2<<20 || p.Evidence.MaxAgeDuration != 21*24*time.Hour || p.Version.App != chain.AppVersion {
		t.Errorf("%+v", p)
	}
	for i, v := range doc.Validators {
		if want := g.Producers[i].Address(); string(v.Address) != string(types.Address(want[:])) {
			t.Errorf("producer %d is %s to CometBFT, %x to the chain", i, v.Address, want)
		}
	}
	home := t.TempDir()
	first, err := LoadKeys(home)
	if err != nil {
		t.Fatal(err)
	}
	second, err := LoadKeys(home)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := first.Identity(10)
	b, _ := second.Identity(10)
	if a != b || first.Peer.ID() != second.Peer.ID() || !first.Relay.Equals(second.Relay) {
		t.Error("the keys changed from one load to the next")
	}
}
