package chain

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/emission"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// Program is a query: a function of the state alone. Relays run it over their tree and record a witness, light nodes
// run it over the witness. What an id such as account@1 does never changes; a change gets a new version.
type Program struct {
	Name         string
	Version      int
	Doc          string
	args, answer reflect.Type
	run          func(r state.Reader, args any) (any, error)
}

// ErrArguments says that a program does not take its arguments.
var ErrArguments = errors.New("arguments that the program does not take")

// program makes a query of a function from a pointer to arguments to a pointer to an answer: all pointers share one
// instance of it, where each pair of types would need its own, and a visitor would download them all.
func program[A, R any](name string, version int, doc string, run func(state.Reader, A) (R, error)) Program {
	return Program{
		Name: name, Version: version, Doc: doc, args: reflect.TypeFor[A]().Elem(), answer: reflect.TypeFor[R]().Elem(),
		run: func(r state.Reader, args any) (any, error) { return run(r, args.(A)) },
	}
}

// ID is the program's name and version, such as account@1.
func (p Program) ID() string { return p.Name + "@" + strconv.Itoa(p.Version) }

// Run runs the program over a state; args and answer are canonical CBOR.
func (p Program) Run(r state.Reader, args []byte) ([]byte, error) {
	a := reflect.New(p.args).Interface()
	if err := codec.Decode(args, a); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrArguments, p.ID(), err)
	}
	v, err := p.run(r, a)
	if err != nil {
		return nil, err
	}
	return codec.Encode(v)
}

// Args returns the program's arguments with nothing in them, for those who fill in their fields by name.
func (p Program) Args() any { return reflect.Zero(p.args).Interface() }

// NewResult returns a pointer to a zero value of what the program answers, to decode an answer into.
func (p Program) NewResult() any { return reflect.New(p.answer).Interface() }

// Queries are all programs, by name.
var Queries = func() []Program {
	all := []Program{
		program("account", 1, "What one address has: free, reserved and staked TAO.", queryAccount),
		program("axon", 1, "Where a neuron says that it answers, and its metrics are.", queryAxon),
		program("bonds", 1, "One uid's row of bonds.", queryRow(subnet.FieldBonds)),
		program("children", 1, "Whom a hotkey lets work with its stake on a subnet, and whose stake works for it.", queryChildren),
		program("coldkey_swap", 1, "The swap that a coldkey has announced.", queryColdkeySwap),
		program("commits", 1, "Weights that a neuron has committed to and not revealed.", queryCommits),
		program("costs", 1, "What a new subnet and a uid of each subnet cost.", queryCosts),
		program("delegates", 1, "Hotkeys on which others may stake, with what they return.", queryDelegates),
		Epoch,
		program("hotkey", 1, "What is known of a hotkey: owner, stake, registrations.", queryHotkey),
		program("hyperparameters", 1, "The settings of a subnet.", queryHyperparameters),
		program("metagraph", 1, "The neurons of a subnet, by column.", queryMetagraph),
		program("neuron", 1, "The neuron of a hotkey on a subnet.", queryNeuron),
		program("nominators", 1, "Who has staked on a hotkey.", queryNominators),
		program("predict", 1, "What a transaction would do in the next block.", queryPredict),
		program("producers", 1, "Who makes the blocks, with their voting power.", queryProducers),
		program("operations", 1, "What waits for the approvals of a multisig group.", queryOperations),
		program("params", 1, "The parameters that transactions obey.", queryParams),
		PastBlock,
		program("proxies", 1, "Who may call on behalf of an address.", queryProxies),
		program("relays", 1, "Relays that are listed on chain for light nodes to find.", queryRelays),
		Shares,
		program("subnet", 1, "One subnet with its settings.", querySubnet),
		program("subnets", 1, "All subnets with their emission and next epochs.", querySubnets),
		Totals,
		program("weights", 1, "One uid's row of weights.", queryRow(subnet.FieldWeights)),
		program("supply", 1, "Where all issued TAO is, and what the next block adds.", querySupply),
	}
	return sorted(all, Program.ID)
}()

// sorted sorts a short table by what its entries are looked up by. The sort of package slices is twenty times its size,
// for each type that it sorts.
func sorted[T any](all []T, by func(T) string) []T {
	for i := range all {
		for j := i; j > 0 && by(all[j]) < by(all[j-1]); j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
	return all
}

// Lookup returns the program with an id such as account@1.
func Lookup(id string) (Program, bool) {
	i, ok := slices.BinarySearchFunc(Queries, id, func(p Program, id string) int { return cmp.Compare(p.ID(), id) })
	if !ok {
		return Program{}, false
	}
	return Queries[i], true
}

// Latest returns the newest version of the program with a name such as account.
func Latest(name string) (p Program, ok bool) {
	for _, q := range Queries {
		if q.Name == name && q.Version > p.Version {
			p, ok = q, true
		}
	}
	return p, ok
}

// Ids of the programs.
const (
	AccountQuery   = "account@1"
	MetagraphQuery = "metagraph@1"
	ParamsQuery    = "params@1"
	PredictQuery   = "predict@1"
	ProducersQuery = "producers@1"
	RelaysQuery    = "relays@1"
	SubnetsQuery   = "subnets@1"
	SupplyQuery    = "supply@1"
)

// None is the arguments of a program that takes none.
type None struct {
	_ struct{} `cbor:",toarray"`
}

// AccountArgs asks for one address, with its stakes from a pool id on (0: from the first).
type AccountArgs struct {
	_       struct{}     `cbor:",toarray"`
	Address keys.Account `json:"address"`
	From    uint64       `json:"from,omitempty"`
}

// stakesPerPage bounds what one account query touches.
const stakesPerPage = 256

func queryAccount(r state.Reader, args *AccountArgs) (*view.Account, error) {
	out := &view.Account{Address: args.Address}
	a, ok, err := account.Get(r, args.Address)
	if err != nil {
		return out, err
	}
	out.Exists, out.Nonce, out.Free, out.Reserved = ok, a.Nonce, a.Free, a.Reserved
	positions, next, err := stake.Positions(r, args.Address, args.From, stakesPerPage)
	if err != nil {
		return out, err
	}
	out.Next = next
	for _, p := range positions {
		out.Staked += p.Value
		out.Stakes = append(out.Stakes, view.Stake{Pool: p.ID, Hotkey: p.Pool.Hotkey, Netuid: p.Pool.Netuid, Value: p.Value})
	}
	out.Owner, _, err = stake.Owner(r, args.Address)
	return out, err
}

func querySupply(r state.Reader, _ *None) (*view.Supply, error) {
	out := new(view.Supply)
	totals, err := ledger.ReadTotals(r)
	if err != nil {
		return out, err
	}
	block, err := ledger.ReadBlock(r)
	if err != nil {
		return out, err
	}
	source, err := ledger.ReadSource(r)
	if err != nil {
		return out, err
	}
	all, err := subnet.All(r)
	if err != nil {
		return out, err
	}
	return &view.Supply{
		Height: block.Height, Time: block.Time,
		Issuance: totals.Issuance, Free: totals.Free, Reserved: totals.Reserved, Staked: totals.Staked, Pending: totals.Pending,
		Recycled: totals.Recycled, BlockEmission: emission.Block(totals.Issuance), NextHalving: emission.NextHalving(totals.Issuance),
		Cap: tao.Cap, Accounts: totals.Accounts, Subnets: uint16(len(all)), Source: source,
	}, nil
}

func queryParams(r state.Reader, _ *None) (*ledger.Params, error) {
	p, err := ledger.ReadParams(r)
	return &p, err
}
