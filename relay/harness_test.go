package relay

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/wire"
)

const testBlockTime = 100 * time.Millisecond

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, knownGoroutines()...)
}

// knownGoroutines are left behind by others, and can't be reached from here.
func knownGoroutines() []goleak.Option {
	return []goleak.Option{
		// CometBFT's write-ahead log never closes its head file's helpers: two per start.
		goleak.IgnoreAnyFunction("github.com/cometbft/cometbft/libs/autofile.OpenAutoFile.func1"),
		goleak.IgnoreAnyFunction("github.com/cometbft/cometbft/p2p.(*Switch).reconnectToPeer"), // ends some seconds later
		goleak.IgnoreAnyFunction("github.com/cometbft/cometbft/libs/autofile.(*AutoFile).closeFileRoutine"),
	}
}

func key(t testing.TB, uri string) *sign.Key {
	t.Helper()
	k, err := sign.FromURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newGenesis is a small chain on which the homes produce blocks and //Alice has 1,000 TAO.
func newGenesis(t testing.TB, homes ...string) *chain.Genesis {
	t.Helper()
	g := &chain.Genesis{
		Name: "test", Salt: [16]byte{1}, Time: uint64(time.Now().UnixMilli()) - 1000, Source: "a test", Params: ledger.DefaultParams(),
	}
	for _, home := range homes {
		p, err := Producer(home)
		if err != nil {
			t.Fatal(err)
		}
		g.Producers = append(g.Producers, p)
	}
	for _, uri := range []string{"//Alice", "//Bob"} {
		g.Balances = append(g.Balances, chain.Balance{Address: key(t, uri).Account(), Free: 1000 * tao.TAO})
	}
	raw, err := g.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if g, err = chain.ParseGenesis(raw); err != nil { // sorted
		t.Fatal(err)
	}
	return g
}

var dashboard = fstest.MapFS{
	"index.html":                     {Data: []byte("<!doctype html><title>taolight</title>")},
	"taolight.css":                   {Data: []byte("body{}")},
	"static.go":                      {Data: []byte("package static")},
	"build/node.wasm":                {Data: []byte("\x00asm plain")},
	"build/node.wasm.br":             {Data: []byte("brotli form")},
	"build/node.wasm.gz":             {Data: []byte("gzip form")},
	"build/ui.0123456789abcdef.wasm": {Data: []byte("\x00asm hashed")},
	"build/.hidden":                  {Data: []byte("secret")},
	"build/wasm_exec.js":             {Data: []byte("let go")},
}

func testConfig(home string, g *chain.Genesis) Config {
	c := Config{Home: home, Listen: "127.0.0.1:0", BlockTime: testBlockTime, Genesis: g, Static: dashboard}
	if os.Getenv("RELAY_TEST_LOG") != "" {
		c.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug - 4})).With("home", filepath.Base(home))
	}
	return c
}

// startNode runs a node until the test ends.
func startNode(t testing.TB, c Config) *Node {
	t.Helper()
	n, err := Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(n.Close(), n.Wait()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return n
}

// devNode runs the only producer of a new chain.
func devNode(t testing.TB) *Node {
	home := t.TempDir()
	return startNode(t, testConfig(home, newGenesis(t, home)))
}

// patience is for machines that have much else to do; what goes well takes a fraction of a second.
const patience = 90 * time.Second

// waitFor returns once what the node serves has reached a height.
func waitFor(t testing.TB, n *Node, height uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for f := n.Answers().Heads().Follow(); ; {
		h, err := f.Next(ctx)
		if err != nil {
			t.Fatalf("waiting for block %d: %v; the node is at %d, %v", height, err, n.Height(), n.chain.Err())
		}
		if h.Height >= height {
			return
		}
	}
}

// client leaves no idle connections behind.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}, Timeout: 10 * time.Second}

func get(t testing.TB, n *Node, path string) (*http.Response, []byte) {
	t.Helper()
	r, err := client.Get(strings.TrimSuffix(n.URL(), "/") + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

func bootstrap(t testing.TB, n *Node) wire.Bootstrap {
	t.Helper()
	r, body := get(t, n, wire.BootstrapPath)
	var b wire.Bootstrap
	if err := json.Unmarshal(body, &b); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", r.Status, body, err)
	}
	return b
}
