// Package commitment holds what neurons publish about themselves: where a model is, a hash, a public key.
//
// A hotkey publishes with [Set]; [Get] reads what a uid has published. The call is without a fee, signed by a hotkey
// registered on the subnet, and invalid when a guard refuses it.
package commitment

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
)

// Limits of what is published.
const (
	MaxFields   = 3
	MaxField    = 128   // bytes of one field
	Space       = 3_100 // bytes that a uid publishes in one interval at most
	MinSpace    = 100   // bytes that one call counts for at least
	MinInterval = 100   // blocks of an interval, where a tempo is shorter
)

// Field is some bytes. Their text is themselves when they are printable, and otherwise 0x and hexadecimal digits.
type Field []byte

// String returns the text.
func (f Field) String() string {
	if s := string(f); utf8.ValidString(s) && !strings.HasPrefix(s, "0x") && strings.IndexFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) < 0 {
		return s
	}
	return "0x" + hex.EncodeToString(f)
}

// MarshalText writes the text.
func (f Field) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the text.
func (f *Field) UnmarshalText(b []byte) error {
	digits, ok := strings.CutPrefix(string(b), "0x")
	if !ok {
		*f = append(Field{}, b...)
		return nil
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return fmt.Errorf("field %.40q: want hexadecimal digits behind 0x", b)
	}
	*f = raw
	return nil
}

// Commitment is what a uid has published.
type Commitment struct {
	_      struct{} `cbor:",toarray"`
	Block  uint64   `json:"block"` // of the last call
	Fields []Field  `json:"fields"`
	Since  uint64   `json:"since"` // block in which the interval began
	Used   uint64   `json:"used"`  // bytes of [Space] that are used in it
}

func key(id uint64, uid uint16) ledger.Key { return subnet.Key(id, subnet.FieldCommitment).U16(uid) }

// Get returns what a uid has published, and whether it has published anything.
func Get(r state.Reader, id uint64, uid uint16) (c Commitment, ok bool, err error) {
	ok, err = ledger.Load(r, key(id, uid), &c)
	return c, ok && len(c.Fields) > 0, err
}

// Set publishes up to [MaxFields] fields in the place of those before; none take them back.
type Set struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16   `json:"netuid"`
	Fields []Field  `json:"fields"`
}

// Cost is what the call costs beyond its bytes.
var Cost = ledger.Cost{Keys: 6}

// Slot is what a mempool holds one of for each hotkey.
func (c Set) Slot() string { return fmt.Sprintf("set_commitment/%d", c.Netuid) }

// WasSet is the event CommitmentSet.
type WasSet struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	UID    uint16
	Hotkey keys.Account
}

// Run executes the call for the hotkey signer. Refusals, in this order: NetworkDoesNotExist, NotRegistered,
// TooManyFieldsInCommitmentInfo, CommitmentFieldTooLong, SpaceLimitExceeded.
func (c Set) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := subnet.Must(l, c.Netuid)
	if err != nil {
		return err
	}
	uid, ok, err := subnet.UIDOf(l, s.ID, signer)
	if err != nil {
		return err
	}
	if !ok {
		return ledger.Refuse(ledger.NotRegistered, "the hotkey %s is not registered on subnet %d", signer, c.Netuid)
	}
	size, err := c.size()
	if err != nil {
		return err
	}
	params, err := subnet.ReadParams(l, s.ID)
	if err != nil {
		return err
	}
	now, _, err := Get(l, s.ID, uid)
	if err != nil {
		return err
	}
	interval := max(uint64(params.Tempo), MinInterval)
	if now.Block == 0 || l.Height-now.Since >= interval {
		now.Since, now.Used = l.Height, 0
	}
	if now.Used += max(size, MinSpace); now.Used > Space {
		return ledger.Refuse(ledger.SpaceLimitExceeded, "uid %d would have published %d bytes since block %d; at most %d are allowed until block %d", uid, now.Used, now.Since, Space, now.Since+interval)
	}
	now.Block, now.Fields = l.Height, c.Fields
	if err := l.Put(key(s.ID, uid), now); err != nil {
		return err
	}
	return l.Emit("CommitmentSet", WasSet{Netuid: c.Netuid, UID: uid, Hotkey: signer})
}

// size returns how many bytes the fields have, and refuses too many.
func (c Set) size() (sum uint64, err error) {
	if n := len(c.Fields); n > MaxFields {
		return 0, ledger.Refuse(ledger.TooManyFieldsInCommitmentInfo, "%d fields; at most %d are allowed", n, MaxFields)
	}
	for i, f := range c.Fields {
		if len(f) > MaxField {
			return 0, ledger.Refuse(ledger.CommitmentFieldTooLong, "field %d has %d bytes; at most %d are allowed", i, len(f), MaxField)
		}
		sum += uint64(len(f))
	}
	return sum, nil
}
