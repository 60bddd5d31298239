// Package coinbase is the step that every block ends with: it makes new money and shares it out.
//
// [Step] does, in this order:
//
//  1. registration: counters are reset and costs adjusted, for the root network and each subnet by netuid;
//  2. the root epoch, when it is due: how emission is split over subnets until the next one ([RootShares]);
//  3. emission: the block's new money becomes pending emission of the subnets;
//  4. epochs that are due, at most Params.EpochsPerBlock of them in the order of (due block, netuid): pending emission is
//     paid to the owner, miners and validators. Others wait for the next block; none is lost, as the next one is due a
//     tempo after the block in which this one was;
//  5. what removed subnets owned is deleted, a bounded number of keys.
//
// All epochs of a block see the stakes from before the first of them paid, so their order changes nothing for validators.
//
// What is paid leaves the pending emission and nothing else does, so what rounding leaves is paid at the next epoch.
package coinbase
