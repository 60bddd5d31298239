package relay

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/wire"
)

// A light client gets a transfer's events from a relay and proves them, also after the relay was restarted.
func TestLightClientProvesTheEventsOfABlock(t *testing.T) {
	home := t.TempDir()
	n := startNode(t, testConfig(home, newGenesis(t, home)))
	waitFor(t, n, 2)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, source := visit(t, n)
	alice, bob := key(t, "//Alice"), key(t, "//Bob")
	tx := transfer(t, n, alice, bob.Account(), 5*tao.TAO, 0)
	if reply, _, err := c.Submit(ctx, tx); err != nil || reply.Refusal != nil {
		t.Fatalf("submit: %+v, %v", reply, err)
	}
	height := waitForTx(t, ctx, source, n, tx)
	waitFor(t, n, height+1)

	events := provenEvents(t, ctx, c, height)
	i := slices.IndexFunc(events, func(e ledger.Event) bool { return e.Name == "Transfer" })
	if i < 0 {
		t.Fatalf("no transfer among the events of block %d: %+v", height, events)
	}
	var moved account.Transferred
	if err := codec.Decode(events[i].Data, &moved); err != nil || events[i].Tx != 0 || moved.From != alice.Account() || moved.To != bob.Account() || moved.Amount != 5*tao.TAO {
		t.Errorf("event %+v: %+v, %v", events[i], moved, err)
	}
	if body, err := c.Block(ctx, height); err != nil || body.ResultsLevel != level.Proven {
		t.Errorf("the results beside them: %v", err) // what is kept with them does not enter the header's hash
	}

	// Over HTTP they are the same.
	r, body := get(t, n, wire.EventsPath(height))
	var reply wire.EventsReply
	if err := codec.Decode(body, &reply); err != nil || r.StatusCode != 200 {
		t.Fatalf("%s, %v", r.Status, err)
	}
	if overHTTP, err := light.DecodeEvents(reply.Events); err != nil || !reflect.DeepEqual(overHTTP, events) {
		t.Errorf("over HTTP: %+v, %v", overHTTP, err)
	}
	if _, err := source.Events(ctx, n.Height()+1000); light.Code(err) != wire.CodeNotFound {
		t.Errorf("of a block to come: %v", err)
	}

	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	n = startNode(t, testConfig(home, nil))
	waitFor(t, n, height+2)
	again, _ := visit(t, n)
	if got := provenEvents(t, ctx, again, height); !reflect.DeepEqual(got, events) {
		t.Errorf("after a restart: %+v", got)
	}
}

// provenEvents returns the proven events of a block, which a synced client asks for.
func provenEvents(t testing.TB, ctx context.Context, c *light.Client, height uint64) []ledger.Event {
	t.Helper()
	if _, err := c.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	p, err := c.Events(ctx, height)
	if err != nil || p.Level() != level.Proven {
		t.Fatalf("events of block %d: %s, %v", height, p.Level(), err)
	}
	return p.Value()
}
