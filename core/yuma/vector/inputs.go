package vector

import (
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/strictjson"
	"github.com/taolight/taolight/core/yuma"
)

// jsonName gives the field of a document for one of [yuma.Inputs].
var jsonName = map[string]string{
	"LastUpdate": "last_update", "RegisteredAt": "block_at_registration", "CommitBlocks": "commit_blocks",
	"AlphaStake": "alpha_stake", "TaoStake": "tao_stake", "ValidatorPermit": "validator_permit",
	"Weights": "weights", "Bonds": "bonds",
}

// inputs reads an init object.
func (w *walker) inputs(in *yuma.Inputs) error {
	p := newPlain(w, in)
	for name, f := range p.fields {
		f.Required = name != cutoffField
		p.fields[name] = f
	}
	if err := w.Object(p.fields); err != nil {
		return err
	}
	return p.check()
}

// cutoffField is derived from others. A document may say what it believes.
const cutoffField = "activity_cutoff_blocks"

// plain reads the fields of inputs into in.
type plain struct {
	*walker
	in     *yuma.Inputs
	cutoff uint64
	fields strictjson.Fields
	given  map[string]bool // the fields read
}

func newPlain(w *walker, in *yuma.Inputs) *plain {
	p := &plain{walker: w, in: in, given: map[string]bool{}}
	p.fields = strictjson.Fields{
		"n":                            number(w, &in.N),
		"block":                        number(w, &in.Block),
		"tempo":                        number(w, &in.Tempo),
		"activity_cutoff_factor_milli": number(w, &in.ActivityCutoffFactor),
		cutoffField:                    number(w, &p.cutoff),
		"last_mechanism_step_block":    number(w, &in.LastEpochBlock),
		"kappa":                        number(w, &in.Kappa),
		"bonds_moving_average":         number(w, &in.BondsMovingAverage),
		"bonds_penalty":                number(w, &in.BondsPenalty),
		"liquid_alpha":                 truth(w, &in.LiquidAlpha),
		"alpha_low":                    number(w, &in.AlphaLow),
		"alpha_high":                   number(w, &in.AlphaHigh),
		"alpha_sigmoid_steepness":      {Read: p.steepness},
		"yuma3":                        truth(w, &in.Yuma3),
		"stake_threshold":              number(w, &in.StakeThreshold),
		"tao_weight":                   number(w, &in.TaoWeight),
		"owner_uid":                    {Read: p.owner},
		"max_allowed_validators":       number(w, &in.MaxValidators),
		"commit_reveal":                truth(w, &in.CommitReveal),
		"commit_blocks":                numbers(w, &in.CommitBlocks),
		"rao_emission":                 number(w, &in.Emission),
		"last_update":                  numbers(w, &in.LastUpdate),
		"block_at_registration":        numbers(w, &in.RegisteredAt),
		"alpha_stake":                  numbers(w, &in.AlphaStake),
		"tao_stake":                    numbers(w, &in.TaoStake),
		"validator_permit":             {Read: p.permits},
		"weights":                      {Read: func() error { return p.rows(&in.Weights) }},
		"bonds":                        {Read: func() error { return p.rows(&in.Bonds) }},
	}
	for name, f := range p.fields {
		p.fields[name] = strictjson.Field{Read: func() error {
			p.given[name] = true
			return f.Read()
		}}
	}
	return p
}

// check holds what was read to the rules that concern more than one field.
func (p *plain) check() error {
	if want := p.in.ActivityCutoff(); p.given[cutoffField] && p.cutoff != want {
		return p.FailAt("."+cutoffField, "%d, but factor %d of tempo %d is %d blocks; it can be left out",
			p.cutoff, p.in.ActivityCutoffFactor, p.in.Tempo, want)
	}
	err := p.in.Validate()
	if bad := (*yuma.InputError)(nil); errors.As(err, &bad) {
		field, index, indexed := strings.Cut(bad.Field, "[")
		name := jsonName[field]
		if indexed {
			index = "[" + index
		}
		if p.given[name] {
			return p.FailAt("."+name+index, "%s", bad.Reason)
		}
		return p.Fail("%s%s: %s", name, index, bad.Reason)
	}
	return err
}

func number[T uint16 | uint32 | uint64](w *walker, out *T) strictjson.Field {
	return strictjson.Field{Read: func() error {
		v, err := w.Uint(uint64(^T(0)))
		*out = T(v)
		return err
	}}
}

func truth(w *walker, out *bool) strictjson.Field {
	return strictjson.Field{Read: func() (err error) {
		*out, err = w.Bool()
		return err
	}}
}

func numbers(w *walker, out *[]uint64) strictjson.Field {
	return strictjson.Field{Read: func() (err error) {
		w.numbers, err = w.Uints(w.numbers, yuma.MaxUIDs, math.MaxUint64)
		*out = append([]uint64(nil), w.numbers...)
		return err
	}}
}

func (p *plain) steepness() error {
	v, err := p.Int(math.MinInt16, math.MaxInt16)
	p.in.AlphaSteepness = int16(v)
	return err
}

func (p *plain) owner() error {
	none, err := p.Null()
	if p.in.Owner = -1; err != nil || none {
		return err
	}
	v, err := p.Uint(math.MaxUint16)
	p.in.Owner = int(v)
	return err
}

func (p *plain) permits() (err error) {
	p.numbers, err = p.Uints(p.numbers, yuma.MaxUIDs, 1)
	p.in.ValidatorPermit = nil
	for _, v := range p.numbers {
		p.in.ValidatorPermit = append(p.in.ValidatorPermit, v == 1)
	}
	return err
}

func (p *plain) rows(out *[]yuma.Row) error {
	*out = nil
	return p.Array(yuma.MaxUIDs, func(int) error {
		row, err := p.row()
		*out = append(*out, row)
		return err
	})
}

// row reads a flat row: [uid, value, uid, value, …].
func (w *walker) row() (row yuma.Row, err error) {
	if w.numbers, err = w.Uints(w.numbers, 2*yuma.MaxEntries, math.MaxUint16); err != nil {
		return nil, err
	}
	if n := len(w.numbers); n%2 != 0 {
		return nil, w.Fail("%d values; a row is pairs of uid and value", n)
	}
	row = slices.Grow(row, len(w.numbers)/2)
	for pair := range slices.Chunk(w.numbers, 2) {
		row = append(row, yuma.Entry{UID: uint16(pair[0]), Value: uint16(pair[1])})
	}
	return row, nil
}
