package chain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/serving"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/yuma"
)

// MetagraphArgs asks for columns of a subnet by their names in [view.Metagraph]. "lite", which nothing stands for too, is
// all but axons, weights and bonds; "full" is everything.
type MetagraphArgs struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16   `json:"netuid"`
	Select []string `json:"select,omitempty"`
}

// Check returns an error that names a column that there is not, and those that there are. Nobody needs to be asked for it.
func (a MetagraphArgs) Check() error {
	_, err := selected(a.Select)
	return err
}

func queryMetagraph(r state.Reader, args *MetagraphArgs) (*view.Metagraph, error) {
	out := &view.Metagraph{Netuid: args.Netuid}
	wanted, err := selected(args.Select)
	if err != nil {
		return out, fmt.Errorf("%w: %w", ErrArguments, err)
	}
	s, ok, err := subnet.Get(r, args.Netuid)
	if err != nil || !ok {
		return out, err
	}
	head, _, _, err := describe(r, s)
	if err != nil {
		return out, err
	}
	block, err := ledger.ReadBlock(r)
	if err != nil {
		return out, err
	}
	out = &view.Metagraph{
		Netuid: s.Netuid, Exists: true, Name: head.Name, Block: block.Height, Uids: s.Uids, Tempo: head.Tempo, Epochs: head.Epochs,
		Last: head.Last, Next: head.Next, Pending: s.Pending,
	}
	for _, p := range metagraphParts {
		if !slices.Contains(wanted, p.name) {
			continue
		}
		if err := p.read(r, s, out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// metagraphParts are the columns that a metagraph has, in their order; the last few are not of its lite form.
var metagraphParts = []struct {
	name string
	full bool
	read func(r state.Reader, s subnet.Entry, m *view.Metagraph) error
}{
	{"hotkeys", false, func(r state.Reader, s subnet.Entry, m *view.Metagraph) (err error) {
		m.Hotkeys, err = subnet.Hotkeys(r, s.ID, s.Uids)
		return err
	}},
	{"coldkeys", false, func(r state.Reader, s subnet.Entry, m *view.Metagraph) error {
		return eachHotkey(r, s, func(hotkey keys.Account) error {
			owner, _, err := stake.Owner(r, hotkey)
			m.Coldkeys = append(m.Coldkeys, owner)
			return err
		})
	}},
	{"stake", false, func(r state.Reader, s subnet.Entry, m *view.Metagraph) error {
		return eachHotkey(r, s, func(hotkey keys.Account) error {
			weight, err := stake.Weight(r, hotkey, s.ID)
			m.Stake = append(m.Stake, weight)
			return err
		})
	}},
	column("registered_at", subnet.RegisteredAt, func(m *view.Metagraph) *[]uint64 { return &m.RegisteredAt }),
	column("last_update", subnet.LastUpdate, func(m *view.Metagraph) *[]uint64 { return &m.LastUpdate }),
	column("active", subnet.Active, func(m *view.Metagraph) *[]bool { return &m.Active }),
	column("validator_permit", subnet.ValidatorPermit, func(m *view.Metagraph) *[]bool { return &m.ValidatorPermit }),
	column("consensus", subnet.Consensus, func(m *view.Metagraph) *[]uint16 { return &m.Consensus }),
	column("incentive", subnet.Incentive, func(m *view.Metagraph) *[]uint16 { return &m.Incentive }),
	column("dividends", subnet.Dividends, func(m *view.Metagraph) *[]uint16 { return &m.Dividends }),
	column("validator_trust", subnet.ValidatorTrust, func(m *view.Metagraph) *[]uint16 { return &m.ValidatorTrust }),
	column("stake_weight", subnet.StakeWeight, func(m *view.Metagraph) *[]uint16 { return &m.StakeWeight }),
	column("pruning_score", subnet.PruningScore, func(m *view.Metagraph) *[]uint16 { return &m.PruningScore }),
	amounts("emission", subnet.Emission, func(m *view.Metagraph) *[]tao.Amount { return &m.Emission }),
	amounts("server_emission", subnet.ServerEmission, func(m *view.Metagraph) *[]tao.Amount { return &m.ServerEmission }),
	amounts("validator_emission", subnet.ValidatorEmission, func(m *view.Metagraph) *[]tao.Amount { return &m.ValidatorEmission }),
	{"axons", true, func(r state.Reader, s subnet.Entry, m *view.Metagraph) error {
		for uid := range s.Uids {
			text, err := axonOf(r, s.ID, uid)
			if err != nil {
				return err
			}
			m.Axons = append(m.Axons, text)
		}
		return nil
	}},
	{"weights", true, func(r state.Reader, s subnet.Entry, m *view.Metagraph) (err error) {
		m.Weights, err = flatRows(r, s, subnet.FieldWeights)
		return err
	}},
	{"bonds", true, func(r state.Reader, s subnet.Entry, m *view.Metagraph) (err error) {
		m.Bonds, err = flatRows(r, s, subnet.FieldBonds)
		return err
	}},
}

type metagraphPart = struct {
	name string
	full bool
	read func(r state.Reader, s subnet.Entry, m *view.Metagraph) error
}

func column[T subnet.Element](name string, c subnet.Column, at func(*view.Metagraph) *[]T) metagraphPart {
	return metagraphPart{name, false, func(r state.Reader, s subnet.Entry, m *view.Metagraph) (err error) {
		*at(m), err = columnOf[T](r, s, c)
		return err
	}}
}

func amounts(name string, c subnet.Column, at func(*view.Metagraph) *[]tao.Amount) metagraphPart {
	return metagraphPart{name, false, func(r state.Reader, s subnet.Entry, m *view.Metagraph) error {
		v, err := columnOf[uint64](r, s, c)
		for _, x := range v {
			*at(m) = append(*at(m), tao.Amount(x))
		}
		return err
	}}
}

// columnOf returns a column with an element for each uid. A relay that nobody has held to a trust root can show a state
// that no chain made.
func columnOf[T subnet.Element](r state.Reader, s subnet.Entry, c subnet.Column) ([]T, error) {
	v, err := subnet.ReadColumn[T](r, s.ID, c)
	if err == nil && len(v) != int(s.Uids) {
		err = fmt.Errorf("subnet %d: column %d has %d elements for %d uids", s.Netuid, c, len(v), s.Uids)
	}
	return v, err
}

// uidOf returns a hotkey's uid on a subnet, and whether it has one. It is below the number of uids.
func uidOf(r state.Reader, s subnet.Entry, hotkey keys.Account) (uint16, bool, error) {
	uid, ok, err := subnet.UIDOf(r, s.ID, hotkey)
	if err == nil && ok && uid >= s.Uids {
		err = fmt.Errorf("subnet %d: %s has uid %d of %d", s.Netuid, hotkey, uid, s.Uids)
	}
	return uid, ok, err
}

// selected turns what was asked for into names of columns.
func selected(names []string) ([]string, error) {
	if len(names) == 0 {
		names = []string{"lite"}
	}
	var wanted []string
	for _, name := range names {
		known := false
		for _, p := range metagraphParts {
			if name == p.name || name == "full" || name == "lite" && !p.full {
				wanted, known = append(wanted, p.name), true
			}
		}
		if !known {
			return nil, fmt.Errorf("no column %.40q; there are %s, and lite and full for many at once", name, columnNames())
		}
	}
	return wanted, nil
}

func columnNames() string {
	all := make([]string, len(metagraphParts))
	for i, p := range metagraphParts {
		all[i] = p.name
	}
	return strings.Join(all, ", ")
}

func eachHotkey(r state.Reader, s subnet.Entry, visit func(keys.Account) error) error {
	all, err := subnet.Hotkeys(r, s.ID, s.Uids)
	if err != nil {
		return err
	}
	for _, hotkey := range all {
		if err := visit(hotkey); err != nil {
			return err
		}
	}
	return nil
}

func axonOf(r state.Reader, id uint64, uid uint16) (string, error) {
	a, ok, err := serving.Axon(r, id, uid)
	if err != nil || !ok {
		return "", err
	}
	return a.Address.String(), nil
}

func flatRows(r state.Reader, s subnet.Entry, f subnet.Field) ([][]uint16, error) {
	rows, err := subnet.ReadRows(r, s.ID, f, s.Uids)
	if err != nil {
		return nil, err
	}
	out := make([][]uint16, len(rows))
	for i, row := range rows {
		out[i] = flat(row)
	}
	return out, nil
}

func flat(row yuma.Row) []uint16 {
	out := make([]uint16, 0, 2*len(row))
	for _, e := range row {
		out = append(out, e.UID, e.Value)
	}
	return out
}
