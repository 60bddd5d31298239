package yuma

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/taolight/taolight/core/fixed"
)

// findConsensus computes C_j, the stake-weighted median of column j of W: the largest weight w such that validators who
// give j at least w hold at least kappa of the active stake. Those without an opinion give 0.
func (w *Workspace) findConsensus() {
	kappa, penalty := fixed.Share(w.in.Kappa), fixed.Share(w.in.BondsPenalty)
	w.scalars = [2]fixed.I32F32{kappa, penalty}
	w.tell(StepParams, w.scalars[:])

	s := &w.median
	total := s.gather(&w.weights, w.activeStake)
	minority := total.Sub(kappa)
	for j := range w.consensus {
		w.consensus[j] = 0
		if s.voters > 0 {
			w.consensus[j] = weightedMedian(s.column(j, total), s.spare, total, minority)
		}
	}
	w.tell(StepConsensus, w.consensus)
}

// vote is what one validator, or several of one mind, give a uid.
type vote struct{ weight, stake fixed.I32F32 }

// ballots holds the votes by uid.
type ballots struct {
	voters  int                                // validators with active stake
	stake   []fixed.I32F32                     // theirs, by uid, divided by its sum; 0 for everybody else
	columns []struct{ first, end, latest int } // votes[first:end] are for that uid, the last one is by validator latest-1
	votes   []vote
	spare   []vote // as many as a column has
}

// gather sorts the weights of those with active stake by column; of several that one validator gives a uid the last
// counts. It returns the stake of all voters, 1 but for rounding.
func (s *ballots) gather(weights *matrix, activeStake []fixed.I32F32) (total fixed.I32F32) {
	n := len(activeStake)
	s.stake, s.columns, s.spare = sized(s.stake, n), sized(s.columns, n), sized(s.spare, n+1)
	clear(s.columns)

	s.voters = 0
	for i, x := range activeStake {
		if s.stake[i] = max(x, 0); x > 0 {
			s.voters++
			cols, _ := weights.Row(i)
			for _, j := range cols {
				s.columns[j].end++
			}
		}
	}
	fixed.Normalize(s.stake)

	from := 0
	for j := range s.columns {
		c := &s.columns[j]
		count := c.end
		c.first, c.end = from, from
		from += count + 1 // and those without an opinion
	}
	s.votes = sized(s.votes, from)
	for i, x := range s.stake {
		if activeStake[i] <= 0 {
			continue
		}
		total += x
		cols, vals := weights.Row(i)
		for k, j := range cols {
			c := &s.columns[j]
			if c.latest != i+1 {
				c.latest = i + 1
				c.end++
			}
			s.votes[c.end-1] = vote{vals[k], x}
		}
	}
	return total
}

// column returns the votes for uid j, those of 0 by validators without an opinion as one.
func (s *ballots) column(j int, total fixed.I32F32) []vote {
	c := &s.columns[j]
	votes := s.votes[c.first:c.end]
	if len(votes) == s.voters {
		return votes
	}
	for _, v := range votes {
		total -= v.stake
	}
	return append(votes, vote{0, total})
}

// weightedMedian returns the smallest weight whose votes and those of all smaller weights hold more stake than minority,
// or the largest weight when none do. There is at least one vote; total is the stake of all. It reorders votes, and
// overwrites spare, which is as long.
//
// The reference finds it by halving the votes around the one in their middle, and so does this. Sums of stake being
// exact, every order of search ends at the same weight.
func weightedMedian(votes, spare []vote, total, minority fixed.I32F32) fixed.I32F32 {
	for rounds := 2 * bits.Len(uint(len(votes))); ; rounds-- {
		if rounds == 0 { // an order made to be slow
			slices.SortFunc(votes, func(a, b vote) int { return cmp.Compare(a.weight, b.weight) })
			return firstAbove(votes, minority)
		}
		pivot := votes[len(votes)/2].weight
		lower, upper, less, more := partition(votes, spare, pivot)
		switch {
		case less > minority && lower > 0:
			votes, total = votes[:lower], less
		case total-more <= minority && upper > 0:
			votes, spare = spare[:upper], votes
			minority -= total - more // of those that are left
			total = more
		default:
			return pivot
		}
	}
}

// partition moves the votes below pivot to the front of votes, those above it to above, and returns how many they are
// and their stake. Weights are from 0 to 1, so that the sign of a difference tells; there is no branch to mispredict.
func partition(votes, above []vote, pivot fixed.I32F32) (lower, upper int, less, more fixed.I32F32) {
	above = above[:len(votes)]
	for _, v := range votes {
		votes[lower], above[upper] = v, v
		isLess, isMore := (v.weight-pivot)>>63, (pivot-v.weight)>>63 // -1 or 0
		lower, upper = lower-int(isLess), upper-int(isMore)
		less, more = less+v.stake&isLess, more+v.stake&isMore
	}
	return lower, upper, less, more
}

// firstAbove returns the weight at which the stake of sorted votes exceeds minority, the last one when it never does.
func firstAbove(votes []vote, minority fixed.I32F32) fixed.I32F32 {
	var sum fixed.I32F32
	for k, v := range votes {
		sum += v.stake
		if sum > minority && (k+1 == len(votes) || votes[k+1].weight != v.weight) {
			return v.weight
		}
	}
	return votes[len(votes)-1].weight
}
