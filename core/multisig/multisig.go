// Package multisig lets several accounts act as one, when as many of them as agreed approve.
//
// The account of a group follows from its members and threshold ([Account]); anybody can send it money before anything is
// on the chain. One member proposes a call ([Propose]), others approve it ([Approve]); the approval that reaches the
// threshold runs it as the group's account. An operation has the height and the index of the transaction that proposed it
// as its name, and is gone before its call runs.
package multisig

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"golang.org/x/crypto/blake2b"
)

// MaxSignatories is the most members of a group.
const MaxSignatories = 100

// Group is who acts together: all members but the signer, sorted, and how many must approve, the signer included.
type Group struct {
	_         struct{}       `cbor:",toarray"`
	Threshold uint16         `json:"threshold"`
	Others    []keys.Account `json:"other_signatories"`
}

// Propose starts an operation of a group and approves it.
type Propose struct {
	_     struct{}      `cbor:",toarray"`
	Group Group         `json:"group"`
	Call  ledger.Nested `json:"call"`
}

// Approve approves an operation, with the call that was proposed.
type Approve struct {
	_      struct{}      `cbor:",toarray"`
	Group  Group         `json:"group"`
	Height uint64        `json:"height"` // of the block that holds the proposal
	Index  uint32        `json:"index"`  // of the proposal in it
	Call   ledger.Nested `json:"call"`
}

// Cancel ends an operation; only who proposed it can.
type Cancel struct {
	_      struct{} `cbor:",toarray"`
	Group  Group    `json:"group"`
	Height uint64   `json:"height"`
	Index  uint32   `json:"index"`
}

// What the calls cost beyond their bytes and what they carry.
var (
	ProposeCost = ledger.Cost{Keys: 2}
	ApproveCost = ledger.Cost{Keys: 2}
	CancelCost  = ledger.Cost{Keys: 2}
)

// Operation is a proposal that waits for approvals.
type Operation struct {
	_         struct{} `cbor:",toarray"`
	Call      [32]byte // BLAKE2b-256 of the encoded call
	Depositor keys.Account
	Deposit   tao.Amount
	Threshold uint16         // of the group, which its members know and its address doesn't tell
	Approvals []keys.Account // in the order in which they came
}

// Proposed is the event MultisigProposed. Other members read the call from it.
type Proposed struct {
	_       struct{} `cbor:",toarray"`
	Account keys.Account
	By      keys.Account
	Call    ledger.Nested
}

// Step is the event of the others: MultisigApproved, MultisigCancelled, MultisigExecuted with the code of its call.
type Step struct {
	_       struct{} `cbor:",toarray"`
	Account keys.Account
	Height  uint64
	Index   uint32
	By      keys.Account
	Code    ledger.Code
}

// Account returns the account of a group: BLAKE2b-256 of a prefix, the threshold and the sorted members.
func Account(threshold uint16, members []keys.Account) keys.Account {
	sorted := slices.Clone(members)
	slices.SortFunc(sorted, compare)
	b := binary.BigEndian.AppendUint16([]byte("taolight-multisig"), threshold)
	for _, m := range sorted {
		b = append(b, m[:]...)
	}
	return blake2b.Sum256(b)
}

func compare(a, b keys.Account) int { return bytes.Compare(a[:], b[:]) }

// account returns the group's account with signer as a member. Refusals: BadSignatories, BadThreshold.
func (g Group) account(signer keys.Account) (keys.Account, error) {
	members := len(g.Others) + 1
	sorted := slices.IsSortedFunc(g.Others, compare) && len(slices.CompactFunc(slices.Clone(g.Others), func(a, b keys.Account) bool { return a == b })) == len(g.Others)
	switch {
	case members > MaxSignatories:
		return keys.Account{}, ledger.Refuse(ledger.BadSignatories, "%d signatories; at most %d are allowed", members, MaxSignatories)
	case !sorted:
		return keys.Account{}, ledger.Refuse(ledger.BadSignatories, "the other signatories are to be sorted, each once")
	case slices.Contains(g.Others, signer):
		return keys.Account{}, ledger.Refuse(ledger.BadSignatories, "the signer is among the others")
	case g.Threshold < 2 || int(g.Threshold) > members:
		return keys.Account{}, ledger.Refuse(ledger.BadThreshold, "a threshold of %d among %d signatories; 2 to %d are allowed", g.Threshold, members, members)
	}
	return Account(g.Threshold, append([]keys.Account{signer}, g.Others...)), nil
}

func key(group keys.Account, height uint64, index uint32) ledger.Key {
	return ledger.TableMultisig.Key().Account(group).U64(height).Bytes(binary.BigEndian.AppendUint32(nil, index))
}

