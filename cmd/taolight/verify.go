package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
)

const verifyLong = `Checks proofs, and with --replay the chain itself.

Proofs are checked without a network: they are files that --save wrote or the dashboard saved. A proof carries a figure or a
transaction and the path from there to a block that whoever made it trusted. It holds for you if you trust that block, or one
that the path passes through: one given with --trust, or the one remembered for the chain under --home. With --accept-root the
file's own word is taken for it.

A block's file holds all that the block does, its epochs too: --explain says of one neuron why it earned what it did in one.
A file that says nothing about that neuron tells why in its report.

Ends with 0 if every file holds, with 1 if one is false, or is no proof, and with 3 if nothing was shown: the trusted block
is another or too old, the file is of a newer version, or something is missing in it. It ends with 2 if all hold and none explains
what --explain asks for.

With --replay blocks are fetched and executed again here, over the state nodes that they touched, and held to what two thirds
of the producers signed: state root, results, producers. It ends with 1 at the first block that does not lead there, and saves
the evidence. What can't be fetched proves nothing.`

const verifyExample = `  taolight query account //Alice --save alice.taoproof
  taolight verify alice.taoproof
  taolight verify alice.taoproof --trust 1200:5f0c… --json
  taolight audit 1 --save epoch.taoproof
  taolight verify epoch.taoproof --explain 1/41
  taolight verify --replay --follow
  taolight verify --replay --from 10214000 --to 10214100 --json`

// The exit statuses of a wrong command line, and where nothing was shown.
const (
	statusUsage  = 2
	statusUnsure = 3
)

// statusError ends the program with a status when everything was said already.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("ended with status %d", int(e)) }

// verifying is what the command is told.
type verifying struct {
	network
	acceptRoot bool
	explain    string // NETUID/UID
	replay     bool
	blocks     replaying
}

func (a *app) verifyCommand() *cobra.Command {
	var v verifying
	c := &cobra.Command{
		Use: "verify FILE...", Short: "Check proofs in files, or execute blocks again", Long: verifyLong, Example: verifyExample,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case v.replay && len(args) > 0:
				return usage(cmd, "--replay asks relays and takes no FILE")
			case v.replay && v.explain != "":
				return usage(cmd, "--explain is about a FILE; taolight audit explains epochs of the chain")
			case !v.replay && len(args) == 0:
				return usage(cmd, "FILE is missing")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if v.replay {
				return a.replay(cmd.Context(), &v.network, v.blocks)
			}
			about, err := readNeuron(cmd, v.explain)
			if err != nil {
				return err
			}
			return a.verifyFiles(cmd.Context(), v, about, args)
		},
	}
	c.Flags().BoolVar(&v.replay, "replay", false, "execute blocks again and compare with what was signed")
	v.blocks.flags(c.Flags())
	v.network.flags(c.Flags())
	c.Flags().StringVar(&v.explain, "explain", "", "say why `NETUID/UID` earned what it did in the block of the file")
	c.Flags().BoolVar(&v.acceptRoot, "accept-root", false, "trust the block that each file begins at, if none on its path is trusted anyway")
	return c
}

// verifyFiles checks each file and prints what came of it.
func (a *app) verifyFiles(ctx context.Context, v verifying, about *neuron, paths []string) error {
	o := bundle.Options{AcceptRoot: v.acceptRoot, Clock: time.Now}
	given, err := a.readTrust(&v.network)
	if err != nil {
		return err
	}
	if !given.root.IsZero() {
		o.Trust = []light.TrustRoot{given.root}
	} else {
		o.TrustOf = func(chainID string) []light.TrustRoot {
			if pin, ok := light.SavedPin(ctx, a.lightStore(), chainID); ok {
				return []light.TrustRoot{pin.Root}
			}
			return nil
		}
	}
	all := verified{Verdict: verdictWord(light.Accept)}
	worst, explained := light.Accept, about == nil
	for _, path := range paths {
		raw, err := readProof(path)
		if err != nil {
			return err
		}
		r, _ := bundle.Check(raw, time.Now(), o)
		f := checkedFile{path: path, Report: r}
		f.why, f.unexplained = about.explainedBy(r)
		explained = explained || f.why != nil
		all.Files = append(all.Files, f)
		if r.Verdict == light.Blame || worst == light.Accept {
			worst = r.Verdict
		}
	}
	all.Verdict = verdictWord(worst)
	if err := a.print(all, all.human); err != nil {
		return err
	}
	switch worst {
	case light.Accept:
		if !explained {
			return statusError(statusUsage) // each report says why
		}
		return nil
	case light.Blame:
		return statusError(1)
	}
	return statusError(statusUnsure)
}

// readProof reads a file, of which no proof is longer than allowed.
func readProof(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, bundle.MaxFile+1))
}

// verdictWord names a verdict for programs.
func verdictWord(v light.Verdict) string {
	switch v {
	case light.Accept:
		return "accept"
	case light.Blame:
		return "reject"
	}
	return "inconclusive"
}

// saveProof writes a bundle to a file, unless it is one that could not be read back.
func (a *app) saveProof(path string, b *bundle.Bundle) error {
	raw, err := b.Encode()
	if err != nil {
		return err
	}
	write := writeWhole
	if at, err := os.Stat(path); err == nil && !at.Mode().IsRegular() { // such as /dev/stdout
		write = os.WriteFile
	}
	if err := write(path, raw, 0o644); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !a.json {
		a.printf("saved the proof to %s; check it with taolight verify", path)
	}
	return nil
}
