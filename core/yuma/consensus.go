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
			w.consensus[j] = weightedMedian(s.column(j, total), minority)
		}
	}
	w.tell(StepConsensus, w.consensus)
}

// vote is what one validator, or several of one mind, give a uid.
type vote struct{ weight, stake fixed.I32F32 }

// medianScratch holds the votes by uid: those for j are votes[first[j]:end[j]].
type medianScratch struct {
	voters     int            // validators with active stake
	stake      []fixed.I32F32 // theirs, by uid, divided by its sum; 0 for everybody else
	first, end []int
	latest     []int // the last voter for j, plus 1
	votes      []vote
	one        []vote // of one column
}

// gather sorts the weights of those with active stake by column; of several that one validator gives a uid the last
// counts. It returns the stake of all voters, 1 but for rounding.
func (s *medianScratch) gather(weights *matrix, activeStake []fixed.I32F32) (total fixed.I32F32) {
	n := len(activeStake)
	s.stake, s.latest = sized(s.stake, n), sized(s.latest, n)
	s.first, s.end = sized(s.first, n), sized(s.end, n)
	s.votes, s.one = sized(s.votes, len(weights.col)), sized(s.one, n+1)
	clear(s.latest)
	clear(s.end)

	s.voters = 0
	for i, x := range activeStake {
		if s.stake[i] = max(x, 0); x > 0 {
			s.voters++
			cols, _ := weights.Row(i)
			for _, j := range cols {
				s.end[j]++
			}
		}
	}
	fixed.Normalize(s.stake)

	from := 0
	for j, count := range s.end {
		s.first[j], s.end[j] = from, from
		from += count
	}
	for i, x := range s.stake {
		if activeStake[i] <= 0 {
			continue
		}
		total += x
		cols, vals := weights.Row(i)
		for k, j := range cols {
			if s.latest[j] != i+1 {
				s.latest[j] = i + 1
				s.end[j]++
			}
			s.votes[s.end[j]-1] = vote{vals[k], x}
		}
	}
	return total
}

// column returns the votes for uid j, those of 0 by validators without an opinion as one.
func (s *medianScratch) column(j int, total fixed.I32F32) []vote {
	votes := append(s.one[:0], s.votes[s.first[j]:s.end[j]]...)
	if len(votes) == s.voters {
		return votes
	}
	for _, v := range votes {
		total -= v.stake
	}
	return append(votes, vote{0, total})
}

// weightedMedian returns the smallest weight whose votes and those of all smaller weights hold more stake than minority,
// or the largest weight when none do. It reorders votes, of which there is at least one.
//
// The reference finds it by halving the votes around the one in their middle; sums of stake being exact, every order
// of search ends at the same weight.
func weightedMedian(votes []vote, minority fixed.I32F32) fixed.I32F32 {
	var below fixed.I32F32 // stake of all votes left behind, which are smaller
	for rounds := 2 * bits.Len(uint(len(votes))); ; rounds-- {
		if rounds == 0 { // an order made to be slow
			slices.SortFunc(votes, func(a, b vote) int { return cmp.Compare(a.weight, b.weight) })
			return firstAbove(votes, minority-below)
		}
		pivot := votes[len(votes)/2].weight
		smaller, larger, less, same := partition(votes, pivot)
		switch {
		case below+less > minority && smaller > 0:
			votes = votes[:smaller]
		case below+less+same <= minority && larger < len(votes):
			below += less + same
			votes = votes[larger:]
		default:
			return pivot
		}
	}
}

// partition puts the votes below pivot first, to index smaller, and those above it last, from index larger. It returns
// the stake of those below and of those equal.
func partition(votes []vote, pivot fixed.I32F32) (smaller, larger int, less, same fixed.I32F32) {
	larger = len(votes)
	for k := 0; k < larger; {
		switch v := votes[k]; {
		case v.weight < pivot:
			votes[k], votes[smaller] = votes[smaller], v
			less += v.stake
			smaller++
			k++
		case v.weight > pivot:
			larger--
			votes[k], votes[larger] = votes[larger], v
		default:
			same += v.stake
			k++
		}
	}
	return smaller, larger, less, same
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
