package market

import "github.com/taolight/taolight/core/keys"

// Qualities are in thousandths.
const (
	best    = 950
	worst   = 120
	unknown = 400 // of a hotkey that is not simulated
	season  = 300 // blocks in which a changing miner goes from one end to the other
)

// steady are the qualities of a subnet's first miners. The two after them change: one gets better while the other one
// gets worse, and then the other way around.
var steady = [perSubnet - 2]int{900, 700, 520, 300}

// Quality is how good miner number i is in a block, in thousandths: what a validator without noise scores it at.
func (m *Market) Quality(i int, height uint64) int {
	if i > len(plan)*perSubnet { // a newcomer
		return worst + int(m.draw(best-worst, uint64(i)))
	}
	subnet, place := (i-1)/perSubnet, (i-1)%perSubnet
	if place < len(steady) {
		return steady[place] - 15*subnet
	}
	phase := int((height + uint64(subnet)*season/8) % (2 * season))
	if phase > season {
		phase = 2*season - phase
	}
	better := worst + (best-worst)*phase/season
	if place == len(steady) {
		return better
	}
	return worst + best - better
}

// score is what validator v gives a miner in a block: the quality with the validator's noise, squared, so that good
// miners stand out. It is at least 1.
func (m *Market) score(v int, netuid uint16, hotkey keys.Account, height uint64) uint16 {
	quality := unknown
	number, simulated := m.miners[hotkey]
	if simulated {
		quality = m.Quality(number, height)
	}
	noise := validators[v].noise
	off := int(m.draw(uint64(2*noise+1), uint64(netuid), uint64(v), uint64(number), height)) - noise
	scored := quality + quality*off/1000 // at most 1330
	return uint16(max(scored*scored/32, 1))
}
