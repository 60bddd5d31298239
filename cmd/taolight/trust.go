package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/light"
)

// trusted is a trust root as it was given on the command line; zero: none was.
type trusted struct {
	root   light.TrustRoot
	origin string                 // in words
	signed *checkpoint.Checkpoint // nil: HEIGHT:HASH
	by     string                 // who signed, in words
}

// readTrust reads --trust and holds it to --require.
func (a *app) readTrust(n *network) (given trusted, err error) {
	if n.trust == "" {
		if n.require > 0 {
			return given, errors.New("--require says how many parties must have signed --trust, which is not given")
		}
		return given, nil
	}
	text := n.trust
	if path, ok := strings.CutPrefix(text, "@"); ok {
		raw, err := readLimited(path)
		if err != nil {
			return given, fmt.Errorf("--trust: %w", err)
		}
		text = string(raw)
	}
	if given.root, given.signed, err = light.ReadTrust(text); err != nil {
		return given, err
	}
	given.origin = "--trust"
	var by checkpoint.Signers
	if given.signed != nil {
		known, err := a.parties()
		if err != nil {
			return given, err
		}
		by = known.Check(*given.signed)
		given.by = by.String()
		given.origin += ", " + given.by
	}
	return given, by.Require(n.require)
}

// readCheckpoint reads a checkpoint that an argument holds or is the file of.
func readCheckpoint(arg string) (checkpoint.Checkpoint, error) {
	if checkpoint.Is(arg) {
		return checkpoint.Parse(arg)
	}
	raw, err := readLimited(arg)
	if err != nil {
		return checkpoint.Checkpoint{}, hint(err, "want a file, or a text that begins with %s", checkpoint.Domain)
	}
	c, err := checkpoint.Parse(string(raw))
	if err != nil {
		err = fmt.Errorf("%s: %w", arg, err)
	}
	return c, err
}

// conclusive drops an error of Client.Confirm that shows nothing.
func conclusive(err error) error {
	var conflict *checkpoint.ConflictError
	var date *checkpoint.DateError
	var chain *checkpoint.ChainError
	if errors.As(err, &conflict) || errors.As(err, &date) || errors.As(err, &chain) {
		return err
	}
	return nil
}

// checkpointFiles is a flag that reads a checkpoint each time it is given.
type checkpointFiles struct{ list *[]checkpoint.Checkpoint }

func (f checkpointFiles) String() string { return "" }
func (f checkpointFiles) Type() string   { return "FILE" }
func (f checkpointFiles) Set(path string) error {
	c, err := readCheckpoint(path)
	if err == nil {
		*f.list = append(*f.list, c)
	}
	return err
}
