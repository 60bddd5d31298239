package lighttest

import (
	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// Cheat is something that producers may do and sign besides what a block says.
type Cheat struct {
	Name    string
	Differs string // what of it a replay finds first, as light.FraudError names it
	do      func(w state.Writer, b chain.Block, out *chain.Outcome) error
}

// Friend is whom cheating producers pay.
var Friend = keys.Account{7}

// Cheats are those that tests know.
var Cheats = []Cheat{PayFriend, RaiseIncentive, DenySuccess, DropProducer}

// The cheats.
var (
	PayFriend      = Cheat{"pay a friend", "state root", payFriend}
	RaiseIncentive = Cheat{"raise an incentive by one", "state root", raiseIncentive} // of the last uid, in blocks with an epoch
	DenySuccess    = Cheat{"call a success a failure", "results hash", denySuccess}
	DropProducer   = Cheat{"drop a producer", "producers' hash", dropProducer}
)

// At returns rules that cheat in the block at a height, if there is an occasion, and else are the chain's.
func (c Cheat) At(height uint64) chain.Rules {
	return c.when(func(at uint64) bool { return at == height })
}

// From returns rules that cheat on each occasion from a height on.
func (c Cheat) From(height uint64) chain.Rules {
	return c.when(func(at uint64) bool { return at >= height })
}

func (c Cheat) when(due func(height uint64) bool) chain.Rules {
	return func(w state.Writer, b chain.Block, verify sign.Verifier) (chain.Outcome, error) {
		out, err := chain.Execute(w, b, verify)
		if err == nil && due(b.Height) {
			err = c.do(w, b, &out)
		}
		return out, err
	}
}

// payFriend credits a TAO that nobody has paid.
func payFriend(w state.Writer, _ chain.Block, _ *chain.Outcome) error {
	a, _, err := account.Get(w, Friend)
	if err != nil {
		return err
	}
	a.Free += tao.TAO
	return ledger.Put(w, ledger.TableAccount.Key().Account(Friend), a)
}

// raiseIncentive gives the last uid of a subnet one unit more than its epoch did.
func raiseIncentive(w state.Writer, b chain.Block, out *chain.Outcome) error {
	ran := false
	for _, e := range out.Events {
		ran = ran || e.Name == "EpochEnded"
	}
	if !ran {
		return nil
	}
	all, err := subnet.All(w)
	if err != nil {
		return err
	}
	for _, s := range all {
		schedule, err := subnet.ReadSchedule(w, s.ID)
		if err != nil {
			return err
		}
		column, err := subnet.ReadColumn[uint16](w, s.ID, subnet.Incentive)
		if err != nil {
			return err
		}
		if schedule.Last != b.Height || len(column) == 0 {
			continue
		}
		column[len(column)-1]++
		return subnet.PutColumn(&ledger.Ledger{Writer: w}, s.ID, subnet.Incentive, column)
	}
	return nil
}

func denySuccess(_ state.Writer, _ chain.Block, out *chain.Outcome) error {
	if len(out.Results) > 0 && out.Results[0].Code == 0 {
		out.Results[0].Code = ledger.InsufficientBalance
	}
	return nil
}

// dropProducer removes the first producer, whom the state keeps.
func dropProducer(w state.Writer, _ chain.Block, out *chain.Outcome) error {
	all, err := chain.Producers(w)
	if err != nil || len(all) < 2 {
		return err
	}
	out.Updates = append(out.Updates, chain.Producer{PubKey: all[0].PubKey})
	return nil
}
