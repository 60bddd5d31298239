package subnet

import (
	"strings"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// SetHyperparameter changes one hyperparameter of a subnet of the signer's.
type SetHyperparameter struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16   `json:"netuid"`
	Name   string   `json:"name"`  // as in [hyper.Table]
	Value  string   `json:"value"` // a whole number in decimal; for switches also true and false
}

// SetIdentity replaces what a subnet of the signer's says of itself.
type SetIdentity struct {
	_           struct{} `cbor:",toarray"`
	Netuid      uint16   `json:"netuid"`
	Name        string   `json:"name"`        // at most [MaxName] bytes
	URL         string   `json:"url"`         // at most [MaxURL]
	Contact     string   `json:"contact"`     // at most [MaxContact]
	Description string   `json:"description"` // at most [MaxDescription]
}

// TransferOwnership gives a subnet of the signer's to another coldkey, with its lock: what is paid back when the subnet
// ends is the new owner's. The old owner's hotkey keeps its uid and is not the owner's any more.
type TransferOwnership struct {
	_        struct{}     `cbor:",toarray"`
	Netuid   uint16       `json:"netuid"`
	NewOwner keys.Account `json:"new_owner"`
}

// What the calls cost beyond their bytes.
var (
	SetHyperparameterCost = ledger.Cost{Keys: 6}
	SetIdentityCost       = ledger.Cost{Keys: 4}
	TransferOwnershipCost = ledger.Cost{Keys: 6}
)

// HyperparameterSet is the event of a hyperparameter's change, values as [hyper.Spec.Format] writes them.
type HyperparameterSet struct {
	_        struct{} `cbor:",toarray"`
	Netuid   uint16
	Name     string
	Old, New string
}

// IdentitySet is the event SubnetIdentitySet.
type IdentitySet struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	Identity
}

// OwnerTransferred is the event SubnetOwnerTransferred.
type OwnerTransferred struct {
	_        struct{} `cbor:",toarray"`
	Netuid   uint16
	From, To keys.Account
}

// MustOwn returns the subnet at a netuid and refuses with NetworkDoesNotExist, or NotSubnetOwner when it isn't coldkey's.
func MustOwn(r state.Reader, netuid uint16, coldkey keys.Account) (Entry, error) {
	s, err := Must(r, netuid)
	switch {
	case err != nil:
		return s, err
	case netuid == RootNetuid:
		return s, ledger.Refuse(ledger.NotSubnetOwner, "nobody owns the root network")
	case s.Owner != coldkey:
		return s, ledger.Refuse(ledger.NotSubnetOwner, "subnet %d belongs to %s", netuid, s.Owner)
	}
	return s, nil
}

// Run executes the call for signer. Refusals: NetworkDoesNotExist, NotSubnetOwner, UnknownHyperparameter, NotRoot,
// StorageValueOutOfRange, MaxAllowedUIDsNotAllowed, AdminActionProhibitedDuringWeightsWindow,
// HyperparameterRateLimitExceeded.
func (c SetHyperparameter) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := MustOwn(l, c.Netuid, signer)
	if err != nil {
		return err
	}
	index, spec, ok := hyper.Find(c.Name)
	if !ok {
		return ledger.Refuse(ledger.UnknownHyperparameter, "there is no hyperparameter %.64q", c.Name)
	}
	if spec.Setter != hyper.Owner {
		return ledger.Refuse(ledger.NotRoot, "%s is set by governance, not by a subnet's owner", spec.Name)
	}
	p, err := ReadParams(l, s.ID)
	if err != nil {
		return err
	}
	if err := Frozen(l, &s, p); err != nil {
		return err
	}
	key := Key(s.ID, FieldChanged).U16(uint16(index))
	var last uint64
	changed, err := ledger.Load(l, key, &last)
	if err != nil {
		return err
	}
	if from := last + uint64(spec.RateLimit)*uint64(p.Tempo); changed && l.Height < from {
		return ledger.Refuse(ledger.HyperparameterRateLimitExceeded,
			"%s was changed at block %d and can be again from block %d", spec.Name, last, from)
	}
	v, err := spec.Parse(c.Value)
	if err != nil {
		return ledger.Refuse(ledger.StorageValueOutOfRange, "%v", err)
	}
	if err := Change(l, &s, spec, v); err != nil {
		return err
	}
	return l.Put(key, l.Height)
}

