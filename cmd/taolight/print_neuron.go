package main

import (
	"fmt"
	"io"
	"math"

	"github.com/taolight/taolight/core/view"
)

// blockText writes a block in which something was done last.
func blockText(block uint64) string {
	if block == 0 {
		return "never"
	}
	return fmt.Sprintf("in block %d", block)
}

// againText says from when something can be done again that was done in a block; 0 is at any time.
func againText(done, from uint64) string {
	if from == 0 {
		return blockText(done)
	}
	return fmt.Sprintf("in block %d; allowed again from block %d on", done, from)
}

// registeredText says who was asked about, and whether he is on the subnet.
func registeredText(w io.Writer, hotkey fmt.Stringer, netuid, uid uint16, there bool) bool {
	fmt.Fprintf(w, "hotkey\t%s\n", hotkey)
	if !there {
		fmt.Fprintf(w, "\tnot registered on subnet %d\n", netuid)
		return false
	}
	fmt.Fprintf(w, "subnet\t%d\nuid\t%d\n", netuid, uid)
	return true
}

func printAxon(w io.Writer, v *view.Axon) {
	if !registeredText(w, v.Hotkey, v.Netuid, v.UID, v.Registered) {
		return
	}
	for _, s := range []struct {
		name  string
		at    view.Served
		extra string
	}{
		{"axon", v.Axon, fmt.Sprintf(", protocol %d, placeholders %d and %d", v.Protocol, v.Placeholder1, v.Placeholder2)},
		{"prometheus", v.Prometheus, ""},
	} {
		switch at := s.at; {
		case at.Exists && at.IPType == 6:
			fmt.Fprintf(w, "%s\t[%s]:%d\n", s.name, oneLine(at.IP), at.Port)
		case at.Exists:
			fmt.Fprintf(w, "%s\t%s:%d\n", s.name, oneLine(at.IP), at.Port)
		case at.Block > 0:
			fmt.Fprintf(w, "%s\tnone, taken back in block %d\n", s.name, at.Block)
			continue
		default:
			fmt.Fprintf(w, "%s\tnone\n", s.name)
			continue
		}
		fmt.Fprintf(w, "\tIP version %d, version %d%s, announced in block %d\n", s.at.IPType, s.at.Version, s.extra, s.at.Block)
	}
}

func printFamily(w io.Writer, v *view.Family) {
	fmt.Fprintf(w, "hotkey\t%s\n", v.Hotkey)
	if !v.Exists {
		fmt.Fprintf(w, "\tthere is no subnet %d\n", v.Netuid)
		return
	}
	kin := func(name, whose string, list []view.Kin) {
		if len(list) == 0 {
			name += "\tnone"
		}
		fmt.Fprintln(w, name)
		for _, k := range list {
			fmt.Fprintf(w, "  %.4f%%\t%s %s\n", float64(k.Proportion)/math.MaxUint64*100, whose, k.Hotkey)
		}
	}
	fmt.Fprintf(w, "subnet\t%d\n", v.Netuid)
	kin("children", "of its stake works for", v.Children)
	fmt.Fprintf(w, "  set\t%s\n", againText(v.ChildrenSet, v.ChildrenFrom))
	kin("parents", "of the stake of", v.Parents)
	fmt.Fprintf(w, "take\t%s of what parents of other coldkeys earn\n", shareText(v.Take))
	fmt.Fprintf(w, "  raised\t%s\n", againText(v.TakeRaised, v.TakeFrom))
}

// printCommits counts epochs as audit and history do, from 1; the answer has indexes.
func printCommits(w io.Writer, v *view.Commits) {
	if !registeredText(w, v.Hotkey, v.Netuid, v.UID, v.Registered) {
		return
	}
	fmt.Fprintf(w, "epoch\t%d now\nlast commit\t%s\n", v.Epoch+1, blockText(v.Last))
	if !v.Secret {
		fmt.Fprintf(w, "\tsubnet %d takes no commits: weights are set at once\n", v.Netuid)
	}
	for _, c := range v.Commits {
		fmt.Fprintf(w, "\n%s\n\tcommitted in block %d, epoch %d\n", c.Hash, c.Block, c.Epoch+1)
		if c.Expired {
			fmt.Fprintf(w, "\texpired: it could be revealed in epoch %d\n", c.Reveal+1)
			continue
		}
		fmt.Fprintf(w, "\tis revealed in epoch %d, from block %d to block %d\n", c.Reveal+1, c.From, c.Until)
	}
	if len(v.Commits) == 0 {
		fmt.Fprintf(w, "\tno commit waits\n")
	}
}
