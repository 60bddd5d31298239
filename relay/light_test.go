package relay

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

// visit connects as a light node does: what the page says, then libp2p, then a client pinned to the page's checkpoint.
func visit(t testing.TB, n *Node) (*light.Client, light.Source) {
	t.Helper()
	b := bootstrap(t, n)
	if len(b.Relays) != 1 || b.Relays[0] != n.Multiaddr() {
		t.Fatalf("the bootstrap names %v, want %s", b.Relays, n.Multiaddr())
	}
	return connect(t, b.ChainID, trustOf(t, b), b.Relays[0])
}

func connect(t testing.TB, chainID string, trust light.TrustRoot, addr string) (*light.Client, light.Source) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := p2p.Dial(ctx, addr, p2p.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); <-conn.Done() })
	source := light.NewRelay(addr, conn)
	c, err := light.NewClient(ctx, light.Config{ChainID: chainID, Trust: trust, Now: time.Now, Sources: []light.Source{source}})
	if err != nil {
		t.Fatal(err)
	}
	return c, source
}

func TestLightClientProvesAnAccountAndItsTransfer(t *testing.T) {
	n := devNode(t)
	waitFor(t, n, 3)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, source := visit(t, n)
	alice, bob := key(t, "//Alice"), key(t, "//Bob")

	before := proven(t, ctx, c, bob.Account())
	if before.Free != 1000*tao.TAO {
		t.Fatalf("Bob has %s at first", before.Free)
	}
	tx := transfer(t, n, alice, bob.Account(), 5*tao.TAO, 0)
	reply, _, err := c.Submit(ctx, tx)
	if err != nil || reply.Refusal != nil || reply.Hash != chain.TxHash(tx) {
		t.Fatalf("submit: %+v, %v", reply, err)
	}
	if reply, _, err := c.Submit(ctx, tx); err != nil || reply.Refusal != nil {
		t.Fatalf("the same again: %+v, %v", reply, err)
	}
	wrong := transfer(t, n, alice, bob.Account(), 5000*tao.TAO, 1)
	if reply, _, err := c.Submit(ctx, wrong); err != nil || reply.Refusal == nil || reply.Refusal.Code != "InsufficientBalance" {
		t.Fatalf("too much: %+v, %v", reply, err)
	}

	included := waitForTx(t, ctx, source, n, tx)
	waitFor(t, n, included+1)
	if after := proven(t, ctx, c, bob.Account()); after.Free != before.Free+5*tao.TAO {
		t.Fatalf("Bob has %s after the transfer, had %s", after.Free, before.Free)
	}
	body, err := c.Block(ctx, included)
	if err != nil || len(body.Txs) != 1 {
		t.Fatalf("block %d: %+v, %v", included, body, err)
	}
}

func transfer(t testing.TB, n *Node, from *sign.Key, to keys.Account, amount tao.Amount, nonce uint64) []byte {
	t.Helper()
	args, err := codec.Encode(account.Transfer{To: to, Amount: amount})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := chain.Body{
		Signer: from.Account(), Scheme: from.Scheme(), Nonce: nonce, ValidUntil: n.Height() + 100, Call: "transfer", Args: args,
	}.Sign(n.ChainID(), from)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// proven asks for an account and fails unless the answer is proven.
func proven(t testing.TB, ctx context.Context, c *light.Client, a keys.Account) view.Account {
	t.Helper()
	if _, err := c.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	p, ok := chain.Lookup(chain.AccountQuery)
	if !ok {
		t.Fatal("no program")
	}
	raw, err := c.Query(ctx, p, codec.MustEncode(chain.AccountArgs{Address: a}))
	if err != nil {
		t.Fatal(err)
	}
	v, err := light.As[view.Account](raw)
	if err != nil {
		t.Fatal(err)
	}
	if v.Level() != level.Proven {
		t.Fatalf("the account is %v, want proven", v.Level())
	}
	return v.Value()
}

// waitForTx returns the height of the block that holds the transaction.
func waitForTx(t testing.TB, ctx context.Context, s light.Source, n *Node, tx []byte) uint64 {
	t.Helper()
	for height := max(n.Height(), 2) - 1; ; height++ {
		waitFor(t, n, height)
		b, err := s.Block(ctx, height)
		if err != nil {
			t.Fatal(err)
		}
		for _, have := range b.Txs {
			if string(have) == string(tx) {
				return height
			}
		}
	}
}

func trustOf(t testing.TB, b wire.Bootstrap) light.TrustRoot {
	t.Helper()
	trust, err := light.ParseTrust(fmt.Sprintf("%d:%s", b.Checkpoint.Height, b.Checkpoint.Hash))
	if err != nil {
		t.Fatal(err)
	}
	return trust
}
