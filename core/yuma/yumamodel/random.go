package yumamodel

import (
	"slices"

	"github.com/taolight/taolight/core/yuma"
)

// A Dice gives the same numbers for a seed on every machine (splitmix64).
type Dice uint64

// Next returns 64 random bits.
func (d *Dice) Next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below returns a number from 0 to n-1.
func (d *Dice) Below(n int) int { return int(d.Next() % uint64(n)) }

// OneIn says yes once in n times.
func (d *Dice) OneIn(n int) bool { return d.Below(n) == 0 }

func pick[T any](d *Dice, from ...T) T { return from[d.Below(len(from))] }

// Random returns the epoch of a seed: an ordinary subnet or a hostile one, of at most 40 neurons. All that the format
// allows comes up but stakes whose sum wraps and a bonds moving average over 1, which no chain reaches.
func Random(seed uint64) *yuma.Inputs {
	dice := Dice(seed)
	d := &dice
	n := d.Below(14)
	switch d.Below(16) {
	case 0:
		n = 1
	case 1, 2:
		n = d.Below(41)
	}
	in := &yuma.Inputs{
		Params: d.params(n), N: uint16(n), Owner: -1, Emission: pick(d, 0, 1, 1e9, 148_000_000_000, d.Next(), 1<<64-1),
	}
	in.Block = pick(d, 0, 1, 2, uint64(in.Tempo), 4_858_829, 4_858_829, 4_858_829, 1<<40, 1<<64-1)
	in.LastEpochBlock = pick(d, 0, 0, 1, in.Block, in.Block-uint64(d.Below(1000)), d.Next(), 1<<64-1)
	if !d.OneIn(3) {
		in.Owner = d.Below(n + 1 + d.Below(2))
	}
	in.LastUpdate = d.blocks(in.Block, pick(d, n, n, n, d.Below(n+1), n+3))
	in.RegisteredAt = d.blocks(in.Block, n)
	if !d.OneIn(3) { // most subnets are older than the weights set on them
		for i := range in.RegisteredAt {
			in.RegisteredAt[i] = uint64(d.Below(3))
		}
	}
	if d.OneIn(2) {
		in.CommitBlocks = d.blocks(in.Block, pick(d, n, n, d.Below(n+1)))
		for i := range in.CommitBlocks {
			if d.OneIn(2) {
				in.CommitBlocks[i] = yuma.NoCommit
			}
		}
	}
	in.AlphaStake, in.TaoStake = d.stakes(n)
	in.ValidatorPermit = make([]bool, pick(d, n, n, n, n, n, n, d.Below(n+1), 0))
	few := d.OneIn(3)
	for i := range in.ValidatorPermit {
		in.ValidatorPermit[i] = !few || d.OneIn(3)
	}
	in.Weights, in.Bonds = d.matrix(n), d.matrix(n)
	if !d.OneIn(4) {
		d.calm(in)
	}
	return in
}

// calm makes an epoch in which most validators earn something, whatever its weights and bonds look like.
func (d *Dice) calm(in *yuma.Inputs) {
	n := int(in.N)
	in.Tempo, in.ActivityCutoffFactor, in.Block, in.LastEpochBlock = 360, 13_889, 4_858_829, 4_858_468
	in.StakeThreshold, in.MaxValidators = 0, uint16(max(1, n-d.Below(3)))
	in.LastUpdate, in.RegisteredAt = make([]uint64, n), make([]uint64, n)
	in.ValidatorPermit = make([]bool, n)
	for i := range n {
		in.LastUpdate[i] = in.Block - uint64(d.Below(1000))
		in.RegisteredAt[i] = in.LastUpdate[i] - uint64(1000+d.Below(4_000_000))
		in.ValidatorPermit[i] = !d.OneIn(5)
		if in.AlphaStake[i] == 0 && d.OneIn(2) {
			in.AlphaStake[i] = d.Next() >> 24
		}
	}
	if slices.Max(slices.Concat([]uint64{0}, in.AlphaStake, in.TaoStake)) > 1<<56 { // all there can be; with more the sum would wrap
		in.AlphaStake, in.TaoStake = d.stakes(n)
	}
	if voters := pick(d, 3, 5); n >= voters && d.OneIn(6) {
		d.even(in, voters)
	}
}

