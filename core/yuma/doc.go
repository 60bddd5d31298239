// Package yuma is the epoch: it turns what validators say of miners into consensus, bonds and emission.
//
// Call [Epoch] with [Inputs], or keep a [Workspace] where there are many epochs; a [Tracer] is told every intermediate
// result, and [Explain] answers why one uid earned what it did. The epoch is a function: the same inputs give the same
// bits on every machine, those of the reference chain (subtensor, June 2026), for Yuma 2 and Yuma 3, with liquid alpha,
// commit-reveal masks and bonds penalty. Arithmetic is [github.com/taolight/taolight/core/fixed].
//
// In the symbols of the Yuma paper, an epoch is
//
//	S   stake, from TAO and the subnet's own, sums to 1           weighStakes
//	S'  stake of active validators with a permit, sums to 1       activateStake
//	W   weights, rows sum to 1                                    maskWeights
//	C   consensus: the stake-weighted median of each column       findConsensus
//	W̄   min(W, C); trust is its row sums                          clipWeights
//	I   incentive: W̄ᵀS', sums to 1                                rank
//	B   bonds, a moving average of W̄ (or W) over epochs           bondsByStake, bondsByPair
//	D   dividends: what bonds are worth by incentive, sums to 1   bondsByStake, bondsByPair
//
// and half of the emission goes by I to miners, half by D to validators (shareEmission).
//
// Ties: of equal stakes the higher uid gets the permit. Rows of weights may be in any order, name a uid twice or uids that
// don't exist; [Inputs] and the steps say what such a row means.
package yuma
