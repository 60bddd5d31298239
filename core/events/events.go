// Package events names what blocks do: which events there are, and what their fields are called.
//
// [Table] is the one place that says so. [Read] makes named fields of an event that was proven, for those who show it to
// people or to programs; the types themselves stand beside the calls that emit them.
package events

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/batch"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/commitment"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/market"
	"github.com/taolight/taolight/core/multisig"
	"github.com/taolight/taolight/core/proxy"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/relays"
	"github.com/taolight/taolight/core/serving"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/weights"
)

// Type is what the table says of the events of one name.
type Type struct {
	Name string
	Doc  string // what has happened, one sentence
	data reflect.Type
}

func of[T any](name, doc string) Type { return Type{name, doc, reflect.TypeFor[T]()} }

// Table lists all events, by name. The fields of each are those of its type: a field tagged unit:"rao" or unit:"share"
// holds amounts or shares of 65535 that its type doesn't show.
var Table = []Type{
	of[account.Reaped]("AccountReaped", "An account that fell below the existential deposit has ended."),
	of[serving.AxonServed]("AxonServed", "A neuron says where it answers, or withdraws that."),
	of[batch.Failed]("BatchItemFailed", "A call of a batch was refused; those behind it went on."),
	of[stake.ChildTake]("ChildkeyTakeSet", "A hotkey has another take as a childkey."),
	of[stake.ChildrenOf]("ChildrenSet", "A hotkey has other children."),
	of[stake.SwapAnnounced]("ColdkeySwapAnnounced", "A coldkey is to be swapped."),
	of[stake.SwapDisputed]("ColdkeySwapCleared", "Governance has ended the dispute of a swap."),
	of[stake.ColdkeySwap]("ColdkeySwapContinues", "A part of a coldkey has moved; call again for the rest."),
	of[stake.SwapDisputed]("ColdkeySwapDisputed", "A swap of a coldkey is disputed."),
	of[stake.ColdkeySwap]("ColdkeySwapped", "A coldkey has moved to another."),
	of[commitment.WasSet]("CommitmentSet", "A neuron has published something."),
	of[stake.TakeOf]("DelegateAdded", "Others may stake on a hotkey."),
	of[coinbase.EmissionPaid]("EmissionPaid", "What each uid of a subnet earned in an epoch."),
	of[coinbase.EpochEnded]("EpochEnded", "An epoch of a subnet was paid."),
	of[stake.Associated]("HotkeyAssociated", "A hotkey has its owner."),
	of[stake.HotkeySwap]("HotkeySwapped", "A hotkey stands in the place of another."),
	of[subnet.HyperparameterSet]("HyperparameterSet", "A hyperparameter of a subnet has changed."),
	of[multisig.Step]("MultisigApproved", "A member of a group agrees to a call."),
	of[multisig.Step]("MultisigCancelled", "A proposal of a group has ended."),
	of[multisig.Step]("MultisigExecuted", "A call of a group has run."),
	of[multisig.Proposed]("MultisigProposed", "A call of a group waits for approvals."),
	of[market.NetworkAdded]("NetworkAdded", "There is a new subnet."),
	of[subnet.NetworkRemoved]("NetworkRemoved", "A subnet has ended."),
	of[registration.NeuronRegistered]("NeuronRegistered", "A hotkey has a uid."),
	of[registration.NeuronReplaced]("NeuronReplaced", "A hotkey has lost its uid to another."),
	of[chain.Punished]("ProducerRemoved", "A producer broke the rules and is one no more."),
	of[serving.PrometheusServed]("PrometheusServed", "A neuron says where its metrics are."),
	of[proxy.Changed]("ProxyAdded", "An account may act for another."),
	of[proxy.Changed]("ProxyRemoved", "An account acts for another no more."),
	of[relays.Ended]("RelayExpired", "A relay's time on the list is over."),
	of[relays.Registered]("RelayRegistered", "A relay is listed, or renewed."),
	of[relays.Ended]("RelayUnregistered", "A relay was taken off the list."),
	of[coinbase.RootEpochEnded]("RootEpochEnded", "The root network has weighed the subnets."),
	of[stake.Moved]("StakeAdded", "TAO was staked."),
	of[stake.MovedBetween]("StakeMoved", "Stake moved between hotkeys."),
	of[stake.Moved]("StakeRemoved", "Stake was taken back."),
	of[stake.Transferred]("StakeTransferred", "Stake moved to another coldkey."),
	of[market.HotkeySet]("SubnetHotkeySet", "A subnet's owner names another hotkey."),
	of[subnet.IdentitySet]("SubnetIdentitySet", "A subnet says something else of itself."),
	of[subnet.OwnerTransferred]("SubnetOwnerTransferred", "A subnet has another owner."),
	of[stake.TakeOf]("TakeDecreased", "A delegate keeps less."),
	of[stake.TakeOf]("TakeIncreased", "A delegate keeps more."),
	of[account.Transferred]("Transfer", "TAO moved to another account."),
	of[weights.Committed]("WeightsCommitted", "A validator has committed to weights."),
	of[weights.Committed]("WeightsRevealed", "A validator has shown the weights that it committed to."),
	of[weights.WasSet]("WeightsSet", "A validator has other weights."),
}

// Lookup returns the type of the events of a name.
func Lookup(name string) (Type, bool) {
	for _, t := range Table {
		if t.Name == name {
			return t, true
		}
	}
	return Type{}, false
}

// Field is one field of an event. Value has the type that the ledger gave it, amounts are [tao.Amount]; the value of a
// struct is a []Field, of a list of anything else than numbers and bytes a []any.
type Field struct {
	Name  string
	Value any
	Share bool // a number of 65535
}

// UnknownError says that this version has no event of a name.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string { return fmt.Sprintf("this version has no event %.40q", e.Name) }

// Read returns an event's fields in their order. The error is an [*UnknownError], or says why the data are not what the
// table has.
func Read(e ledger.Event) ([]Field, error) {
	t, ok := Lookup(e.Name)
	if !ok {
		return nil, &UnknownError{e.Name}
	}
	data := reflect.New(t.data)
	if err := codec.Decode(e.Data, data.Interface()); err != nil {
		return nil, fmt.Errorf("event %s: %w", e.Name, err)
	}
	return fields(data.Elem()), nil
}

func fields(v reflect.Value) []Field {
	var all []Field
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.Name == "_" || f.Anonymous {
			continue
		}
		field := v.FieldByIndex(f.Index)
		unit := f.Tag.Get("unit")
		one := Field{Name: nameOf(f), Value: value(field), Share: unit == "share"}
		if unit == "rao" {
			amounts := make([]tao.Amount, field.Len())
			for i := range amounts {
				amounts[i] = tao.Amount(field.Index(i).Uint())
			}
			one.Value = amounts
		}
		all = append(all, one)
	}
	return all
}

func value(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case ledger.Nested, encoding.TextMarshaler:
		return x
	case ledger.Code:
		return x.String()
	}
	switch {
	case v.Kind() == reflect.Struct && v.NumField() > 1 && v.Type().Field(0).Name == "_":
		return fields(v)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = value(v.Index(i))
		}
		return list
	}
	return v.Interface()
}

// nameOf is how the fields of arguments and answers are called, too: the name in JSON, or the name in Go in lower case.
func nameOf(f reflect.StructField) string {
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
		return name
	}
	var b strings.Builder
	for i, r := range f.Name {
		if i > 0 && r >= 'A' && r <= 'Z' && f.Name[i-1] >= 'a' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
