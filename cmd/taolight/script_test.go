package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"taolight": main})
}

// clean gives a script a home of its own and none of the environment's settings.
func clean(env *testscript.Env) error {
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	for _, name := range []string{"TAOLIGHT_HOME", "TAOLIGHT_RELAY"} {
		env.Setenv(name, "")
	}
	env.Setenv("ALICE", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")
	env.Setenv("BOB", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty")
	return nil
}

// TestScripts runs the commands that need no chain.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: clean})
}

// devnetRun is a devnet in this process.
type devnetRun struct {
	nodeResult
	stop func() int // ends it and returns its exit status
}

// startDevnet runs "taolight devnet" and waits until it says that it is ready.
func startDevnet(t *testing.T, home string, flags ...string) *devnetRun {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, w := io.Pipe()
	status := make(chan int, 1)
	go func() {
		args := append([]string{"devnet", "--home", home, "--listen", "127.0.0.1:0", "--block-time", "100ms", "--json"}, flags...)
		s := run(ctx, args, nil, w, t.Output())
		w.Close()
		status <- s
	}()
	d := &devnetRun{stop: func() int { cancel(); return <-status }}
	if err := json.NewDecoder(out).Decode(&d.nodeResult); err != nil {
		t.Fatalf("the devnet did not start: %v, exit status %d", err, d.stop())
	}
	return d
}

// TestDevnetScripts runs the commands that use a chain, all against one devnet.
func TestDevnetScripts(t *testing.T) {
	home := t.TempDir()
	d := startDevnet(t, home)
	t.Cleanup(func() {
		if s := d.stop(); s != 0 {
			t.Errorf("the devnet ended with status %d", s)
		}
	})
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{Dir: "testdata/devnet", Cmds: map[string]func(*testscript.TestScript, bool, []string){"eventually": eventually, "status": status}, Setup: func(env *testscript.Env) error {
			env.Setenv("RELAY", trimSlash(d.URL))
			env.Setenv("MULTIADDR", d.Relay)
			env.Setenv("PORT", strings.Split(d.Relay, "/")[4])
			env.Setenv("TRUST", d.Trust)
			env.Setenv("CHAIN", d.ChainID)
			env.Setenv("DEVNETHOME", home)
			err := clean(env)
			env.Setenv("TAOLIGHT_RELAY", trimSlash(d.URL))
			return err
		}})
	})
}

// status runs a command that is to end with a status; what it wrote can be looked at as after exec.
func status(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		got = strconv.Itoa(ended.ExitCode())
	case err != nil:
		ts.Fatalf("%v: %v", args[1:], err)
	}
	if got != args[0] {
		ts.Fatalf("%v ended with status %s", args, got)
	}
}

// eventually runs a command again and again until it succeeds, for what the next epochs bring.
func eventually(ts *testscript.TestScript, _ bool, args []string) {
	var err error
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if err = ts.Exec(args[0], args[1:]...); err == nil {
			return
		}
	}
	ts.Fatalf("%v never succeeded: %v", args, err)
}

// TestDevnetGoesOn stops and starts a devnet: the chain is the same and goes on, until --reset makes a new one. While it
// runs nobody else gets its folder or its port.
func TestDevnetGoesOn(t *testing.T) {
	home := t.TempDir()
	first := startDevnet(t, home)
	if s := run(t.Context(), []string{"devnet", "--home", home, "--listen", "127.0.0.1:0"}, nil, io.Discard, t.Output()); s != 1 {
		t.Errorf("a second devnet on the same folder: status %d", s)
	}
	if s := run(t.Context(), []string{"devnet", "--home", home, "--listen", "127.0.0.1:0", "--reset"}, nil, io.Discard, t.Output()); s != 1 {
		t.Errorf("a reset under a running devnet: status %d", s)
	}
	port := first.URL[len("http://") : len(first.URL)-1]
	if s := run(t.Context(), []string{"devnet", "--home", t.TempDir(), "--listen", port}, nil, io.Discard, t.Output()); s != 1 {
		t.Errorf("a second devnet on the same port: status %d", s)
	}
	if s := first.stop(); s != 0 {
		t.Fatalf("stopped with status %d", s)
	}

	again := startDevnet(t, home)
	if again.ChainID != first.ChainID || again.Height < first.Height || again.Relay[len(again.Relay)-52:] != first.Relay[len(first.Relay)-52:] {
		t.Errorf("another chain or relay: %+v, before %+v", again.nodeResult, first.nodeResult)
	}
	again.stop()

	fresh := startDevnet(t, home, "--reset")
	if fresh.ChainID == first.ChainID {
		t.Errorf("--reset went on with %s", fresh.ChainID)
	}
	fresh.stop()
}
