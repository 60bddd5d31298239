package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/tao"
)

// payees is a chain of a few blocks, dated now, whose producers do as rules say, and a client that follows it.
func payees(t *testing.T, rules chain.Rules) (*lighttest.Ledger, *light.Client) {
	t.Helper()
	l := lighttest.NewLedger(lighttest.Options{Seed: "payees"}, &chain.Genesis{
		Name: "payees", Time: 1_767_225_600_000, Source: "made up for a test", Params: ledger.DefaultParams(),
		Balances: []chain.Balance{{Address: keys.Account{7}, Free: tao.TAO}},
	})
	l.Rules = rules
	for range 6 {
		l.Execute(lighttest.Spec{})
	}
	c, err := light.NewClient(t.Context(), light.Config{ChainID: l.ID(), Trust: l.Trust(5), Now: l.Now, Sources: []light.Source{l.Source("relay")}, AppVersion: chain.AppVersion})
	if err == nil {
		_, err = c.Sync(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return l, c
}

// verifyBundle runs the command on a bundle and returns its exit status and output. The bundles here lead down from block 5 by
// hashes, which don't age.
func verifyBundle(t *testing.T, l *lighttest.Ledger, b *bundle.Bundle, flags ...string) (int, string) {
	t.Helper()
	raw, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.taoproof")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	status := run(context.Background(), append([]string{"verify", path, "--home", t.TempDir(), "--trust", l.Trust(5).String()}, flags...), nil, &out, t.Output())
	return status, out.String()
}

func contains(t *testing.T, out string, all ...string) {
	t.Helper()
	for _, s := range all {
		if !strings.Contains(out, s) {
			t.Errorf("no %q in\n%s", s, out)
		}
	}
}

func TestVerifyFraudFile(t *testing.T) {
	l, c := payees(t, lighttest.PayFriend.At(3))
	b, err := bundle.ForBlock(t.Context(), c, 3)
	if err != nil {
		t.Fatal(err)
	}
	status, out := verifyBundle(t, l, b)
	if status != 0 {
		t.Errorf("status %d", status)
	}
	contains(t, out, "x.taoproof: this proof holds", "FRAUD", "the producers signed what the block does not do", "state root", "signed by")
	status, out = verifyBundle(t, l, b, "--json")
	if status != 0 {
		t.Errorf("status %d", status)
	}
	contains(t, out, `"finding": "fraud"`, `"differs": "state root"`, `"signers": [`)

	l, c = payees(t, nil)
	if b, err = bundle.ForBlock(t.Context(), c, 3); err != nil {
		t.Fatal(err)
	}
	if status, out = verifyBundle(t, l, b); status != 0 {
		t.Errorf("status %d", status)
	}
	contains(t, out, "executed here, it does what the producers signed")
}

// Each file that can't explain says why in its report, and verdicts come before that nobody explained.
func TestVerifyUnexplained(t *testing.T) {
	junk := filepath.Join(t.TempDir(), "junk")
	if err := os.WriteFile(junk, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rules  chain.Rules
		flags  []string
		status int
		want   []string
	}{
		{nil, nil, 2, []string{"x.taoproof: this proof holds", "not explained  block 3 had no epoch of subnet 1\n", "transactions  "}},
		{nil, []string{"--json"}, 2, []string{`"verdict": "accept"`, `"unexplained": "block 3 had no epoch of subnet 1"`}},
		{lighttest.PayFriend.At(3), nil, 2, []string{"FRAUD", "not explained  the producers signed what the block does not do\n"}},
		{nil, []string{junk}, 1, []string{"x.taoproof: this proof holds", "not explained  block 3", "junk: this proof is false", "not explained  the file can't be read\n"}},
		{nil, []string{"--trust", "1:" + strings.Repeat("aa", 32)}, 3, []string{"nothing is shown", "not explained  block 3 had no epoch of subnet 1\n"}},
	} {
		l, client := payees(t, c.rules)
		b, err := bundle.ForBlock(t.Context(), client, 3)
		if err != nil {
			t.Fatal(err)
		}
		status, out := verifyBundle(t, l, b, append([]string{"--explain", "1/0"}, c.flags...)...)
		if status != c.status {
			t.Errorf("%v: status %d, want %d", c.flags, status, c.status)
		}
		contains(t, out, c.want...)
	}
}

func TestVerifyFalseFigure(t *testing.T) {
	l, c := payees(t, nil)
	program, _ := chain.Lookup(chain.AccountQuery)
	h, err := c.At(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.QueryAt(t.Context(), h, program, codec.MustEncode(chain.AccountArgs{Address: keys.Account{7}}))
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.ForFigure(t.Context(), c, answer)
	if err != nil {
		t.Fatal(err)
	}
	if status, out := verifyBundle(t, l, b); status != 0 || !strings.Contains(out, "free     1 TAO") {
		t.Errorf("status %d\n%s", status, out)
	}
	page := &b.Body.(*bundle.Figure).Pages[0]
	page.Result = bytes.Replace(page.Result, codec.MustEncode(tao.TAO), codec.MustEncode(9*tao.TAO), 1)
	status, out := verifyBundle(t, l, b)
	if status != 1 {
		t.Errorf("status %d", status)
	}
	contains(t, out, "this proof is false: the file claims another answer", "FALSE  The answer follows", "it says, and that is false", "free     9 TAO", "the signed state says", "free     1 TAO", "claimed")
	if strings.Contains(out, "proven") {
		t.Error(out)
	}
	status, out = verifyBundle(t, l, b, "--json")
	if status != 1 {
		t.Errorf("status %d", status)
	}
	contains(t, out, `"verdict": "reject"`, `"code": "false_answer"`, `"level": "claimed"`, `"computed": {`)
}
