package subnet

// BlocksUntilEpoch is the reference chain's schedule: how many blocks after height a subnet's next epoch comes, 0 if it is
// in that very block. With tempo 0 there is none, and ok is false:
//
//	tempo − (height + netuid + 1) mod (tempo + 1)
//
// Its period is a block longer than the tempo, and a change of tempo moves all epochs. This chain has the next epoch's
// block in the state instead, see [Schedule], so that an epoch which waits for its turn is not lost: here the formula is
// for those who compare the two, and no block uses it.
func BlocksUntilEpoch(netuid, tempo uint16, height uint64) (blocks uint64, ok bool) {
	if tempo == 0 {
		return 0, false
	}
	period := uint64(tempo) + 1
	return uint64(tempo) - (height%period+uint64(netuid)+1)%period, true
}
