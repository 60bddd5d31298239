package yuma_test

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/yumamodel"
)

// reader makes inputs of any bytes; behind their end there are zeros.
type reader []byte

func (r *reader) u64() uint64 {
	var b [8]byte
	*r = (*r)[copy(b[:], *r):]
	return binary.LittleEndian.Uint64(b[:])
}

func (r *reader) u16() uint16 {
	var b [2]byte
	*r = (*r)[copy(b[:], *r):]
	return binary.LittleEndian.Uint16(b[:])
}

// length is mostly n, and sometimes any other.
func (r *reader) length(n int) int {
	if x := r.u16(); x >= 0xf000 {
		return int(x & 0x3f)
	}
	return n
}

func (r *reader) u64s(n int) []uint64 {
	v := make([]uint64, r.length(n))
	shift := r.u16() % 64
	for i := range v {
		v[i] = r.u64() >> shift
	}
	return v
}

func (r *reader) rows(n int) []yuma.Row {
	rows := make([]yuma.Row, r.length(n))
	for i := range rows {
		for range r.length(n) {
			e := yuma.Entry{UID: r.u16(), Value: r.u16()}
			if e.UID < 0xff00 && n > 0 {
				e.UID %= uint16(n)
			}
			rows[i] = append(rows[i], e)
		}
	}
	return rows
}

func (r *reader) inputs() *yuma.Inputs {
	flags := r.u16()
	in := &yuma.Inputs{
		Params: yuma.Params{
			Tempo: r.u16(), ActivityCutoffFactor: uint32(r.u64()), Kappa: r.u16(), BondsMovingAverage: r.u64() >> (r.u16() % 64),
			BondsPenalty: r.u16(), LiquidAlpha: flags&1 != 0, AlphaLow: r.u16(), AlphaHigh: r.u16(),
			AlphaSteepness: int16(r.u16()), Yuma3: flags&2 != 0, StakeThreshold: r.u64() >> (r.u16() % 64),
			TaoWeight: r.u64(), MaxValidators: r.u16() % 64, CommitReveal: flags&4 != 0,
		},
		N: r.u16() % 64, Block: r.u64() >> (r.u16() % 64), LastEpochBlock: r.u64() >> (r.u16() % 64),
		Owner: int(int16(r.u16())), Emission: r.u64(),
	}
	n := int(in.N)
	in.LastUpdate, in.RegisteredAt, in.CommitBlocks = r.u64s(n), r.u64s(n), r.u64s(n)
	in.AlphaStake, in.TaoStake = r.u64s(n), r.u64s(n)
	in.ValidatorPermit = make([]bool, r.length(n))
	for i := range in.ValidatorPermit {
		in.ValidatorPermit[i] = r.u16()&1 == 0
	}
	in.Weights, in.Bonds = r.rows(n), r.rows(n)
	return in
}

// Lengths that don't fit together are an error; whatever else there is, stakes that wrap included, gives the model's
// bits. Nothing panics.
func FuzzEpoch(f *testing.F) {
	f.Add([]byte{})
	dice := yumamodel.Dice(1)
	for size := range 24 {
		seed := make([]byte, size*size*16)
		for i := range seed {
			seed[i] = byte(dice.Next())
		}
		f.Add(seed)
	}
	var w yuma.Workspace
	f.Fuzz(func(t *testing.T, b []byte) {
		in := (*reader)(&b).inputs()
		if err := in.Validate(); err != nil {
			var bad *yuma.InputError
			if _, err := w.Epoch(in, nil); !errors.As(err, &bad) || bad.Field == "" || bad.Reason == "" {
				t.Fatalf("%v isn't an InputError", err)
			}
			return
		}
		if _, d := differ(&w, in); d != "" {
			t.Fatal(d)
		}
	})
}
