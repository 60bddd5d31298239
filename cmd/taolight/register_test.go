package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/keys/sign"
)

// TestRegisterByWork runs a chain with a subnet that asks for less work each block, down to a little, and registers there.
func TestRegisterByWork(t *testing.T) {
	home := t.TempDir()
	var key struct{ Pubkey string }
	if err := json.Unmarshal(command(t, 0, "node", "key", "--json", "--home", home), &key); err != nil {
		t.Fatal(err)
	}
	alice, err := sign.FromURI("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	spec := filepath.Join(home, "spec.json")
	text := fmt.Sprintf(`{"name": "work", "salt": "000102030405060708090a0b0c0d0e0f", "time": 1700000000000,
		"producers": [{"pubkey": %q, "power": 10}], "balances": {%q: "1000000000000"},
		"subnets": [{"netuid": 1, "name": "prose", "owner": %[2]q, "hotkeys": [],
			"params": {"pow_registration_allowed": "1", "min_difficulty": "100000", "adjustment_interval": "1", "adjustment_alpha": "0"}},
			{"netuid": 2, "name": "closed", "owner": %[2]q, "hotkeys": []}]}`, key.Pubkey, alice.Account())
	if err := os.WriteFile(spec, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, w := io.Pipe()
	status := make(chan int, 1)
	go func() {
		s := run(ctx, []string{"node", "--genesis", spec, "--home", home, "--listen", "127.0.0.1:0", "--block-time", "300ms", "--json"}, nil, w, t.Output())
		w.Close()
		status <- s
	}()
	t.Cleanup(func() { cancel(); <-status })
	var node nodeResult
	if err := json.NewDecoder(out).Decode(&node); err != nil {
		t.Fatal(err)
	}
	chain := []string{"--relay", node.Relay, "--home", home, "--json"}

	var predicted quote
	register := append([]string{"register", "--pow", "--netuid", "1", "--from", "//Worker", "--coldkey", "//Alice"}, chain...)
	if err := json.Unmarshal(command(t, 0, append(register, "--dry-run")...), &predicted); err != nil {
		t.Fatal(err)
	}
	if predicted.Sent || !strings.Contains(predicted.Figures["difficulty"], "nonces") {
		t.Errorf("no difficulty, predicted %+v", predicted)
	}
	if predicted.Predicted != nil || !strings.HasPrefix(predicted.Unknown, "the work is searched when it is sent") {
		t.Errorf("predicted %+v, unknown because of %q", predicted.Predicted, predicted.Unknown)
	}
	var done struct {
		Fee    string
		Level  string `json:"result_level"`
		Effect struct {
			UID     *uint16
			Coldkey string
		}
	}
	if err := json.Unmarshal(command(t, 0, register...), &done); err != nil {
		t.Fatal(err)
	}
	if done.Fee != "0" || done.Level != "proven" || done.Effect.UID == nil || done.Effect.Coldkey != alice.Account().String() {
		t.Errorf("registered with %+v", done)
	}
	// What can't work is said before anything is searched, or by the chain with its name.
	command(t, 1, append([]string{"register", "--pow", "2", "--from", "//Other", "--coldkey", "//Alice"}, chain...)...)
	if errOut := refused(t, register...); !strings.Contains(errOut, `"code":"AlreadyRegistered"`) || !strings.Contains(errOut, "nothing was searched: the hotkey 5") {
		t.Errorf("registered again: %s", errOut)
	}
	if err := json.Unmarshal(command(t, 0, append(register, "--dry-run")...), &predicted); err != nil {
		t.Fatal(err)
	}
	if predicted.Predicted == nil || predicted.Predicted.Code != "AlreadyRegistered" || !predicted.Predicted.Invalid {
		t.Errorf("registered again, predicted %+v", predicted.Predicted)
	}
	command(t, 0, append([]string{"hotkey", "associate", "--from", "//Alice", "//Owned"}, chain...)...)
	stranger := append([]string{"register", "--pow", "--netuid", "1", "--from", "//Owned", "--coldkey", "//Bob"}, chain...)
	if errOut := refused(t, stranger...); !strings.Contains(errOut, `"code":"NonAssociatedColdKey"`) || !strings.Contains(errOut, "belongs to "+alice.Account().String()) {
		t.Errorf("for another owner: %s", errOut)
	}
}

// refused runs a command that fails and returns what it says.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	var errOut bytes.Buffer
	if status := run(t.Context(), args, strings.NewReader(""), io.Discard, &errOut); status != 1 {
		t.Fatalf("taolight %s: status %d, %s", strings.Join(args, " "), status, errOut.String())
	}
	return errOut.String()
}

// command runs a command and returns what it prints.
func command(t *testing.T, want int, args ...string) []byte {
	t.Helper()
	var out, errOut bytes.Buffer
	if status := run(t.Context(), args, strings.NewReader(""), &out, &errOut); status != want {
		t.Fatalf("taolight %s: status %d, %s", strings.Join(args, " "), status, errOut.String())
	}
	return out.Bytes()
}
