package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

func printSubnets(w io.Writer, v *view.Subnets) {
	fmt.Fprintf(w, "NETUID\tNAME\tOWNER\tUIDS\tTEMPO\tNEXT EPOCH\tEMISSION A BLOCK\tPENDING\n")
	for _, n := range v.Subnets {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d/%d\t%d\t%d\t%s\t%s\n",
			n.Netuid, oneLine(n.Name), brief(n.Owner), n.Uids, n.MaxUids, n.Tempo, n.Next, amount(n.Emission), amount(n.Pending))
	}
	if len(v.Subnets) == 0 {
		fmt.Fprintln(w, "no subnets")
	}
}

func printSubnetDetail(w io.Writer, v *view.SubnetDetail) {
	if !v.Exists {
		fmt.Fprintln(w, "there is no such subnet")
		return
	}
	n := v.Subnet
	fmt.Fprintf(w, "subnet %d\t%s\nowner\t%s\n", n.Netuid, oneLine(n.Name), n.Owner)
	if n.Hotkey != (keys.Account{}) {
		fmt.Fprintf(w, "owner's hotkey\t%s\n", n.Hotkey)
	}
	for _, s := range [][2]string{{"url", v.URL}, {"contact", v.Contact}, {"description", v.Description}} {
		if s[1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", s[0], oneLine(s[1]))
		}
	}
	fmt.Fprintf(w, "since\tblock %d, id %d\nlocked\t%s\n", n.Since, n.ID, amount(n.Lock))
	fmt.Fprintf(w, "uids\t%d of %d\n", n.Uids, n.MaxUids)
	fmt.Fprintf(w, "epochs\t%d so far, every %d blocks, the last at %d, the next at %d\n", n.Epochs, n.Tempo, n.Last, n.Next)
	fmt.Fprintf(w, "emission\t%s a block, %s pending\n", amount(n.Emission), amount(n.Pending))
	fmt.Fprintf(w, "\tits settings: taolight subnet hyperparameters %d\n", n.Netuid)
}

func printCosts(w io.Writer, v *view.Costs) {
	fmt.Fprintf(w, "NETUID\tNAME\tUIDS\tBURN\tDIFFICULTY\tNEXT ADJUSTMENT\n")
	for _, c := range v.Costs {
		burn, work := "off", "off"
		if c.Burning {
			burn = amount(c.Burn)
		}
		if c.Work {
			work = strconv.FormatUint(c.Difficulty, 10)
		}
		fmt.Fprintf(w, "%d\t%s\t%d/%d\t%s\t%s\t%d\n", c.Netuid, oneLine(c.Name), c.Uids, c.MaxUids, burn, work, c.Adjusted)
	}
	fmt.Fprintf(w, "\na new subnet locks %s\n", amount(v.Subnet))
}

// printRow writes a row of weights or bonds, the largest first.
func printRow(w io.Writer, v *view.Row) {
	if !v.Exists {
		fmt.Fprintf(w, "subnet %d has no uid %d\n", v.Netuid, v.UID)
		return
	}
	type entry struct{ uid, share uint16 }
	var row []entry
	for i := 0; i+1 < len(v.Row); i += 2 {
		row = append(row, entry{v.Row[i], v.Row[i+1]})
	}
	slices.SortStableFunc(row, func(a, b entry) int { return int(b.share) - int(a.share) })
	fmt.Fprintf(w, "UID\tVALUE\tOF 65535\n")
	for _, e := range row {
		fmt.Fprintf(w, "%d\t%d\t%s\n", e.uid, e.share, shareText(e.share))
	}
	if len(row) == 0 {
		fmt.Fprintf(w, "uid %d has no row\n", v.UID)
	}
}

