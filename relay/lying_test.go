package relay

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/consensus"
	"github.com/taolight/taolight/relay/lying"
)

func startLiar(t testing.TB, n *Node, lie lying.Lie) *lying.Relay {
	t.Helper()
	keys, err := consensus.LoadKeys(n.home)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lying.Start(n, lying.Options{Lie: lie, Static: dashboard, Producers: keys.Producer.Key.PrivKey.(ed25519.PrivKey), AtOnce: 300})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("close the liar: %v", err)
		}
	})
	return l
}

// bootstrapOf reads the bootstrap of a liar.
func bootstrapOf(t testing.TB, l *lying.Relay) wire.Bootstrap {
	t.Helper()
	r, err := client.Get(l.URL() + "bootstrap.json")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	var b wire.Bootstrap
	if err := json.Unmarshal(body, &b); err != nil {
		t.Fatalf("%s: %s", r.Status, body)
	}
	return b
}

func TestLiarsAreCaught(t *testing.T) {
	n := devNode(t)
	waitFor(t, n, 3)
	honest := bootstrap(t, n)
	alice := key(t, "//Alice").Account()
	program, _ := chain.Lookup(chain.AccountQuery)
	ask := func(ctx context.Context, c *light.Client) error {
		if _, err := c.Sync(ctx); err != nil {
			return err
		}
		_, err := c.Query(ctx, program, codec.MustEncode(chain.AccountArgs{Address: alice}))
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()

	for lie, want := range map[lying.Lie]any{
		lying.ForgedCommit:   new(*light.SignatureError),
		lying.FalseBalance:   new(*state.FalseNodeError),
		lying.OversizedFrame: new(*light.ProtocolError),
	} {
		t.Run(string(lie), func(t *testing.T) {
			l := startLiar(t, n, lie)
			if b := bootstrapOf(t, l); len(b.Relays) != 1 || b.Relays[0] != l.Multiaddr() {
				t.Fatalf("the liar's page names %v", b.Relays)
			}
			c, _ := connect(t, honest.ChainID, trustOf(t, honest), l.Multiaddr())
			err := ask(ctx, c)
			if err == nil || !errors.As(err, want) || light.VerdictOf(err) != light.Blame {
				t.Fatalf("got %v (%T), want a %T that blames", err, err, want)
			}
		})
	}

	t.Run(string(lying.StaleHead), func(t *testing.T) {
		l := startLiar(t, n, lying.StaleHead)
		c, source := connect(t, honest.ChainID, trustOf(t, honest), l.Multiaddr())
		first, err := c.Sync(ctx)
		if err != nil {
			t.Fatal(err)
		}
		waitFor(t, n, first.Block.Height()+3)
		if again, err := c.Sync(ctx); err != nil || again.Block.Height() != first.Block.Height() {
			t.Fatalf("the liar went on: %v, %v", again, err)
		}
		if _, err := source.Block(ctx, first.Block.Height()+1); err == nil {
			t.Fatal("the liar knows a later block")
		}
	})

	t.Run(string(lying.WithheldHead), func(t *testing.T) {
		l := startLiar(t, n, lying.WithheldHead)
		c, source := connect(t, honest.ChainID, trustOf(t, honest), l.Multiaddr())
		if _, err := c.Sync(ctx); light.Code(err) != wire.CodeNotFound || light.VerdictOf(err) != light.Inconclusive {
			t.Errorf("%v", err)
		}
		if _, err := source.LightBlock(ctx, 1, 1); err != nil {
			t.Error(err)
		}
	})

	waitFor(t, n, honest.Checkpoint.Height+2) // what is false below is not simply another block than the trusted one
	t.Run(string(lying.FutureHead), func(t *testing.T) {
		c, _ := connect(t, honest.ChainID, trustOf(t, honest), startLiar(t, n, lying.FutureHead).Multiaddr())
		if _, err := c.Sync(ctx); !errors.As(err, new(*light.FutureError)) {
			t.Errorf("%v", err)
		}
	})

	t.Run(string(lying.Equivocation), func(t *testing.T) {
		c, _ := connect(t, honest.ChainID, trustOf(t, honest), startLiar(t, n, lying.Equivocation).Multiaddr())
		if _, err := c.Sync(ctx); err != nil {
			t.Fatal(err) // all producers signed it
		}
		conn, err := p2p.Dial(ctx, n.Multiaddr(), p2p.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var fork *light.ForkError
		for err == nil { // until the true chain has a block at that height
			_, err = c.SyncWith(ctx, light.NewRelay("honest", conn))
		}
		if !errors.As(err, &fork) || fork.A.Block().Hash() == fork.B.Block().Hash() {
			t.Errorf("%v", err)
		}
	})

	t.Run(string(lying.Slowloris), func(t *testing.T) {
		addr := startLiar(t, n, lying.Slowloris).Multiaddr()
		began := time.Now()
		_, err := p2p.Dial(ctx, addr, p2p.Options{Timeout: 500 * time.Millisecond})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})

	t.Run(string(lying.ManInTheMiddle), func(t *testing.T) {
		l := startLiar(t, n, lying.ManInTheMiddle)
		addr := bootstrapOf(t, l).Relays[0]
		_, err := p2p.Dial(ctx, addr, p2p.Options{})
		var other *p2p.PeerIDMismatchError
		if !errors.As(err, &other) {
			t.Fatalf("got %v, want a PeerIDMismatchError", err)
		}
	})

	if _, err := lying.Start(n, lying.Options{Lie: "other"}); err == nil {
		t.Fatal("an unknown lie was accepted")
	}
}