// Get returns a waiting operation, and whether there is one.
func Get(r state.Reader, group keys.Account, height uint64, index uint32) (op Operation, ok bool, err error) {
	ok, err = ledger.Load(r, key(group, height, index), &op)
	return op, ok, err
}

// waiting returns the operation of a group, and refuses with OperationNotFound when there is none.
func waiting(l *ledger.Ledger, group keys.Account, height uint64, index uint32) (Operation, error) {
	op, ok, err := Get(l, group, height, index)
	if err == nil && !ok {
		err = ledger.Refuse(ledger.OperationNotFound, "%s has no operation of transaction %d in block %d waiting", group, index, height)
	}
	return op, err
}

func hash(n ledger.Nested) [32]byte { return blake2b.Sum256(codec.MustEncode(n)) }

// Carried returns the call, which doesn't run yet: whoever approves last pays for it.
func (p Propose) Carried() []ledger.Nested { return []ledger.Nested{p.Call} }

// Run executes the call for signer. Refusals: BadSignatories, BadThreshold, OperationExists, InsufficientBalance,
// ExistentialDeposit.
func (p Propose) Run(l *ledger.Ledger, signer keys.Account) error {
	group, err := p.Group.account(signer)
	if err != nil {
		return err
	}
	if _, there, err := Get(l, group, l.Height, uint32(l.Tx)); err != nil || there {
		if err == nil {
			err = ledger.Refuse(ledger.OperationExists, "one transaction proposes one operation of a group")
		}
		return err
	}
	deposit := l.Params.RecordDeposit
	if err := account.Reserve(l, signer, deposit, ledger.InsufficientBalance); err != nil {
		return err
	}
	op := Operation{Call: hash(p.Call), Depositor: signer, Deposit: deposit, Threshold: p.Group.Threshold, Approvals: []keys.Account{signer}}
	if err := l.Put(key(group, l.Height, uint32(l.Tx)), op); err != nil {
		return err
	}
	return l.Emit("MultisigProposed", Proposed{Account: group, By: signer, Call: p.Call})
}

// Carried returns the call, for its cost.
func (a Approve) Carried() []ledger.Nested { return []ledger.Nested{a.Call} }

// Run executes the call for signer. A call that fails has been tried: the operation is over, its event says with which
// code. Refusals: BadSignatories, BadThreshold, OperationNotFound, CallMismatch, AlreadyApproved.
func (a Approve) Run(l *ledger.Ledger, signer keys.Account) error {
	group, err := a.Group.account(signer)
	if err != nil {
		return err
	}
	op, err := waiting(l, group, a.Height, a.Index)
	switch {
	case err != nil:
		return err
	case op.Call != hash(a.Call):
		return ledger.Refuse(ledger.CallMismatch, "another call was proposed")
	case slices.Contains(op.Approvals, signer):
		return ledger.Refuse(ledger.AlreadyApproved, "%s has approved already; %d of %d have", signer, len(op.Approvals), a.Group.Threshold)
	}
	op.Approvals = append(op.Approvals, signer)
	step := Step{Account: group, Height: a.Height, Index: a.Index, By: signer}
	if len(op.Approvals) < int(a.Group.Threshold) {
		if err := l.Put(key(group, a.Height, a.Index), op); err != nil {
			return err
		}
		return l.Emit("MultisigApproved", step)
	}
	if err := end(l, group, a.Height, a.Index, op); err != nil {
		return err
	}
	refusal, err := l.Scope(func() error { return l.Dispatch(a.Call, group) })
	if err != nil {
		return err
	}
	if refusal != nil {
		step.Code = refusal.Code
	}
	return l.Emit("MultisigExecuted", step)
}

// Run executes the call for signer. Refusals: BadSignatories, BadThreshold, OperationNotFound, NotDepositor.
func (c Cancel) Run(l *ledger.Ledger, signer keys.Account) error {
	group, err := c.Group.account(signer)
	if err != nil {
		return err
	}
	op, err := waiting(l, group, c.Height, c.Index)
	switch {
	case err != nil:
		return err
	case op.Depositor != signer:
		return ledger.Refuse(ledger.NotDepositor, "%s proposed it, and only they cancel it", op.Depositor)
	}
	if err := end(l, group, c.Height, c.Index, op); err != nil {
		return err
	}
	return l.Emit("MultisigCancelled", Step{Account: group, Height: c.Height, Index: c.Index, By: signer})
}

// end removes an operation and frees its deposit.
func end(l *ledger.Ledger, group keys.Account, height uint64, index uint32, op Operation) error {
	if err := l.Delete(key(group, height, index)); err != nil {
		return err
	}
	return account.Unreserve(l, op.Depositor, op.Deposit)
}
