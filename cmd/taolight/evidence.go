package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
)

// forked deals with an error that is a fork, or passes it on: the relays are handed the evidence against the other side, the
// producers behind it are named, and the proof is kept in a file.
func (a *app) forked(ctx context.Context, client *light.Client, err error, p *progress) error {
	if !errors.As(err, new(*light.ForkError)) {
		return err
	}
	p.step("handing the relays evidence of the fork")
	for _, r := range client.Report(ctx) {
		p.milestone("%v", r)
	}
	fork := client.Fork()
	for _, line := range culprits(fork) {
		p.milestone("%s", line)
	}
	b, failed := bundle.ForFork(client)
	return a.withEvidence(fork, b, failed, "nothing of either chain is shown", p)
}

// withEvidence keeps the proof of what producers did in a file, and adds to the error where it is and what follows.
func (a *app) withEvidence(err error, b *bundle.Bundle, failed error, follows string, p *progress) error {
	if failed == nil {
		dir := filepath.Join(a.home, "evidence")
		path := filepath.Join(dir, b.Name())
		if failed = os.MkdirAll(dir, 0o700); failed == nil {
			failed = a.saveProof(path, b)
		}
		if failed == nil {
			return hint(err, "the proof is in %s; %s", path, follows)
		}
	}
	p.milestone("the proof was not saved: %v", failed)
	return hint(err, "%s", follows)
}

// defrauded deals with an error that is a fraud of the producers, or passes it on: the proof is kept in a file.
func (a *app) defrauded(ctx context.Context, client *light.Client, err error, p *progress) error {
	var fraud *light.FraudError
	if !errors.As(err, &fraud) {
		return err
	}
	for _, address := range fraud.Evidence.Signers() {
		p.milestone("producer %x signed block %d", address, fraud.Evidence.Next.Height())
	}
	b, failed := bundle.ForFraud(ctx, client, fraud)
	return a.withEvidence(fraud, b, failed, "nothing that was signed after it is to be believed", p)
}

// culprits says in lines which producers did what.
func culprits(fork *light.ForkError) (out []string) {
	who := fork.Culprits()
	for _, group := range []struct {
		did  string
		list []light.Validator
	}{
		{"signed both blocks", who.Both}, {"signed only what " + fork.A.Source + " showed", who.A}, {"signed only what " + fork.B.Source + " showed", who.B},
	} {
		for _, v := range group.list {
			out = append(out, fmt.Sprintf("producer %x, power %d, %s", v.Address, v.Power, group.did))
		}
	}
	return out
}

// forkSays is what a file says about a fork.
func forkSays(r *bundle.Report) says {
	if r.Fork == nil {
		return says{object: object{}, show: func(io.Writer) {}}
	}
	type side struct {
		Relay   string   `json:"relay"`
		Height  uint64   `json:"height"`
		Hash    string   `json:"hash"`
		Signers []string `json:"signers"`
	}
	sideOf := func(e light.Evidence) side {
		out := side{Relay: e.Source, Height: e.Block().Height(), Hash: fmt.Sprintf("%x", e.Block().Hash())}
		for i, ok := range e.Signed() {
			if ok {
				out.Signers = append(out.Signers, fmt.Sprintf("%x", e.Block().Validators.List[i].Address))
			}
		}
		return out
	}
	both := []string{}
	for _, v := range r.Fork.Culprits().Both {
		both = append(both, fmt.Sprintf("%x", v.Address))
	}
	a, b := sideOf(r.Fork.A), sideOf(r.Fork.B)
	return says{
		object: object{{"attack", r.Fork.Kind()}, {"shared_height", r.Fork.A.Trace[0].Height()}, {"a", a}, {"b", b}, {"signed_both", both}},
		show: func(w io.Writer) {
			fmt.Fprintf(w, "attack\t%s\n", r.Fork.Kind())
			for _, s := range []side{a, b} {
				fmt.Fprintf(w, "block %d\t%s\tfrom %s\n", s.Height, s.Hash, oneLine(s.Relay))
			}
			fmt.Fprintf(w, "signed both\t%s\n", strings.Join(both, " "))
		},
	}
}
