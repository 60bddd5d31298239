package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/vector"
)

func (a *app) yumaExplainCommand() *cobra.Command {
	var name string
	var step int
	c := &cobra.Command{
		Use:   "explain UID [FILE]",
		Short: "Say why a neuron earned what it did",
		Long: `Computes a document's epochs and says of one neuron where its emission comes from: what each validator thinks of it and
which of them set consensus, and what its own weights and bonds bring. The document comes from FILE or stdin; without
--vector its first vector counts, without --step the first step.

With --json fractions are raw bits: divide by 2^32.`,
		Example: `  taolight yuma explain 3 what-if.json
  taolight yuma explain 3 vectors.json.gz --vector small_n8_y3 --step 2
  taolight yuma explain 0 --json < what-if.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(cmd, "UID is missing")
			}
			return upTo("UID", "FILE")(cmd, args)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			uid, err := number16(cmd, "UID", args[0])
			if err != nil {
				return err
			}
			if step < 0 {
				return usage(cmd, "--step %d: steps begin at 0", step)
			}
			q := question{vector: name, named: cmd.Flags().Changed("vector"), step: step, uid: uid}
			if err := a.withDocument(cmd.Context(), args[1:], q.ask); err != nil {
				return err
			}
			return a.print(q.answer, q.answer.human)
		},
	}
	c.Flags().StringVar(&name, "vector", "", "`NAME` of the vector (default: the first one)")
	c.Flags().IntVar(&step, "step", 0, "`NUMBER` of the step, from 0")
	return c
}

// question is of which epoch and neuron an explanation is wanted.
type question struct {
	vector string
	named  bool
	step   int
	uid    uint16
	answer *explanation
}

// explanation is of one neuron in one epoch of a document. Its amounts are strings in JSON, as everywhere.
type explanation struct {
	Vector string `json:"vector"`
	Step   int    `json:"step"`
	*yuma.Explanation
	Stake             tao.Amount `json:"stake"`
	ServerEmission    tao.Amount `json:"server_emission"`
	ValidatorEmission tao.Amount `json:"validator_emission"`
	Emission          tao.Amount `json:"emission"`
}

func explained(vector string, step int, e *yuma.Explanation) *explanation {
	return &explanation{vector, step, e, tao.Amount(e.Stake), tao.Amount(e.ServerEmission), tao.Amount(e.ValidatorEmission), tao.Amount(e.Emission)}
}

// explainedIn explains a neuron of an epoch of the chain.
func explainedIn(e *coinbase.Epoch, uid uint16) (*explanation, error) {
	why, err := yuma.Explain(e.Inputs, uid)
	if err != nil {
		return nil, fmt.Errorf("there was no uid %d: the epoch had %d neurons", uid, len(e.Hotkeys))
	}
	return explained("", 0, why), nil
}

// ask finds the epoch in a document, computing the ones before it, and explains it.
func (q *question) ask(src io.Reader) error {
	var w yuma.Workspace
	steps := 0 // of the vector that is asked for
	err := vector.Walk(src, func(s *vector.Step) (*yuma.Outputs, error) {
		if s.Number == 0 && steps > 0 {
			return nil, vector.ErrStop
		}
		if q.named && s.Vector != q.vector {
			return nil, nil
		}
		if steps++; s.Number < q.step {
			return w.Epoch(s.Inputs, nil)
		}
		if q.uid >= s.Inputs.N {
			return nil, fmt.Errorf("there is no uid %d in %q: its uids are below %d; --vector NAME takes another one", q.uid, oneLine(s.Vector), s.Inputs.N)
		}
		e, err := yuma.Explain(s.Inputs, q.uid)
		if err != nil {
			return nil, err
		}
		q.answer = explained(s.Vector, s.Number, e)
		return nil, vector.ErrStop
	})
	switch {
	case err != nil || q.answer != nil:
		return err
	case steps == 0 && q.named:
		return fmt.Errorf("there is no vector %q with steps", q.vector)
	case steps == 0:
		return errors.New("the document has no steps")
	}
	return fmt.Errorf("there is no step %d: the last one is %d", q.step, steps-1)
}

func (e *explanation) human(w io.Writer) {
	rules := "Yuma 2"
	if e.Yuma3 {
		rules = "Yuma 3"
	}
	if e.Vector != "" {
		fmt.Fprintf(w, "vector\t%s\n", oneLine(e.Vector))
	}
	fmt.Fprintf(w, "step\t%d, %s\n", e.Step, rules)
	e.reasons(w)
}

// reasons are the explanation without the document that it is from.
func (e *explanation) reasons(w io.Writer) {
	fmt.Fprintf(w, "uid\t%d\n", e.UID)
	fmt.Fprintf(w, "earned\t%s: %s as a miner, %s as a validator\n",
		amount(e.Emission), amount(e.ServerEmission), amount(e.ValidatorEmission))
	if e.ByStake {
		fmt.Fprintf(w, "\tnobody has incentive or dividends, so emission goes by stake\n")
	}
	e.miner(w)
	e.validator(w)
}

func (e *explanation) miner(w io.Writer) {
	fmt.Fprintf(w, "\nAs a miner\n")
	fmt.Fprintf(w, "consensus\t%s\tthe largest weight that %s of active stake gives at least; %s does\n",
		percent(e.Consensus), percent(e.Kappa), percent(e.Support))
	fmt.Fprintf(w, "rank\t%s\tthe sum of what validators add: stake times clipped weight\n", percent(e.Rank))
	fmt.Fprintf(w, "incentive\t%s\tits part of all ranks\n", percent(e.Incentive))
	if len(e.Votes) == 0 {
		return
	}
	fmt.Fprint(w, "\nvalidator\tstake\tweight\tclipped to\tadds to rank\tbond before\talpha\tbond after\t",
		"share of bonds\t\n")
	for _, v := range e.Votes {
		note := ""
		if v.SetsConsensus {
			note = "sets consensus"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", v.Validator, percent(v.Stake), percent(v.Weight),
			percent(v.Clipped), percent(v.Contributes), percent(v.BondBefore), percent(v.Alpha), percent(v.BondAfter),
			percent(v.BondShare), note)
	}
}

func (e *explanation) validator(w io.Writer) {
	counts := "of all stake that counts"
	if !e.StakeCounts {
		counts = "below the threshold, so it doesn't count"
	}
	fmt.Fprintf(w, "\nAs a validator\n")
	fmt.Fprintf(w, "stake\t%s\t%s, %s\n", percent(e.StakeShare), counts, amount(e.Stake))
	fmt.Fprintf(w, "active stake\t%s\t%s\n", percent(e.ActiveShare), e.standing())
	fmt.Fprintf(w, "trust\t%s\tthe part of its weights that consensus left standing\n", percent(e.Trust))
	dividends := "its part of what all bonds bring: share of bonds times incentive"
	if e.Yuma3 {
		dividends += " times stake"
	}
	fmt.Fprintf(w, "dividends\t%s\t%s\n", percent(e.Dividends), dividends)
	if len(e.Holdings) == 0 {
		return
	}
	fmt.Fprint(w, "\nminer\tweight\tconsensus\tclipped to\tbond before\talpha\tbond after\tshare of bonds\t",
		"incentive\tbrings\n")
	for _, h := range e.Holdings {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", h.Miner, percent(h.Weight), percent(h.Consensus),
			percent(h.Clipped), percent(h.BondBefore), percent(h.Alpha), percent(h.BondAfter), percent(h.BondShare),
			percent(h.Incentive), percent(h.Dividend))
	}
}

// standing says what part a neuron takes as a validator, now and next.
func (e *explanation) standing() string {
	yes := map[bool]string{true: "", false: "no "}
	active := "active"
	if !e.Active {
		active = "inactive"
	}
	return fmt.Sprintf("%s, %spermit in this epoch, %spermit in the next", active, yes[e.PermitBefore], yes[e.PermitAfter])
}

// percent writes a fraction for people, with the digits that tell neighbours among shares apart; what is exactly nothing
// or all has none.
func percent(x fixed.I32F32) string {
	if x == 0 || x == fixed.One {
		return strconv.Itoa(int(x>>32)*100) + "%"
	}
	return strconv.FormatFloat(100*float64(x)/(1<<32), 'f', 4, 64) + "%"
}
