package model

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/tab"
)

const half = 1 << 31

func judged() *tab.Explanation {
	return &tab.Explanation{UID: 7, Kappa: half, Consensus: half / 2, Incentive: half / 4, Server: 9, Votes: []tab.Pair{
		{UID: 1, Stake: half / 2, Weight: half / 2, Clipped: half / 2, Sets: true, BondAfter: 3},
		{UID: 2, Stake: half, Weight: half, Clipped: half / 2, BondAfter: 5},
		{UID: 3, Stake: half / 2}, {UID: 4, Weight: half, Clipped: half},
	}}
}

func TestWhyEarned(t *testing.T) {
	const miner = "Validators holding 75.00 % of the stake gave it weight. 1 of 2 gave more than 50.00 % of the stake supports, so their excess was cut. What remained is 12.50 % of all miners’ rank, and so of what miners were paid."
	for want, change := range map[string]func(*tab.Explanation){
		miner: func(*tab.Explanation) {},
		"Nobody had incentive or dividends in this epoch, so stake took their place: it holds 50.00 %.": func(e *tab.Explanation) {
			e.ByStake, e.StakeShare = true, half
		},
		"Validators holding 75.00 % of the stake gave it weight, and 50.00 % is needed for any of it to count. So it earned nothing.": func(e *tab.Explanation) {
			e.Consensus, e.Incentive, e.Server = 0, 0, 0
		},
		"No validator that takes part gave it weight. So it earned nothing.": func(e *tab.Explanation) {
			e.Votes, e.Incentive, e.Server = nil, 0, 0
		},
		"As a validator it holds bonds in 1 miner that earned, and has 50.00 % of all dividends.": func(e *tab.Explanation) {
			e.Votes, e.Incentive, e.Server, e.Dividends, e.Validator = nil, 0, 0, half, 5
			e.Holdings = []tab.Pair{{UID: 1, Gives: 3}, {UID: 2}}
		},
	} {
		e := judged()
		change(e)
		if got := WhyEarned(e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestLadder(t *testing.T) {
	l := DrawLadder(judged())
	// The highest weight stands first, half as wide as all, cut at half its height; one without stake is not drawn.
	if l.Counts != "M0.00 54.00H49.75V100H0.00zM50.00 54.00H74.75V100H50.00z" || l.Cut != "M0.00 8.00H49.75V54.00H0.00z" {
		t.Errorf("%s, %s", l.Counts, l.Cut)
	}
	if l.Consensus != "M0 54.00H100" || l.Kappa != "M50.00 0V100" || l.Y != 132 || !strings.Contains(l.Text, "The consensus is 0.2500") {
		t.Errorf("%+v", l)
	}
	if empty := DrawLadder(&tab.Explanation{}); empty.Counts != "" || empty.Cut != "" {
		t.Errorf("nothing is drawn as %+v", empty)
	}
	DrawLadder(&tab.Explanation{Consensus: 1<<64 - 1, Kappa: 1<<64 - 1, Votes: []tab.Pair{{Stake: 1<<64 - 1, Weight: 1<<64 - 1}, {Stake: 1<<64 - 1, Weight: 1}}})
}

func TestEarning(t *testing.T) {
	got := Earning(judged().Votes, func(p tab.Pair) uint64 { return p.BondAfter }, 12)
	if len(got) != 2 || got[0].UID != 2 || got[1].UID != 1 {
		t.Errorf("%+v", got)
	}
	if got := Earning(judged().Votes, func(p tab.Pair) uint64 { return p.Stake }, 1); len(got) != 1 || got[0].UID != 2 {
		t.Errorf("%+v", got)
	}
}