// even gives all stake to a few voters, the same to each, and lets a majority be a whole number of them: 65535 can be
// divided by 3 and 5, so that their shares and kappa are cut to the same bits and some stake is exactly a minority.
func (d *Dice) even(in *yuma.Inputs, voters int) {
	in.Kappa = uint16(65535 / voters * (1 + d.Below(voters-1)))
	clear(in.AlphaStake)
	clear(in.TaoStake)
	first := d.Below(int(in.N))
	for k := range voters {
		i := (first + k) % int(in.N)
		in.AlphaStake[i], in.ValidatorPermit[i] = 1_000_000, true
	}
}

// Chain returns the epochs of a seed that follow each other: each takes bonds and permits from what run made of the one
// before, which stays valid until run is called again.
func Chain(seed uint64, epochs int, run func(k int, in *yuma.Inputs) *yuma.Outputs) {
	dice := Dice(^seed)
	d := &dice
	in := Random(seed)
	for k := range epochs {
		out := run(k, in)
		n := int(in.N)
		in.LastEpochBlock = in.Block
		in.Block += 1 + uint64(in.Tempo)
		in.Bonds, in.ValidatorPermit = out.Bonds, out.ValidatorPermit
		if n == 0 {
			continue
		}
		for range d.Below(3) {
			i := d.Below(n)
			if i < len(in.LastUpdate) {
				in.LastUpdate[i] = in.Block
			}
			in.Weights[i] = d.matrix(n)[i]
		}
		if d.OneIn(4) {
			i := d.Below(n)
			in.RegisteredAt[i] = in.Block - uint64(d.Below(3))
			in.AlphaStake[i], in.TaoStake[i] = 0, 0
		}
	}
}

func (d *Dice) params(n int) yuma.Params {
	u16 := func() uint16 { return uint16(d.Next()) }
	return yuma.Params{
		Tempo:                pick[uint16](d, 0, 1, 99, 360, 360, 65535),
		ActivityCutoffFactor: pick[uint32](d, 0, 1, 1000, 13_889, 13_889, 50_000, 1<<32-1),
		Kappa:                pick(d, 0, 1, 32767, 32767, 32767, 65535, u16()),
		BondsMovingAverage:   pick(d, 0, 900_000, 900_000, 975_000, 1_000_000, uint64(d.Below(1_000_001))),
		BondsPenalty:         pick(d, 0, 65535, 65535, 32768, u16()),
		LiquidAlpha:          d.OneIn(2),
		AlphaLow:             pick(d, 0, 45_875, 45_875, 65535, u16()),
		AlphaHigh:            pick(d, 0, 58_982, 58_982, 65535, u16()),
		AlphaSteepness:       pick(d, 0, 1, -1, 1000, 1000, -1000, 200, -200, 32767, -32768, int16(u16())),
		Yuma3:                d.OneIn(2),
		StakeThreshold:       pick(d, 0, 0, 1, 1000, d.Next()>>d.Below(64)),
		TaoWeight:            pick(d, 0, 1, 3_320_413_933_267_719_290, 3_320_413_933_267_719_290, 1<<63, 1<<64-1, d.Next()),
		MaxValidators:        uint16(pick(d, d.Below(n+2), d.Below(n+2), 0, n, 64)),
		CommitReveal:         d.OneIn(3),
	}
}

