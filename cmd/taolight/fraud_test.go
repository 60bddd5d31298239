package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay"
)

// A producer that really runs other rules is found by verify --replay, which keeps a proof that verifies without a network.
func TestReplayFindsAFraud(t *testing.T) {
	home := t.TempDir()
	producer, err := relay.Producer(home)
	if err != nil {
		t.Fatal(err)
	}
	n, err := relay.Start(t.Context(), relay.Config{
		Home: home, Listen: "127.0.0.1:0", BlockTime: 100 * time.Millisecond, Rules: lighttest.PayFriend.At(4),
		Genesis: &chain.Genesis{
			Name: "cheat", Time: uint64(time.Now().UnixMilli()), Source: "a test", Params: ledger.DefaultParams(),
			Producers: []chain.Producer{producer}, Balances: []chain.Balance{{Address: keys.Account{1}, Free: tao.TAO}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	for deadline := time.Now().Add(time.Minute); n.Height() < 7; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no blocks")
		}
	}
	trust := checkpointOf(t, n.URL())
	dir := t.TempDir()
	taolight := func(args ...string) (int, string, string) {
		var out, told bytes.Buffer
		status := run(t.Context(), append(args, "--home", dir), strings.NewReader(""), &out, &told)
		return status, out.String(), told.String()
	}
	status, out, told := taolight("verify", "--replay", "--from", "2", "--to", "6", "--relay", trimSlash(n.URL()), "--trust", trust)
	saved, err := filepath.Glob(filepath.Join(dir, "evidence", "*.taoproof"))
	if err != nil || len(saved) != 1 {
		t.Fatalf("%q, %v; status %d, %s %s", saved, err, status, out, told)
	}
	file := saved[0]
	if status != 1 || out != "" || !strings.Contains(told, "block 4 does not lead to what two thirds of the producers signed") || !strings.Contains(told, file) {
		t.Fatalf("status %d, %s %s", status, out, told)
	}
	status, out, told = taolight("verify", file, "--trust", trust, "--json")
	if status != 0 || !strings.Contains(out, `"kind": "block"`) || !strings.Contains(strings.ToLower(out), "fraud") {
		t.Errorf("status %d, %s %s", status, out, told)
	}
}

// checkpointOf is the newest block that a relay names.
func checkpointOf(t *testing.T, url string) string {
	t.Helper()
	r, err := http.Get(trimSlash(url) + wire.BootstrapPath)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var b wire.Bootstrap
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &b)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d:%s", b.Checkpoint.Height, b.Checkpoint.Hash)
}
