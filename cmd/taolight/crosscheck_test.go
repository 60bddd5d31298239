package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/wasm/node"
)

// nodeRun is "taolight node" in this process.
type nodeRun struct {
	nodeResult
	dir  string // of its --home
	stop func() int
}

// startNode runs a node until the test ends, and waits until it says that it is ready.
func startNode(t *testing.T, home, genesis string, flags ...string) *nodeRun {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, w := io.Pipe()
	status := make(chan int, 1)
	go func() {
		args := append([]string{"node", "--home", home, "--genesis", genesis, "--listen", "127.0.0.1:0", "--block-time", "150ms", "--json"}, flags...)
		s := run(ctx, args, nil, w, t.Output())
		w.Close()
		status <- s
		close(status)
	}()
	n := &nodeRun{dir: home, stop: func() int { cancel(); return <-status }}
	t.Cleanup(func() { n.stop() })
	if err := json.NewDecoder(out).Decode(&n.nodeResult); err != nil {
		t.Fatalf("the node did not start: %v, exit status %d", err, n.stop())
	}
	return n
}

// taolight runs a command line, which must end with the status, and returns what it printed on both streams.
func taolight(t *testing.T, status int, args ...string) (out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if s := run(t.Context(), args, nil, &stdout, &stderr); s != status {
		t.Fatalf("%v: status %d, want %d\n%s%s", args, s, status, stdout.String(), stderr.String())
	}
	return stdout.String(), stderr.String()
}

func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// twoRelays is a chain with a producer and a second node that follows it, both of which serve light nodes.
func twoRelays(t *testing.T) (producer, other *nodeRun) {
	t.Helper()
	home, genesis := t.TempDir(), filepath.Join(t.TempDir(), "genesis.json")
	out, _ := taolight(t, 0, "node", "key", "--home", home, "--json")
	key := decode[nodeKeyResult](t, out)
	spec := fmt.Sprintf(`{"name": "two", "salt": "000102030405060708090a0b0c0d0e0f", "time": 1700000000000,
 "producers": [{"pubkey": %q, "power": 10}], "balances": {"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY": "1000000000000"}}`, key.PubKey)
	if err := os.WriteFile(genesis, []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	peers := free.Addr().String()
	free.Close()
	producer = startNode(t, home, genesis, "--peer-listen", peers)
	return producer, startNode(t, t.TempDir(), genesis, "--peer", key.PeerID+"@"+peers)
}

// TestListedRelay lists a relay and finds it again: the command line to hold a head against it, the light node of a tab
// over the same network code to follow it. What they are told is no more than the producer's own address.
func TestListedRelay(t *testing.T) {
	producer, other := twoRelays(t)
	ask := []string{"--home", producer.dir, "--relay", trimSlash(producer.URL)}
	_, errs := taolight(t, 1, append([]string{"query", "supply", "--cross-check"}, ask...)...)
	if !strings.Contains(errs, "cross-check: no other relay could be asked: see taolight relay list") {
		t.Error(errs)
	}

	taolight(t, 0, "relay", "register", "--home", other.dir, "--relay", trimSlash(other.URL), "--from", "//Alice", "--addr", other.Relay, "--name", "the other", "-y")
	out, _ := taolight(t, 0, append([]string{"query", "supply", "--cross-check", "--json"}, ask...)...)
	if p := decode[proof](t, out); len(p.Agreeing) != 2 || p.Agreeing[1] != other.Relay {
		t.Errorf("agreeing: %v", p.Agreeing)
	}
	out, _ = taolight(t, 0, append([]string{"status", "--cross-check=1"}, ask...)...)
	if strings.Count(out, " ms, agrees") != 2 {
		t.Error(out)
	}

	s := tabOf(t, producer)
	deadline := time.Now().Add(30 * time.Second)
	for st := s.Status(); st.Agreeing() < 2; st = s.Status() {
		if time.Now().After(deadline) {
			t.Fatalf("the tab's node never followed both: %+v\n%+v", st.Relays, st.Log)
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, r := range s.Status().Relays {
		if want := map[string]string{producer.Relay: "host list", other.Relay: "on chain"}[r.Addr]; r.Origin != want {
			t.Errorf("%+v, want %s", r, want)
		}
	}

	other.stop()
	_, errs = taolight(t, 1, append([]string{"query", "supply", "--cross-check"}, ask...)...)
	if !strings.Contains(errs, "which the chain lists, could not be asked") {
		t.Error(errs)
	}
	taolight(t, 0, append([]string{"query", "supply"}, ask...)...)
}

// tabOf runs the light node of a tab whose page a node serves.
func tabOf(t *testing.T, n *nodeRun) *node.Node {
	t.Helper()
	light := node.New(node.Config{
		Dial: func(ctx context.Context, addr string) (node.Conn, error) { return p2p.Dial(ctx, addr, p2p.Options{}) },
		Bootstrap: func(ctx context.Context, origin string) (wire.Bootstrap, error) {
			boot, err := fetchBootstrap(ctx, origin+wire.BootstrapPath)
			if err != nil {
				return wire.Bootstrap{}, err
			}
			return *boot, nil
		},
		Now: time.Now, Send: func([]byte) {},
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		light.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	light.Handle(ctx, codec.MustEncode(tab.Request{ID: 1, Method: tab.Start, Params: codec.MustEncode(tab.StartParams{Origin: trimSlash(n.URL)})}))
	return light
}
