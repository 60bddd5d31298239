package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/view"
)

// shareText writes a share of 65535.
func shareText(share uint16) string { return fmt.Sprintf("%.2f%%", float64(share)/65_535*100) }

// brief shortens an address for tables; --json has it in full.
func brief(a keys.Account) string {
	if a == (keys.Account{}) {
		return "-"
	}
	s := a.String()
	return s[:8] + "…" + s[len(s)-4:]
}

func printAccount(w io.Writer, v *view.Account) {
	fmt.Fprintf(w, "address\t%s\nfree\t%s\nstaked\t%s\n", v.Address, amount(v.Free), amount(v.Staked))
	for _, st := range v.Stakes {
		fmt.Fprintf(w, "\t%s on %s\n", amount(st.Value), st.Hotkey)
	}
	if v.Reserved > 0 {
		fmt.Fprintf(w, "reserved\t%s\n", amount(v.Reserved))
		fmt.Fprintf(w, "\tfor what: taolight proxy list, relay list, subnet list, or multisig list of groups that it proposed to\n")
	}
	if v.Owner != (keys.Account{}) {
		fmt.Fprintf(w, "hotkey of\t%s\n", v.Owner)
	}
	if !v.Exists && len(v.Stakes) == 0 && v.Owner == (keys.Account{}) {
		fmt.Fprintf(w, "\tnothing is known of this address\n")
	}
}

func printStakes(w io.Writer, v *view.Account) {
	fmt.Fprintf(w, "HOTKEY\tNETUID\tSTAKE\n")
	for _, st := range v.Stakes {
		fmt.Fprintf(w, "%s\t%d\t%s\n", st.Hotkey, st.Netuid, amount(st.Value))
	}
	fmt.Fprintf(w, "all\t\t%s\nfree\t\t%s\n", amount(v.Staked), amount(v.Free))
}

func printHotkey(w io.Writer, v *view.Hotkey) {
	fmt.Fprintf(w, "hotkey\t%s\n", v.Hotkey)
	if !v.Exists {
		fmt.Fprintf(w, "\tnobody owns it\n")
		return
	}
	fmt.Fprintf(w, "owner\t%s\nstake\t%s of %d\nnonce\t%d\n", v.Owner, amount(v.Stake), v.Nominators, v.Nonce)
	if v.Delegate {
		fmt.Fprintf(w, "delegate\twith a take of %s\n", shareText(v.Take))
	}
	for _, r := range v.Registrations {
		fmt.Fprintf(w, "subnet %d\tuid %d, %s, %s in the last epoch\n", r.Netuid, r.UID, permit(r.Permit), amount(r.Emission))
	}
	fmt.Fprintf(w, "\tits axon, children and commits on a subnet: taolight axon info, childkey get, weights commits\n")
}

func printDelegates(w io.Writer, v *view.Delegates) {
	fmt.Fprintf(w, "HOTKEY\tOWNER\tTAKE\tSTAKE\tNOMINATORS\tA DAY\tPER 1000 TAO\n")
	for _, d := range v.Delegates {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", d.Hotkey, brief(d.Owner), shareText(d.Take), amount(d.Total), d.Nominators, amount(d.Daily), amount(d.ReturnPer1000))
	}
	if len(v.Delegates) == 0 {
		fmt.Fprintln(w, "no delegates")
	}
}

func printNominators(w io.Writer, v *view.Nominators) {
	fmt.Fprintf(w, "hotkey\t%s\nstake\t%s\n", v.Hotkey, amount(v.Total))
	for _, n := range v.Nominators {
		fmt.Fprintf(w, "%s\t%s\n", n.Coldkey, amount(n.Value))
	}
}

func printNeuron(w io.Writer, v *view.Neuron) {
	fmt.Fprintf(w, "hotkey\t%s\n", v.Hotkey)
	if !v.Exists {
		fmt.Fprintf(w, "\tnot registered on subnet %d\n", v.Netuid)
		return
	}
	active := "active"
	if !v.Active {
		active = "inactive"
	}
	fmt.Fprintf(w, "coldkey\t%s\nsubnet\t%d\nuid\t%d, %s, %s\nstake\t%s\n", v.Coldkey, v.Netuid, v.UID, permit(v.ValidatorPermit), active, amount(v.Stake))
	fmt.Fprintf(w, "registered\tblock %d\nupdated\tblock %d\n", v.RegisteredAt, v.LastUpdate)
	fmt.Fprintf(w, "emission\t%s: %s as a miner, %s as a validator\n", amount(v.Emission), amount(v.ServerEmission), amount(v.ValidatorEmission))
	for _, s := range []struct {
		name  string
		share uint16
	}{
		{"consensus", v.Consensus}, {"incentive", v.Incentive}, {"dividends", v.Dividends},
		{"validator trust", v.ValidatorTrust}, {"pruning score", v.PruningScore},
	} {
		fmt.Fprintf(w, "%s\t%s\n", s.name, shareText(s.share))
	}
	for _, s := range [][2]string{{"axon", v.Axon}, {"prometheus", v.Prometheus}, {"commitment", strings.Join(v.Commitment, ", ")}} {
		if s[1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", s[0], oneLine(s[1]))
		}
	}
}

func printSupply(w io.Writer, v *view.Supply) {
	fmt.Fprintf(w, "issued\t%s of %s\n", amount(v.Issuance), amount(v.Cap))
	fmt.Fprintf(w, "  free\t%s in %d accounts\n", amount(v.Free), v.Accounts)
	fmt.Fprintf(w, "  staked\t%s\n", amount(v.Staked))
	if v.Reserved > 0 {
		fmt.Fprintf(w, "  reserved\t%s\n", amount(v.Reserved))
	}
	fmt.Fprintf(w, "  pending\t%s for %d subnets\n", amount(v.Pending), v.Subnets)
	fmt.Fprintf(w, "recycled\t%s\n", amount(v.Recycled))
	fmt.Fprintf(w, "a block adds\t%s\n", amount(v.BlockEmission))
	fmt.Fprintf(w, "next halving\tat %s issued\n", amount(v.NextHalving))
	if v.Source != "" {
		fmt.Fprintf(w, "balances\t%s\n", oneLine(v.Source))
	}
}
