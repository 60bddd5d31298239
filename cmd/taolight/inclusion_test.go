package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// TestAwait plays what may become of a transaction: the block that holds it and the next header decide, whatever the
// relay says.
func TestAwait(t *testing.T) {
	tx, other := []byte("the transaction"), []byte("another one")
	body := func(change func(*wire.BlockReply)) func(uint64, wire.BlockReply) (*wire.BlockReply, error) {
		return func(_ uint64, truth wire.BlockReply) (*wire.BlockReply, error) {
			change(&truth)
			return &truth, nil
		}
	}
	for name, c := range map[string]struct {
		blocks []lighttest.Spec // from height 3 on; the transaction is valid until 6
		later  bool             // one more block comes once the last of them was looked at
		bodies func(uint64, wire.BlockReply) (*wire.BlockReply, error)
		height uint64
		code   string // of the error; empty: success
		says   string
	}{
		"included": {
			blocks: []lighttest.Spec{{}, {Txs: [][]byte{other, tx}}, {}}, height: 4,
		},
		"included in the last block": {
			blocks: []lighttest.Spec{{}, {}, {}, {Txs: [][]byte{tx}}}, later: true, height: 6,
		},
		"failed": {
			blocks: []lighttest.Spec{{Txs: [][]byte{other, tx}, Results: []wire.TxResult{{Data: []byte{}}, {Code: uint32(ledger.InsufficientBalance), Data: []byte{}}}}, {}},
			height: 3, code: "InsufficientBalance", says: "the transaction failed in block 3 with InsufficientBalance; its fee of 0.00000027 TAO was paid",
		},
		"never included": {
			blocks: []lighttest.Spec{{}, {}, {}, {Txs: [][]byte{other}}}, code: "not_included", says: "no block up to 6 holds the transaction",
		},
		"the relay hides it": {
			blocks: []lighttest.Spec{{Txs: [][]byte{other, tx}}, {}}, bodies: body(func(b *wire.BlockReply) { b.Txs = b.Txs[:1] }),
			code: "fate_unknown", says: "was submitted and may still be included",
		},
		"the relay makes it up": {
			blocks: []lighttest.Spec{{}, {}}, bodies: body(func(b *wire.BlockReply) { b.Txs = [][]byte{tx}; b.Results = make([]wire.TxResult, 1) }),
			code: "fate_unknown", says: "was submitted and may still be included",
		},
	} {
		t.Run(name, func(t *testing.T) {
			ch := lighttest.New(lighttest.Options{}).Extend(2)
			src := ch.Source("relay")
			src.Bodies = c.bodies
			if c.later {
				last := uint64(2 + len(c.blocks))
				src.Bodies = func(height uint64, truth wire.BlockReply) (*wire.BlockReply, error) {
					if height == last {
						last = 0
						defer ch.Extend(1)
					}
					return &truth, nil
				}
			}
			client, err := light.NewClient(t.Context(), light.Config{
				ChainID: ch.ID(), Trust: ch.Trust(1), Sources: []light.Source{src},
				Now: func() time.Time { return time.Date(2026, 1, 1, 0, 3, 0, 0, time.UTC) },
			})
			if err != nil {
				t.Fatal(err)
			}
			s := &session{client: client, chain: ch.ID(), links: []*link{{relay: "nowhere", src: src}}}
			if s.head, err = client.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, b := range c.blocks {
				ch.Add(b)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var told bytes.Buffer
			r := receipt{Hash: "abc", ValidUntil: 6, Fee: 270}
			err = s.await(ctx, (&app{err: &told}).progress(), tx, &r)
			if c.code != "" {
				if err == nil || code(err) != c.code || !strings.Contains(err.Error(), c.says) {
					t.Fatalf("got %v (%s), want %s: %s", err, code(err), c.code, c.says)
				}
				return
			}
			if err != nil || r.Height != c.height || r.Level != level.Claimed+1 || r.ResultLevel != level.Claimed+1 {
				t.Fatalf("got %v, height %d, levels %v and %v, want height %d; told:\n%s", err, r.Height, r.Level, r.ResultLevel, c.height, told.String())
			}
		})
	}
}

// TestAwaitInterrupted: whoever gives up while waiting is told the transaction's hash, and to look before sending again.
func TestAwaitInterrupted(t *testing.T) {
	ch := lighttest.New(lighttest.Options{}).Extend(2)
	src := ch.Source("relay")
	client, err := light.NewClient(t.Context(), light.Config{ChainID: ch.ID(), Trust: ch.Trust(1), Sources: []light.Source{src}, Now: ch.Now})
	if err != nil {
		t.Fatal(err)
	}
	s := &session{client: client, chain: ch.ID(), links: []*link{{relay: "nowhere", src: src}}}
	if s.head, err = client.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var unknown *submittedError
	if err := s.await(ctx, &progress{w: new(bytes.Buffer)}, []byte("tx"), &receipt{Hash: "abc", ValidUntil: 6}); !errors.As(err, &unknown) || !strings.Contains(err.Error(), "abc") {
		t.Errorf("got %v", err)
	}
}

// A failure that running the call had foreseen is told with its reason.
func TestFailureHasItsReason(t *testing.T) {
	e := &callError{code: ledger.NotSubnetOwner, height: 7, reason: "subnet 1 belongs to somebody"}
	if got := e.Error(); !strings.HasPrefix(got, "the transaction failed in block 7 with NotSubnetOwner (subnet 1 belongs to somebody); its fee of ") {
		t.Error(got)
	}
}
