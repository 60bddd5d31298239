package yuma

// Outputs are an epoch's results, one value for each of the N uids. Shares are u16: floor(x·65535) of x in [0, 1].
type Outputs struct {
	Active            []bool   // has set weights within the activity cutoff
	Consensus         []uint16 // share: the weight that a majority of stake supports
	Incentive         []uint16 // share of the miners' half
	Dividends         []uint16 // share of the validators' half
	ValidatorTrust    []uint16 // share: how much of its weights consensus left standing
	StakeWeight       []uint16 // share of the stake that counts
	ValidatorPermit   []bool   // may validate until the next epoch
	ServerEmission    []uint64 // rao earned as a miner
	ValidatorEmission []uint64 // rao earned as a validator
	Emission          []uint64 // rao; both together, rounded by itself
	PruningScore      []uint16 // emission as parts of the largest one, which is 65535: who has the least goes first
	Stake             []uint64 // rao: alpha stake and weighted TAO stake, before the threshold
	Bonds             []Row    // of those with a permit; N rows, an empty one for everybody else
}
