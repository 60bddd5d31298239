package vector

import (
	"fmt"
	"math"

	"github.com/taolight/taolight/core/strictjson"
	"github.com/taolight/taolight/core/yuma"
)

// replacement is a neuron that takes a uid over, registered in a block.
type replacement struct {
	uid   uint16
	block uint64
}

// setting is new weights of a uid.
type setting struct {
	uid uint16
	row yuma.Row
}

// patch reads a patch and applies it: first whole fields, then new neurons, then new weights, in whatever order the
// document has them.
func (w *walker) patch(in *yuma.Inputs) error {
	p := newPlain(w, in)
	var replaced []replacement
	var settings []setting
	p.fields["replace_neuron"] = strictjson.Field{Read: func() error {
		return w.Array(MaxChanges, func(int) error {
			r := replacement{}
			err := w.Tuple("[uid, block]", number(w, &r.uid).Read, number(w, &r.block).Read)
			replaced = append(replaced, r)
			return err
		})
	}}
	p.fields["set_weights"] = strictjson.Field{Read: func() error {
		return w.Array(MaxChanges, func(int) error {
			s := setting{}
			err := w.Tuple("[uid, [uid, weight, …]]", number(w, &s.uid).Read, func() (err error) {
				s.row, err = w.row()
				return err
			})
			settings = append(settings, s)
			return err
		})
	}}
	if err := w.Object(p.fields); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	if err := p.replace(replaced); err != nil {
		return err
	}
	return p.setWeights(settings)
}

// known refuses uids beyond the subnet.
func (p *plain) known(field string, i int, uid uint16) error {
	if uid >= p.in.N {
		return p.FailAt(fmt.Sprintf(".%s[%d][0]", field, i), "uid %d of a subnet with %d", uid, p.in.N)
	}
	return nil
}

// replace gives uids to new neurons, who have no stake, permit, weights or bonds, and toward whom nobody has weights.
func (p *plain) replace(replaced []replacement) error {
	if len(replaced) == 0 {
		return nil
	}
	gone := make([]bool, math.MaxUint16+1)
	in := p.in
	for i, r := range replaced {
		if err := p.known("replace_neuron", i, r.uid); err != nil {
			return err
		}
		gone[r.uid] = true
		in.RegisteredAt[r.uid] = r.block
		p.updated(r.uid, r.block)
		in.Weights[r.uid], in.Bonds[r.uid] = nil, nil
		in.AlphaStake[r.uid], in.TaoStake[r.uid] = 0, 0
		if int(r.uid) < len(in.ValidatorPermit) {
			in.ValidatorPermit[r.uid] = false
		}
	}
	for _, row := range in.Weights {
		for k, e := range row {
			if gone[e.UID] {
				row[k].Value = 0
			}
		}
	}
	return nil
}

func (p *plain) setWeights(settings []setting) error {
	for i, s := range settings {
		if err := p.known("set_weights", i, s.uid); err != nil {
			return err
		}
		p.in.Weights[s.uid] = s.row
		p.updated(s.uid, p.in.Block)
	}
	return nil
}

// updated notes when a uid last set weights. A list too short for it grows by zeros, which is what missing ones count as.
func (p *plain) updated(uid uint16, block uint64) {
	in := p.in
	for len(in.LastUpdate) <= int(uid) {
		in.LastUpdate = append(in.LastUpdate, 0)
	}
	in.LastUpdate[uid] = block
}
