package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

func (a *app) auditCommand() *cobra.Command {
	var n network
	var height uint64
	var uid uint16
	var save string
	c := &cobra.Command{
		Use:   "audit NETUID",
		Short: "Compute a subnet's epoch again and compare every result",
		Long: `Executes the block that ran the epoch again, over a witness, and so computes Yuma consensus from the inputs of that moment.
Every figure of every neuron is compared with the state that two thirds of the producers signed. Without --at it is the last
epoch. --explain says of one neuron why it earned what it did. --save keeps the block with what it touches, so that others
compute its epochs again without a network: taolight verify FILE --explain NETUID/UID.

Ends with 1 if a figure differs: the producers signed something that does not follow.`,
		Example: `  taolight audit 1
  taolight audit 1 --at 10214160 --explain 41
  taolight audit 1 --save epoch.taoproof
  taolight audit 1 --json`,
		Args: arguments("NETUID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			netuid, err := number16(cmd, "NETUID", args[0])
			if err != nil {
				return err
			}
			var about *uint16
			if cmd.Flags().Changed("explain") {
				about = &uid
			}
			return a.audit(cmd.Context(), &n, netuid, height, about, save)
		},
	}
	c.Flags().Uint64Var(&height, "at", 0, "`HEIGHT` of the block that ran the epoch (default: the last one)")
	c.Flags().Uint16Var(&uid, "explain", 0, "say why `UID` earned what it did")
	c.Flags().StringVar(&save, "save", "", saveHelp)
	n.flags(c.Flags())
	return c
}

// audit prints what an epoch gives, and fails with the fraud if something else was signed, of which the evidence is saved
// anyway.
func (a *app) audit(ctx context.Context, n *network, netuid uint16, height uint64, about *uint16, save string) error {
	var fraud *light.FraudError
	var evidence error // the same, with where the proof is
	err := a.asking(ctx, n, func(ctx context.Context, s *session) (any, func(io.Writer), error) {
		found, err := s.client.Audit(ctx, netuid, height)
		if err != nil && (found == nil || !errors.As(err, &fraud)) {
			return nil, nil, err
		}
		if fraud != nil {
			p := a.progress()
			evidence = a.defrauded(ctx, s.client, fraud, p)
			p.done()
		}
		r := auditOf(found)
		r.basis = basisOf(s)
		if about != nil {
			if r.Explanation, err = explainedIn(&found.Epoch, *about); err != nil {
				return nil, nil, err
			}
		}
		if save != "" && found.Replay != nil {
			b, err := bundle.ForReplay(ctx, s.client, found.Replay)
			if err == nil {
				err = a.saveProof(save, b)
			}
			if err != nil {
				return nil, nil, err
			}
		}
		return r, r.human, nil
	})
	if err == nil {
		err = evidence
	}
	return err
}

// auditReport is an audit in JSON.
type auditReport struct {
	Height uint64      `json:"height"` // of the block
	Level  level.Level `json:"level"`  // replayed where nothing differs
	Match  bool        `json:"match"`
	epochResult
	Differences []auditMismatch `json:"differences"`
	Txs         int             `json:"txs"` // in the block
	Bytes       int             `json:"bytes"`
	Seconds     float64         `json:"seconds"` // to execute it
	Relay       string          `json:"relay,omitempty"`
	basis
	Explanation *explanation `json:"explanation,omitempty"`
}

// epochResult is what an epoch gave, computed here.
type epochResult struct {
	Netuid   uint16        `json:"netuid"`
	Epoch    uint64        `json:"epoch"`    // the first of a subnet is 1, as in history
	Emission tao.Amount    `json:"emission"` // for neurons, at most
	OwnerCut tao.Amount    `json:"owner_cut"`
	Neurons  []auditNeuron `json:"neurons"`
}

// auditNeuron is what a neuron got. Shares are of 65535.
type auditNeuron struct {
	UID       int        `json:"uid"`
	Hotkey    string     `json:"hotkey"`
	Consensus uint16     `json:"consensus"`
	Incentive uint16     `json:"incentive"`
	Dividends uint16     `json:"dividends"`
	Trust     uint16     `json:"validator_trust"`
	Emission  tao.Amount `json:"emission"`
}

type auditMismatch struct {
	UID      uint16 `json:"uid"`
	Column   string `json:"column"`
	Computed uint64 `json:"computed,string"`
	Signed   uint64 `json:"signed,string"`
}

func epochOf(e *coinbase.Epoch, o *yuma.Outputs) epochResult {
	r := epochResult{Netuid: e.Netuid, Epoch: e.Index + 1, Emission: tao.Amount(e.Inputs.Emission), OwnerCut: e.OwnerCut, Neurons: []auditNeuron{}}
	for uid, hotkey := range e.Hotkeys {
		r.Neurons = append(r.Neurons, auditNeuron{uid, hotkey.String(), o.Consensus[uid], o.Incentive[uid], o.Dividends[uid], o.ValidatorTrust[uid], tao.Amount(o.Emission[uid])})
	}
	return r
}

func auditOf(a *light.Audit) *auditReport {
	r := &auditReport{
		Height: a.Height, Level: a.Level, Match: len(a.Differences) == 0 && a.Replay != nil, epochResult: epochOf(&a.Epoch, a.Computed),
		Differences: []auditMismatch{},
	}
	for _, d := range a.Differences {
		r.Differences = append(r.Differences, auditMismatch(d))
	}
	if a.Replay != nil {
		r.Txs, r.Bytes, r.Seconds, r.Relay = a.Replay.Txs, a.Replay.Bytes, a.Replay.Took.Seconds(), a.Replay.Source
	}
	return r
}

func (r *epochResult) human(w io.Writer, height uint64) {
	fmt.Fprintf(w, "subnet\t%d\n", r.Netuid)
	fmt.Fprintf(w, "epoch\t%d, in block %d\n", r.Epoch, height)
	fmt.Fprintf(w, "emission\t%s for neurons, %s for the owner\n", amount(r.Emission), amount(r.OwnerCut))
}

func (r *auditReport) human(w io.Writer) {
	r.epochResult.human(w, r.Height)
	switch {
	case r.Match:
		fmt.Fprintf(w, "result\tall %d neurons match\n", len(r.Neurons))
	case len(r.Differences) == 0:
		fmt.Fprintf(w, "result\tall %d neurons match, and yet the block does not lead to what was signed\n", len(r.Neurons))
	default:
		fmt.Fprintf(w, "result\t%d figures differ\n", len(r.Differences))
		fmt.Fprint(w, "\nuid\tcolumn\tcomputed here\tsigned\n")
		for _, d := range r.Differences {
			fmt.Fprintf(w, "%d\t%s\t%d\t%d\n", d.UID, d.Column, d.Computed, d.Signed)
		}
	}
	if r.Explanation != nil {
		fmt.Fprintln(w)
		r.Explanation.reasons(w)
	}
	fmt.Fprintf(w, "\n%s", r.Level)
	if r.Seconds > 0 {
		fmt.Fprintf(w, "\t%s fetched, executed in %s with %d transactions of the block", size(r.Bytes), time.Duration(r.Seconds*float64(time.Second)).Round(100*time.Microsecond), r.Txs)
	}
	fmt.Fprintln(w)
	if r.Trust != "" {
		fmt.Fprintf(w, "\tunder headers that descend from %s\n", r.basis.short())
	}
}
