package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/yuma"
)

// blockSays tells what came of a block and of its epochs; the file itself says nothing.
func blockSays(b *bundle.Block, r *bundle.Report, why *explanation) says {
	out := says{object: object{{"finding", r.Finding}, {"txs", len(b.Txs)}}}
	lines := [][2]string{{"transactions", fmt.Sprint(len(b.Txs))}}
	switch {
	case r.Fraud != nil:
		signers := []string{}
		for _, a := range r.Fraud.Evidence.Signers() {
			signers = append(signers, hex.EncodeToString(a[:]))
		}
		out.object = append(out.object, member{"differs", r.Fraud.What}, member{"signed", hex.EncodeToString(r.Fraud.Signed)},
			member{"computed", hex.EncodeToString(r.Fraud.Computed[:])}, member{"signers", signers})
		lines = append(lines, [2]string{"FRAUD", "the producers signed what the block does not do"}, [2]string{"differs", r.Fraud.What},
			[2]string{"signed", hex.EncodeToString(r.Fraud.Signed)}, [2]string{"computed", hex.EncodeToString(r.Fraud.Computed[:])})
		for _, s := range signers {
			lines = append(lines, [2]string{"signed by", s})
		}
	case r.Finding == bundle.Follows:
		lines = append(lines, [2]string{"finding", "executed here, it does what the producers signed"})
	}
	epochs := epochsOf(r.Execution)
	for _, e := range epochs {
		lines = append(lines, [2]string{"epoch", fmt.Sprintf("%d of subnet %d: %s for %d neurons, %s for the owner", e.Epoch, e.Netuid, amount(e.Emission), len(e.Neurons), amount(e.OwnerCut))})
	}
	out.object = append(out.object, member{"epochs", epochs})
	if why != nil {
		out.object = append(out.object, member{"explanation", why})
	}
	out.show = func(w io.Writer) {
		showLines(lines)(w)
		if why != nil {
			fmt.Fprintln(w)
			why.reasons(w)
		}
	}
	return out
}

// epochsOf computes the epochs of a block that was executed.
func epochsOf(x *light.Execution) []epochResult {
	out := []epochResult{}
	if x == nil {
		return out
	}
	for i := range x.Epochs {
		if o, err := yuma.Epoch(x.Epochs[i].Inputs); err == nil {
			out = append(out, epochOf(&x.Epochs[i], o))
		}
	}
	return out
}

// neuron is one of those that an epoch paid.
type neuron struct{ netuid, uid uint16 }

// readNeuron reads NETUID/UID; nothing is nobody.
func readNeuron(cmd *cobra.Command, s string) (*neuron, error) {
	if s == "" {
		return nil, nil
	}
	netuid, uid, ok := strings.Cut(s, "/")
	if !ok {
		return nil, usage(cmd, "--explain %q: want NETUID/UID, such as 1/41", s)
	}
	var n neuron
	var err error
	if n.netuid, err = number16(cmd, "--explain NETUID", netuid); err == nil {
		n.uid, err = number16(cmd, "--explain UID", uid)
	}
	return &n, err
}

// explainedBy explains the neuron by the block of a file, if that could be executed and does what was signed. Otherwise
// the error says why not.
func (n *neuron) explainedBy(r *bundle.Report) (*explanation, error) {
	switch {
	case n == nil:
		return nil, nil
	case r.Body == nil:
		return nil, errors.New("the file can't be read")
	case r.Kind != bundle.BlockKind:
		return nil, fmt.Errorf("it holds a %s, and --explain wants a block's file: taolight audit %d --save FILE makes one", r.Kind, n.netuid)
	case r.Finding == bundle.Fraud:
		return nil, errors.New("the producers signed what the block does not do")
	case r.Finding != bundle.Follows:
		return nil, errors.New("the block was not executed here")
	}
	for i := range r.Execution.Epochs {
		if e := &r.Execution.Epochs[i]; e.Netuid == n.netuid {
			return explainedIn(e, n.uid)
		}
	}
	return nil, fmt.Errorf("block %d had no epoch of subnet %d", r.Height, n.netuid)
}
