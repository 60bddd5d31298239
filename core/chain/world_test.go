package chain

import (
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// world is a chain in memory that tests drive block by block.
type world struct {
	t        testing.TB
	tree     *state.Tree
	chainID  string
	height   uint64
	verify   sign.Verifier
	evidence []Evidence // of the next block
	audits   uint64     // every so many blocks the whole state is counted again

	around func(Block) (after func(Outcome)) // called before and after each block, if set
}

func key(t testing.TB, uri string) *sign.Key {
	t.Helper()
	k, err := sign.FromURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// testGenesis: Alice and Bob have 100 TAO, Carol 1, Alice owns a hotkey with 10 TAO staked, one subnet has members.
func testGenesis(t testing.TB) *Genesis {
	alice, bob, hot := key(t, "//Alice").Account(), key(t, "//Bob").Account(), key(t, "//Alice//hotkey").Account()
	carol, err := sign.FromURIScheme(sign.Ed25519, "//Carol")
	if err != nil {
		t.Fatal(err)
	}
	g := &Genesis{
		Name: "test", Time: 1_700_000_000_000, Source: "made up for a test", Params: ledger.DefaultParams(),
		Producers: []Producer{{PubKey: [32]byte{1}, Power: 10}, {PubKey: [32]byte{2}, Power: 10}},
		Balances:  []Balance{{Address: alice, Free: 100 * tao.TAO}, {Address: bob, Free: 100 * tao.TAO}, {Address: carol.Account(), Free: tao.TAO}, {Address: keys.Account{}, Free: 38_827_013}},
		Stakes:    []StakeOf{{Coldkey: alice, Hotkey: hot, Amount: 10 * tao.TAO}},
		Subnets:   []SubnetOf{{Netuid: 1, Name: "one", Owner: alice, Params: hyper.Defaults(), Hotkeys: []keys.Account{hot}}, {Netuid: 2, Name: "empty", Owner: bob, Params: hyper.Defaults()}},
	}
	g.sort()
	return g
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return worldOf(t, testGenesis(t))
}

func worldOf(t testing.TB, g *Genesis) *world {
	t.Helper()
	w := &world{t: t, tree: state.New(), chainID: g.ChainID(), verify: sign.VerifyAll, audits: 1}
	if err := g.Apply(w.tree); err != nil {
		t.Fatal(err)
	}
	return w
}

// block executes the next block and audits the state after it.
func (w *world) block(txs ...[]byte) Outcome {
	w.t.Helper()
	b := w.blockOf(txs)
	w.height++
	w.evidence = nil
	after := func(Outcome) {}
	if w.around != nil {
		after = w.around(b)
	}
	out, err := Execute(w.tree, b, w.verify)
	if err != nil {
		w.t.Fatalf("block %d: %v", w.height, err)
	}
	after(out)
	if w.height%w.audits != 0 {
		return out
	}
	if _, err := Audit(w.tree); err != nil {
		w.t.Fatalf("block %d: %v", w.height, err)
	}
	return out
}

// blockOf returns the next block with transactions. Its hash is its height.
func (w *world) blockOf(txs [][]byte) Block {
	next := w.height + 1
	return Block{
		ChainID: w.chainID, Height: next, Time: (1_700_000_000 + next) * 1e9, Hash: w.hashOf(next),
		AppVersion: AppVersion, Txs: txs, Evidence: w.evidence,
	}
}

// tx signs a call with the account's next nonce, counting skip transactions that are signed but not yet in a block.
func (w *world) tx(from *sign.Key, call string, args any, skip uint64) []byte {
	w.t.Helper()
	raw, err := w.body(from, call, args, skip).Sign(w.chainID, from)
	if err != nil {
		w.t.Fatal(err)
	}
	return raw
}

func (w *world) body(from *sign.Key, call string, args any, skip uint64) Body {
	return Body{Signer: from.Account(), Scheme: from.Scheme(), Nonce: w.account(from.Account()).Nonce + skip, ValidUntil: w.height + 64, Call: call, Args: codec.MustEncode(args)}
}

func (w *world) account(id keys.Account) account.Account {
	w.t.Helper()
	a, _, err := account.Get(w.tree, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// one executes a block with one transaction and returns its code.
func (w *world) one(raw []byte) ledger.Code {
	w.t.Helper()
	return w.block(raw).Results[0].Code
}

// hashOf is the hash that the block at a height has here.
func (w *world) hashOf(height uint64) [32]byte {
	return [32]byte{31: byte(height), 30: byte(height >> 8)}
}
