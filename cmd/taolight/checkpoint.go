package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/level"
)

// checkpointResult is a checkpoint as commands print it.
type checkpointResult struct {
	ChainID    string            `json:"chain_id"`
	Height     uint64            `json:"height"`
	Hash       string            `json:"hash"`
	Time       time.Time         `json:"time"` // of the block, to the second
	Signatures []signatureResult `json:"signatures"`
	Known      int               `json:"known"` // parties that are known and signed
	OnChain    *bool             `json:"on_chain,omitempty"`
	Text       string            `json:"text"`

	by checkpoint.Signers
}

type signatureResult struct {
	Address keys.Account `json:"address"`
	Name    string       `json:"name,omitempty"` // of a known party
	Scheme  string       `json:"scheme"`
	Valid   bool         `json:"valid"`
}

func resultOf(c checkpoint.Checkpoint, known checkpoint.Parties) *checkpointResult {
	r := &checkpointResult{
		ChainID: c.ChainID, Height: c.Height, Hash: hex.EncodeToString(c.Hash[:]), Time: time.Unix(int64(c.Time), 0).UTC(),
		Signatures: []signatureResult{}, Text: c.String(), by: known.Check(c),
	}
	r.Known = len(r.by.Known)
	for _, s := range c.Signatures {
		name, _ := known.Find(s.Party)
		alone := known.Check(checkpoint.Checkpoint{Block: c.Block, Signatures: []checkpoint.Signature{s}})
		r.Signatures = append(r.Signatures, signatureResult{Address: s.Party, Name: name, Scheme: s.Scheme.String(), Valid: len(alone.False) == 0})
	}
	return r
}

func (r *checkpointResult) human(w io.Writer) {
	fmt.Fprintf(w, "block\t%d of %s\nhash\t%s\ndated\t%s, %s old\n", r.Height, r.ChainID, r.Hash, r.Time.Format(time.DateTime), age(r.Time))
	for _, s := range r.Signatures {
		who := "an unknown party"
		if s.Name != "" {
			who = oneLine(s.Name)
		}
		if !s.Valid {
			who = "FALSE, not signed by " + who
		}
		fmt.Fprintf(w, "signed by\t%s\t%s\n", s.Address, who)
	}
	if len(r.Signatures) == 0 {
		fmt.Fprintf(w, "signed by\tnobody\n")
	}
}

const checkpointLong = `A checkpoint names a block that light nodes may begin at, and is signed by parties who say that it is the chain's. It is a
text of a line for the block and one for each signature: publish it, mail it, put it into a page's address as #trust=TEXT.

Whoever uses it should know the parties from elsewhere (checkpoint parties) and ask for more than one (--require).`

func (a *app) checkpointCommand() *cobra.Command {
	c := group("checkpoint", "Blocks that people vouch for: make, sign, compare", a.checkpointMakeCommand(), a.checkpointSignCommand(),
		a.checkpointVerifyCommand(), a.partiesCommand())
	c.Long = checkpointLong
	c.Example = `  taolight checkpoint make --from ana > checkpoint.txt
  taolight checkpoint sign checkpoint.txt --from ben
  taolight checkpoint verify checkpoint.txt --require 2
  taolight query supply --trust @checkpoint.txt --require 2`
	return c
}

func (a *app) checkpointMakeCommand() *cobra.Command {
	var n network
	var from string
	var height uint64
	c := &cobra.Command{
		Use: "make", Short: "Vouch for a block that was verified here", Args: arguments(),
		Long:    "Vouches for a block that was verified here, from the trusted block of this computer: the newest, or the one at --height.",
		Example: "  taolight checkpoint make --from ana\n  taolight checkpoint make --from ana --height 1200 --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" {
				return usage(cmd, "--from is missing")
			}
			var b checkpoint.Block
			err := a.withSession(cmd.Context(), &n, func(ctx context.Context, s *session, _ *progress) (err error) {
				b, err = s.blockAt(ctx, height)
				return err
			})
			if err != nil {
				return err
			}
			return a.signCheckpoint(checkpoint.Checkpoint{Block: b}, from)
		},
	}
	n.flags(c.Flags())
	a.fromFlag(c, &from)
	c.Flags().Uint64Var(&height, "height", 0, "`HEIGHT` of the block (default: the newest)")
	return c
}

func (a *app) fromFlag(c *cobra.Command, from *string) {
	c.Flags().StringVar(from, "from", "", "`WALLET` that signs, or a development name such as //Alice")
	_ = c.RegisterFlagCompletionFunc("from", a.completeWallets)
}

// blockAt names a verified block. One that is only claimed is nothing to vouch for.
func (s *session) blockAt(ctx context.Context, height uint64) (checkpoint.Block, error) {
	head := s.head
	if height != 0 {
		var err error
		if head, err = s.client.At(ctx, height); err != nil {
			return checkpoint.Block{}, err
		}
	}
	if head.Level == level.Claimed {
		return checkpoint.Block{}, hint(errors.New("the block is not verified, so there is nothing to vouch for"), "give a trusted block with --trust")
	}
	return checkpoint.Block{ChainID: s.chain, Height: head.Block.Height(), Hash: head.Hash, Time: uint64(max(head.Block.Header.Time.Unix(), 0))}, nil
}

func (a *app) checkpointSignCommand() *cobra.Command {
	var n network
	var from string
	var check bool
	c := &cobra.Command{
		Use: "sign FILE|TEXT", Short: "Add a signature to a checkpoint", Args: arguments("FILE|TEXT"),
		Long: `Adds a signature to a checkpoint. It says that you take the block for the chain's: compare the hash with your own node's, or let
--check do it. Needs no relay otherwise, so the key may be on a computer without a network.`,
		Example: "  taolight checkpoint sign checkpoint.txt --from ben\n  taolight checkpoint sign checkpoint.txt --from ben --check --relay http://127.0.0.1:8080",
		RunE: func(cmd *cobra.Command, args []string) error {
			if from == "" {
				return usage(cmd, "--from is missing")
			}
			cp, err := readCheckpoint(args[0])
			if err != nil {
				return err
			}
			by := checkpoint.Parties{}.Check(cp)
			if err := by.Require(0); err != nil {
				return err
			}
			if check {
				err := a.withSession(cmd.Context(), &n, func(ctx context.Context, s *session, _ *progress) error {
					return s.client.Confirm(ctx, cp, by.String())
				})
				if err != nil {
					return err
				}
			}
			return a.signCheckpoint(cp, from)
		},
	}
	n.flags(c.Flags())
	a.fromFlag(c, &from)
	c.Flags().BoolVar(&check, "check", false, "first see whether the block is on the chain that this computer verifies")
	return c
}

// signCheckpoint signs and prints. On a terminal it shows what is signed and asks first.
func (a *app) signCheckpoint(cp checkpoint.Checkpoint, from string) error {
	a.printf("block %d of %s, dated %s", cp.Height, cp.ChainID, time.Unix(int64(cp.Time), 0).UTC().Format(time.DateTime))
	a.printf("hash %x", cp.Hash)
	if yes, err := a.confirm("sign that this is the chain's block?"); err != nil || !yes {
		return errors.Join(err, errors.New("not signed"))
	}
	key, err := a.signer(from)
	if err != nil {
		return err
	}
	if err := cp.Sign(key); err != nil {
		return err
	}
	known, err := a.parties()
	if err != nil {
		return err
	}
	return a.print(resultOf(cp, known), func(w io.Writer) { io.WriteString(w, cp.Lines()) })
}
