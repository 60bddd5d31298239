package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/ui/text"
)

// One is the whole of a fraction in core/tab's explanations.
const One = 1 << 32

// Support counts the votes for a neuron: validators that gave it weight and the stake they hold together, and those
// whose weight was cut.
func Support(e *tab.Explanation) (voters, cut int, stake uint64) {
	for _, v := range e.Votes {
		if v.Weight > 0 && v.Stake > 0 {
			voters++
			stake += v.Stake
		}
		if v.Clipped < v.Weight {
			cut++
		}
	}
	return voters, cut, stake
}

// WhyTitle asks what [WhyEarned] answers.
func WhyTitle(e *tab.Explanation) string {
	paid := "nothing"
	if e.Server+e.Validator > 0 {
		paid = text.Tidy(tao.Amount(e.Server + e.Validator)).String()
	}
	return "Why did uid " + text.Count(uint64(e.UID)) + " earn " + paid + "?"
}

// WhyEarned says in sentences why a neuron earned what it did.
func WhyEarned(e *tab.Explanation) string {
	voters, cut, stake := Support(e)
	pc := func(v uint64) string { return text.Percent(v, One, 2) + " %" }
	if e.ByStake && e.Server+e.Validator > 0 {
		return "Nobody had incentive or dividends in this epoch, so stake took their place: it holds " + pc(e.StakeShare) + "."
	}
	var out []string
	switch {
	case voters > 0 && e.Incentive > 0:
		s := fmt.Sprintf("Validators holding %s of the stake gave it weight.", pc(stake))
		if cut > 0 {
			s += fmt.Sprintf(" %d of %d gave more than %s of the stake supports, so their excess was cut.", cut, voters, pc(e.Kappa))
		}
		out = append(out, s+" What remained is "+pc(e.Incentive)+" of all miners’ rank, and so of what miners were paid.")
	case voters > 0 && e.Consensus == 0:
		out = append(out, "Validators holding "+pc(stake)+" of the stake gave it weight, and "+pc(e.Kappa)+" is needed for any of it to count.")
	case e.Dividends == 0:
		out = append(out, "No validator that takes part gave it weight.")
	}
	if e.Dividends > 0 {
		held := 0
		for _, h := range e.Holdings {
			if h.Gives > 0 {
				held++
			}
		}
		out = append(out, "As a validator it holds bonds in "+text.Plural(uint64(held), "miner", "miners")+" that earned, and has "+pc(e.Dividends)+" of all dividends.")
	}
	if e.Server+e.Validator == 0 {
		out = append(out, "So it earned nothing.")
	}
	return strings.Join(out, " ")
}

// Ladder is the picture of the consensus on a miner: weights from high to low, each as wide as its validator's stake, in
// a box of 100 × 100 that is stretched.
type Ladder struct {
	Counts    string // path of what counts
	Cut       string // path of what is above the consensus
	Consensus string // line
	Kappa     string // line, where enough stake is reached
	KappaX    string // in percent
	Y         int    // px of the consensus from the top of a picture 200 px high
	Text      string
}

// DrawLadder draws the votes for a neuron.
func DrawLadder(e *tab.Explanation) Ladder {
	votes := slices.Clone(e.Votes)
	slices.SortStableFunc(votes, func(a, b tab.Pair) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return 0
	})
	highest, total := uint64(1), uint64(0)
	for _, v := range votes {
		total += v.Stake
		highest = max(highest, v.Weight)
	}
	total = max(total, 1)
	y := func(w uint64) float64 { return 100 - 92*float64(w)/float64(highest) }
	var counts, cut strings.Builder
	at := 0.0
	for _, v := range votes {
		x, width := at, 100*float64(v.Stake)/float64(total)
		at += width
		if v.Stake == 0 || v.Weight == 0 {
			continue
		}
		gap := min(0.25, width/4)
		fmt.Fprintf(&counts, "M%.2f %.2fH%.2fV100H%.2fz", x, y(v.Clipped), x+width-gap, x)
		if v.Clipped < v.Weight {
			fmt.Fprintf(&cut, "M%.2f %.2fH%.2fV%.2fH%.2fz", x, y(v.Weight), x+width-gap, y(v.Clipped), x)
		}
	}
	k := 100 * float64(e.Kappa) / One
	voters, n, _ := Support(e)
	return Ladder{
		Counts: counts.String(), Cut: cut.String(), Consensus: fmt.Sprintf("M0 %.2fH100", y(e.Consensus)), Kappa: fmt.Sprintf("M%.2f 0V100", k),
		KappaX: fmt.Sprintf("%.2f%%", k), Y: 24 + int(2*y(e.Consensus)),
		Text: fmt.Sprintf("Weights of %s, highest first, each as wide as its validator’s stake. The consensus is %s, where %s %% of the stake is reached. What rises above is cut: that is so for %d.",
			text.Plural(uint64(voters), "validator", "validators"), text.Fraction(e.Consensus, 4), text.Percent(e.Kappa, One, 0), n),
	}
}

// Earning ranks pairs by what they give, the largest first, without those that give nothing, at most n.
func Earning(list []tab.Pair, by func(tab.Pair) uint64, n int) []tab.Pair {
	var out []tab.Pair
	for _, p := range list {
		if by(p) > 0 {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b tab.Pair) int {
		switch x, y := by(a), by(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out[:min(len(out), n)]
}

// Width is a bar's width in percent of the longest one.
func Width(part, of uint64) string { return width(part, of) }
