package relay

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taolight/taolight/relay/consensus"
	"github.com/taolight/taolight/relay/host"
	"github.com/taolight/taolight/relay/store"
)

func TestBlocksAreMadeAndGoOnAfterRestart(t *testing.T) {
	home := t.TempDir()
	g := newGenesis(t, home)
	n := startNode(t, testConfig(home, g))
	waitFor(t, n, 3)
	first, before := n.Multiaddr(), n.Height()
	if n.ChainID() != g.ChainID() {
		t.Errorf("chain id %s, want %s", n.ChainID(), g.ChainID())
	}
	hash := headerHash(t, n, 2)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}

	again := testConfig(home, nil) // the home knows its genesis
	n = startNode(t, again)
	if n.Height() < before {
		t.Fatalf("at height %d after the restart, was at %d", n.Height(), before)
	}
	waitFor(t, n, before+2)
	if got := headerHash(t, n, 2); got != hash {
		t.Errorf("block 2 has another hash after the restart: %x, was %x", got, hash)
	}
	peer := func(addr string) string { return addr[strings.LastIndex(addr, "/")+1:] }
	if peer(n.Multiaddr()) != peer(first) {
		t.Errorf("the relay's peer id changed from %s to %s", first, n.Multiaddr())
	}
	for _, name := range []string{"priv_validator_key.json", "node_key.json", "relay_key", "genesis.json"} {
		info, err := os.Stat(filepath.Join(home, "config", name))
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	n := devNode(t)
	waitFor(t, n, 1)
	home := n.home
	var locked *store.LockedError
	if _, err := Start(context.Background(), testConfig(home, nil)); !errors.As(err, &locked) {
		t.Fatalf("got %v, want a LockedError", err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperStart$")
	cmd.Env = append(os.Environ(), "RELAY_HELPER_HOME="+home)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "refused as locked") {
		t.Fatalf("%v\n%s", err, out)
	}
	waitFor(t, n, n.Height()+1) // the first is not disturbed
}

// TestHelperStart is the other process of TestSecondProcessIsRefused.
func TestHelperStart(t *testing.T) {
	home := os.Getenv("RELAY_HELPER_HOME")
	if home == "" {
		t.Skip("only runs as a helper")
	}
	var locked *store.LockedError
	if _, err := Start(context.Background(), testConfig(home, nil)); !errors.As(err, &locked) {
		t.Fatalf("got %v, want a LockedError", err)
	}
	os.Stdout.WriteString("refused as locked\n")
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	home := t.TempDir()
	c := testConfig(home, newGenesis(t, home))
	c.Listen = l.Addr().String()
	var used *host.AddrInUseError
	if _, err := Start(context.Background(), c); !errors.As(err, &used) || !strings.Contains(err.Error(), c.Listen) {
		t.Fatalf("got %v, want an AddrInUseError that names %s", err, c.Listen)
	}
	c.Listen = "127.0.0.1:0" // nothing of the failed start is left behind
	waitFor(t, startNode(t, c), 1)
}

func TestGenesisMustFit(t *testing.T) {
	home, other := t.TempDir(), t.TempDir()
	var wrong *GenesisError
	if _, err := Start(context.Background(), testConfig(home, nil)); !errors.As(err, &wrong) || wrong.Have != "" {
		t.Fatalf("no genesis: got %v", err)
	}
	g := newGenesis(t, home)
	n := startNode(t, testConfig(home, g))
	waitFor(t, n, 1)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(context.Background(), testConfig(home, newGenesis(t, other))); !errors.As(err, &wrong) || wrong.Have != g.ChainID() {
		t.Fatalf("another genesis: got %v", err)
	}
	// What the home's genesis means has changed under its blocks, as it does between versions of the rules.
	before := g.ChainID()
	g.Source += ", and more"
	raw, err := g.Encode()
	if err == nil {
		err = os.WriteFile(genesisPath(home), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	wrong = nil
	if _, err := Start(context.Background(), testConfig(home, nil)); !errors.As(err, &wrong) || wrong.Have != before || wrong.Want != g.ChainID() {
		t.Fatalf("blocks of another chain: got %v", err)
	}
}

func TestDamagedKeyIsAnError(t *testing.T) {
	for _, name := range []string{"config/priv_validator_key.json", "config/node_key.json", "config/relay_key", "data/priv_validator_state.json"} {
		home := t.TempDir()
		c := testConfig(home, newGenesis(t, home))
		if err := os.WriteFile(filepath.Join(home, name), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		var damaged *consensus.KeyError
		if _, err := Start(context.Background(), c); !errors.As(err, &damaged) || !strings.HasSuffix(damaged.Path, name) {
			t.Errorf("%s: got %v, want a KeyError", name, err)
		}
	}
}

func TestContextEndsTheNode(t *testing.T) {
	home := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	n, err := Start(ctx, testConfig(home, newGenesis(t, home)))
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, n, 1)
	cancel()
	if err := n.Wait(); err != nil {
		t.Fatal(err)
	}
}
