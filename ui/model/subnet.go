package model

import (
	"cmp"
	"slices"

	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// NeuronRows is how many neurons are on the page at once.
const NeuronRows = 64

// SubnetPage is the page of one subnet.
type SubnetPage struct {
	Netuid  uint16
	Detail  Answer[view.SubnetDetail]
	Neurons Answer[view.Metagraph]

	Sort    string // name of a column in Columns
	Up      bool   // smallest first
	Row     int    // the first row in view
	Reading bool   // the pointer is on the table: rows keep their places

	order []int // uids from the first row on
	of    sorting
}

// sorting is what an order was made of.
type sorting struct {
	netuid uint16
	sort   string
	up     bool
	height uint64
	uids   int
}

// Column is a column of neurons by which they can be sorted.
type Column struct {
	Name  string // of the column in the metagraph
	Title string
	value func(m *view.Metagraph, uid int) uint64
}

// Columns are the columns with figures, in their order on the page: what is sorted by at first is in view on a phone.
var Columns = []Column{
	{"emission", "Earned τ", func(m *view.Metagraph, i int) uint64 { return uint64(At(m.Emission, i)) }},
	{"stake", "Stake τ", func(m *view.Metagraph, i int) uint64 { return uint64(At(m.Stake, i)) }},
	{"incentive", "Incentive %", func(m *view.Metagraph, i int) uint64 { return uint64(At(m.Incentive, i)) }},
	{"dividends", "Dividends %", func(m *view.Metagraph, i int) uint64 { return uint64(At(m.Dividends, i)) }},
	{"consensus", "Consensus %", func(m *view.Metagraph, i int) uint64 { return uint64(At(m.Consensus, i)) }},
	{"validator_trust", "vtrust %", func(m *view.Metagraph, i int) uint64 { return uint64(At(m.ValidatorTrust, i)) }},
}

// Value is a neuron's figure in the column: an amount in rao, or a share of 65535.
func (c *Column) Value(m *view.Metagraph, uid int) uint64 { return c.value(m, uid) }

// Amount says whether the column's figures are amounts.
func (c *Column) Amount() bool { return c.Name == "stake" || c.Name == "emission" }

// At returns element i, or nothing where the list is shorter.
func At[T any](list []T, i int) (v T) {
	if i < len(list) {
		v = list[i]
	}
	return v
}

func (p *SubnetPage) show(netuid uint16) {
	if p.Sort == "" {
		p.Sort = "emission"
	}
	if netuid == p.Netuid && p.Neurons.Has {
		p.Detail.Stale()
		p.Neurons.Stale()
		return
	}
	p.Detail.Forget()
	p.Neurons.Forget()
	p.Netuid, p.Row, p.Reading = netuid, 0, false
}

func (p *SubnetPage) ask(a *App) {
	if p.Detail.due(a.Now) {
		run(a, &p.Detail, "subnet@1", netuidArgs{Netuid: p.Netuid})
	}
	if p.Neurons.due(a.Now) {
		run(a, &p.Neurons, "metagraph@1", metagraphArgs{Netuid: p.Netuid, Select: []string{
			"hotkeys", "stake", "active", "validator_permit", "consensus", "incentive", "dividends", "validator_trust", "emission",
		}})
	}
}

// SortBy sorts by a column, the largest first; by the same once more turns the order around.
func (p *SubnetPage) SortBy(name string) {
	p.Up = p.Sort == name && !p.Up
	p.Sort, p.Row, p.of = name, 0, sorting{}
}

// Rows returns the uids in view and the place of the first. Equal ones are in the order of their uids. While somebody
// reads, rows stay where they are.
func (p *SubnetPage) Rows() (uids []int, first int) {
	m := &p.Neurons.Value
	now := sorting{p.Netuid, p.Sort, p.Up, p.Neurons.Figure.Height, len(m.Hotkeys)}
	held := p.of
	held.height = now.height
	if p.of != now && !(p.Reading && held == now) {
		p.arrange(now)
	}
	from, to := Window(p.Row, NeuronRows, len(p.order))
	return p.order[from:to], from
}

func (p *SubnetPage) arrange(s sorting) {
	p.of = s
	p.order = make([]int, s.uids)
	for i := range p.order {
		p.order[i] = i
	}
	value := func(uid int) uint64 { return uint64(uid) }
	for i := range Columns {
		if Columns[i].Name == s.sort {
			value = func(uid int) uint64 { return Columns[i].value(&p.Neurons.Value, uid) }
		}
	}
	slices.SortStableFunc(p.order, func(a, b int) int {
		if s.up {
			return cmp.Compare(value(a), value(b))
		}
		return cmp.Compare(value(b), value(a))
	})
}

// Turn shows the rows before (-1) or after (1).
func (p *SubnetPage) Turn(by int) { p.Row, _ = Window(p.Row+by*NeuronRows, NeuronRows, len(p.order)) }

// Paid is what all neurons earned in the last epoch.
func (p *SubnetPage) Paid() (sum tao.Amount) {
	for _, e := range p.Neurons.Value.Emission {
		sum += e
	}
	return sum
}

// Left is how many blocks after the one at height the next epoch of a subnet is due, and how many of its tempo have passed.
func Left(s *view.Subnet, height uint64) (left, passed uint64) {
	if s.Next > height {
		left = s.Next - height
	}
	tempo := uint64(s.Tempo)
	return left, tempo - min(left, tempo)
}

// netuidArgs is the arguments of subnet@1.
type netuidArgs struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
}

// metagraphArgs is the arguments of metagraph@1.
type metagraphArgs struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	Select []string
}