// blocks returns so many block numbers around now, and some far from it.
func (d *Dice) blocks(now uint64, count int) []uint64 {
	v := make([]uint64, count)
	spread := pick(d, 2, 360, 10_000)
	for i := range v {
		v[i] = now - uint64(d.Below(spread))
		if d.OneIn(12) {
			v[i] = pick(d, 0, 1, now, now+1, d.Next(), 1<<64-1)
		}
	}
	return v
}

// stakes returns what each uid has staked: equal and zero stakes, all stake at one uid, and stakes of all sizes.
func (d *Dice) stakes(n int) (alpha, tao []uint64) {
	alpha, tao = make([]uint64, n), make([]uint64, n)
	if n == 0 || d.OneIn(32) {
		return alpha, tao
	}
	shift := pick(d, 60, 50, 24, 18, 8) // at most 2^56 each: the sum of 40 with their TAO stays below 2^63
	kind := d.Below(8)
	same := d.Next() >> shift >> 4
	for i := range alpha {
		switch {
		case kind < 3:
			alpha[i], tao[i] = d.Next()>>shift>>d.Below(20), d.Next()>>shift>>d.Below(20)
		case kind == 3:
			alpha[i] = same
		case kind == 4:
			alpha[i], tao[i] = d.Next()>>shift, 0
		case kind == 5: // few different ones, so that many are equal
			alpha[i] = same >> d.Below(3)
			tao[i] = same >> d.Below(3)
		case kind == 6: // hardly any stake: fractions of a rao count
			alpha[i], tao[i] = uint64(d.Below(3)), uint64(d.Below(3))
		}
		if d.OneIn(4) {
			alpha[i], tao[i] = 0, 0
		}
	}
	if kind == 7 { // all at one uid, as much as there can be
		(*pick(d, &alpha, &tao))[d.Below(n)] = pick[uint64](d, 1, 1<<62, 1<<63, 1<<64-1)
	}
	return alpha, tao
}

// matrix returns n rows of weights or bonds.
func (d *Dice) matrix(n int) []yuma.Row {
	rows := make([]yuma.Row, n)
	value := d.values()
	density := 1 + d.Below(4)
	hostile := d.OneIn(3)
	for i := range rows {
		switch kind := d.Below(8); {
		case kind == 0:
			continue
		case kind == 1 && i > 0:
			rows[i] = slices.Clone(rows[d.Below(i)])
			continue
		case kind == 2: // as much as there can be, so that a weight and a bond are the same
			rows[i] = yuma.Row{{UID: uint16(d.Below(n)), Value: 65535}}
			continue
		}
		for j := range n {
			if d.Below(4) < density {
				rows[i] = append(rows[i], yuma.Entry{UID: uint16(j), Value: value()})
			}
		}
		if hostile && d.OneIn(2) {
			rows[i] = d.spoil(rows[i], n, value)
		}
	}
	return rows
}

// values returns what draws a matrix's values: all the same, few different ones, or any.
func (d *Dice) values() func() uint16 {
	same := uint16(d.Next())
	switch d.Below(5) {
	case 0:
		return func() uint16 { return same }
	case 1:
		return func() uint16 { return pick(d, 0, 1, same, 65535) }
	case 2:
		return func() uint16 { return uint16(d.Below(5)) }
	}
	return func() uint16 { return uint16(d.Next()) }
}

// spoil repeats columns, adds some that nobody has, and mixes their order.
func (d *Dice) spoil(row yuma.Row, n int, value func() uint16) yuma.Row {
	for range d.Below(4) {
		row = append(row, yuma.Entry{UID: uint16(d.Below(n)), Value: value()})
	}
	for range d.Below(3) {
		uid := pick(d, uint16(n), uint16(n+1), 65535)
		row = slices.Insert(row, d.Below(len(row)+1), yuma.Entry{UID: uid, Value: value()})
	}
	for range d.Below(2*len(row) + 1) {
		a, b := d.Below(len(row)), d.Below(len(row))
		row[a], row[b] = row[b], row[a]
	}
	return row
}
