package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// A fork that a command meets is told to the relays and kept as a file that verifies.
func TestForksAreTold(t *testing.T) {
	ch := lighttest.New(lighttest.Options{}).Extend(10)
	one, two := ch.Source("one"), ch.Fork(5, "x").Extend(5).Source("two")
	handed := 0
	one.Judge = func([]byte) error { handed++; return nil }
	two.Judge = func([]byte) error { return &wire.Refusal{Code: wire.CodeEvidenceTooOld, Message: "too long ago"} }
	client, err := light.NewClient(t.Context(), light.Config{ChainID: ch.ID(), Trust: ch.Trust(1), Sources: []light.Source{one, two}, Now: ch.Now})
	if err != nil {
		t.Fatal(err)
	}
	var out, told bytes.Buffer
	a := &app{home: t.TempDir(), out: &out, err: &told}
	plain := errors.New("no fork")
	if got := a.forked(t.Context(), client, plain, a.progress()); got != plain {
		t.Errorf("%v", got)
	}
	_, err = client.Sync(t.Context())
	err = a.forked(t.Context(), client, err, a.progress())
	file := filepath.Join(a.home, "evidence", "fork-10.taoproof")
	if code(err) != "fork" || !strings.Contains(err.Error(), file) || handed != 1 {
		t.Fatalf("%v, handed in %d times", err, handed)
	}
	for _, want := range []string{"one accepted the evidence against what two showed", "two did not accept the evidence against what one showed: too long ago", "power 10, signed both blocks"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("%q is not in %q", want, told.String())
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
	var verdict, trouble bytes.Buffer
	status := run(t.Context(), []string{"verify", file, "--home", a.home, "--trust", ch.Trust(1).String(), "--json"}, strings.NewReader(""), &verdict, &trouble)
	for _, want := range []string{`"kind": "fork"`, `"attack": "`, `"signed_both"`, `"relay": "two"`} {
		if !strings.Contains(verdict.String(), want) {
			t.Errorf("status %d: %q is not in %s %s", status, want, verdict.String(), trouble.String())
		}
	}
}