// freeze is how many blocks before an epoch owners stop changing what it runs by.
const freeze = 10

// Frozen refuses changes by the owner when the next epoch is near or due: what was seen when weights were set is what
// holds. Where epochs follow so closely that it would always be near, the window is half a tempo.
func Frozen(l *ledger.Ledger, s *Entry, p hyper.Params) error {
	schedule, err := ReadSchedule(l, s.ID)
	if err != nil {
		return err
	}
	if window := min(freeze, uint64(p.Tempo)/2); l.Height+window >= schedule.Next {
		return ledger.Refuse(ledger.AdminActionProhibitedDuringWeightsWindow,
			"the epoch of block %d is nearer than %d blocks, or has not run yet; this is allowed from block %d on, once it has", schedule.Next, window+1, max(schedule.Next, l.Height)+1)
	}
	return nil
}

// Change sets a hyperparameter, whoever asks for it. Refusals: StorageValueOutOfRange, MaxAllowedUIDsNotAllowed.
func Change(l *ledger.Ledger, s *Entry, spec *hyper.Spec, v uint64) error {
	p, err := ReadParams(l, s.ID)
	if err != nil {
		return err
	}
	old := spec.Get(&p)
	if err := spec.Set(&p, v); err != nil {
		return ledger.Refuse(ledger.StorageValueOutOfRange, "%v", err)
	}
	if spec.Name == "max_allowed_uids" && p.MaxUIDs <= s.Uids {
		return ledger.Refuse(ledger.MaxAllowedUIDsNotAllowed, "subnet %d has %d neurons; max_allowed_uids %d must be more", s.Netuid, s.Uids, p.MaxUIDs)
	}
	if err := PutParams(l, s.ID, p); err != nil {
		return err
	}
	return l.Emit("HyperparameterSet", HyperparameterSet{Netuid: s.Netuid, Name: spec.Name, Old: spec.Format(old), New: spec.Format(v)})
}

// Run executes the call for signer. Refusals: NetworkDoesNotExist, NotSubnetOwner, InvalidIdentity.
func (c SetIdentity) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := MustOwn(l, c.Netuid, signer)
	if err != nil {
		return err
	}
	i := Identity{Name: c.Name, URL: c.URL, Contact: c.Contact, Description: c.Description}
	if rule := i.tooLong(); rule != "" {
		return ledger.Refuse(ledger.InvalidIdentity, "%s", rule)
	}
	if strings.TrimSpace(c.Name) == "" {
		return ledger.Refuse(ledger.InvalidIdentity, "a subnet has a name")
	}
	if err := l.Put(Key(s.ID, FieldIdentity), i); err != nil {
		return err
	}
	return l.Emit("SubnetIdentitySet", IdentitySet{Netuid: c.Netuid, Identity: i})
}

// Run executes the call for signer. Refusals: NetworkDoesNotExist, NotSubnetOwner, SameOwner.
func (c TransferOwnership) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := MustOwn(l, c.Netuid, signer)
	if err != nil {
		return err
	}
	if c.NewOwner == signer {
		return ledger.Refuse(ledger.SameOwner, "subnet %d belongs to %s already", c.Netuid, signer)
	}
	return SetOwner(l, &s, c.NewOwner, keys.Account{})
}

// SetOwner gives a subnet and its lock to another coldkey, with the hotkey that is the owner's from now on; the zero key is
// none.
func SetOwner(l *ledger.Ledger, s *Entry, coldkey, hotkey keys.Account) error {
	from := s.Owner
	if err := account.MoveReserved(l, from, coldkey, s.Lock); err != nil {
		return err
	}
	s.Owner, s.Hotkey = coldkey, hotkey
	if err := PutSubnet(l, s); err != nil {
		return err
	}
	return l.Emit("SubnetOwnerTransferred", OwnerTransferred{Netuid: s.Netuid, From: from, To: coldkey})
}