// printRootWeights writes how each member of the root network weighs subnets, in parts of its row.
func printRootWeights(w io.Writer, v *view.Metagraph) {
	if len(v.Hotkeys) != int(v.Uids) || len(v.Weights) != int(v.Uids) || len(v.Stake) != int(v.Uids) {
		fmt.Fprintf(w, "the root network has no columns\n")
		return
	}
	fmt.Fprintf(w, "UID\tHOTKEY\tSTAKE\tWEIGHTS OF SUBNETS\n")
	for uid, row := range v.Weights {
		sum := 0
		for i := 1; i < len(row); i += 2 {
			sum += int(row[i])
		}
		var parts []string
		for i := 0; i+1 < len(row); i += 2 {
			parts = append(parts, fmt.Sprintf("%d: %.2f%%", row[i], 100*float64(row[i+1])/float64(max(sum, 1))))
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", uid, v.Hotkeys[uid], amount(v.Stake[uid]), cmp.Or(strings.Join(parts, ", "), "none"))
	}
	if v.Uids == 0 {
		fmt.Fprintf(w, "nobody sits there\n")
	}
}

// metagraphColumns are the columns of the table, each with how its cell of a uid is written; those that were not asked for
// are left out.
func metagraphColumns(v *view.Metagraph) (heads []string, cells []func(uid int) string) {
	add := func(head string, n int, cell func(i int) string) {
		if n == int(v.Uids) && n > 0 {
			heads, cells = append(heads, head), append(cells, cell)
		}
	}
	shares := func(head string, column []uint16) {
		add(head, len(column), func(i int) string { return shareText(column[i]) })
	}
	sums := func(head string, column []tao.Amount) {
		add(head, len(column), func(i int) string { return amount(column[i]) })
	}
	numbers := func(head string, column []uint64) {
		add(head, len(column), func(i int) string { return strconv.FormatUint(column[i], 10) })
	}
	yes := func(head string, column []bool) {
		add(head, len(column), func(i int) string {
			if column[i] {
				return "yes"
			}
			return "-"
		})
	}
	add("HOTKEY", len(v.Hotkeys), func(i int) string { return brief(v.Hotkeys[i]) })
	add("COLDKEY", len(v.Coldkeys), func(i int) string { return brief(v.Coldkeys[i]) })
	sums("STAKE", v.Stake)
	yes("PERMIT", v.ValidatorPermit)
	yes("ACTIVE", v.Active)
	shares("INCENTIVE", v.Incentive)
	shares("CONSENSUS", v.Consensus)
	shares("DIVIDENDS", v.Dividends)
	shares("VTRUST", v.ValidatorTrust)
	shares("SCORE", v.PruningScore)
	shares("WEIGHT", v.StakeWeight)
	sums("EMISSION", v.Emission)
	sums("AS MINER", v.ServerEmission)
	sums("AS VALIDATOR", v.ValidatorEmission)
	numbers("REGISTERED", v.RegisteredAt)
	numbers("UPDATED", v.LastUpdate)
	add("AXON", len(v.Axons), func(i int) string { return oneLine(v.Axons[i]) })
	rows := func(head string, column [][]uint16) {
		add(head, len(column), func(i int) string { return fmt.Sprintf("%d entries", len(column[i])/2) })
	}
	rows("WEIGHTS", v.Weights)
	rows("BONDS", v.Bonds)
	return heads, cells
}

func printMetagraph(w io.Writer, v *view.Metagraph) {
	if !v.Exists {
		fmt.Fprintf(w, "there is no subnet %d\n", v.Netuid)
		return
	}
	name := "root network"
	if v.Netuid != subnet.RootNetuid {
		name = fmt.Sprintf("subnet %d, %s", v.Netuid, oneLine(v.Name))
	}
	fmt.Fprintf(w, "%s: block %d, the next epoch at %d, %s pending\n", name, v.Block, v.Next, amount(v.Pending))
	heads, cells := metagraphColumns(v)
	fmt.Fprint(w, "UID")
	for _, h := range heads {
		fmt.Fprint(w, "\t", h)
	}
	fmt.Fprintln(w)
	for uid := range int(v.Uids) {
		fmt.Fprint(w, uid)
		for _, cell := range cells {
			fmt.Fprint(w, "\t", cell(uid))
		}
		fmt.Fprintln(w)
	}
}
