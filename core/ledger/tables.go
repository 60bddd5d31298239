package ledger

import (
	"encoding/binary"

	"github.com/taolight/taolight/core/keys"
)

// Table is the first byte of every state key. All keys of one table have one length for each fixed choice of their
// field byte, so that no key is a prefix of another.
type Table byte

// The tables of the state, with the layout of their keys behind the table byte. Integers are big-endian.
const (
	TableGlobal     Table = 0x01 // field(1) → params, totals, block record, source
	TableProducer   Table = 0x02 // address(20) → block producer
	TablePast       Table = 0x03 // height(8) → PastBlock, for the last Params.BlocksKept blocks
	TableAccount    Table = 0x10 // account(32) → balance and nonce
	TablePool       Table = 0x20 // pool(8) → the hotkey whose pool it is
	TableShare      Table = 0x22 // coldkey(32) pool(8) → shares; 0 for the hotkey's owner, whose shares are with the pool
	TableHotkey     Table = 0x23 // hotkey(32) → owner, nonce, take, share pool
	TableOwned      Table = 0x24 // coldkey(32) hotkey(32) → true
	TableHolder     Table = 0x25 // pool(8) coldkey(32) → true
	TableStaked     Table = 0x26 // coldkey(32) → block of its last call that is limited by Params.TxRateLimit
	TableSwap       Table = 0x27 // coldkey(32) → announced swap of it
	TableProxy      Table = 0x40 // real(32) delegate(32) type(1) → deposit
	TableMultisig   Table = 0x41 // account(32) height(8) index(4) → operation waiting for approvals
	TableRelay      Table = 0x50 // peer id(32) → relay on the list
	TableRelayEnd   Table = 0x51 // block(8) peer id(32) → true: the relay leaves the list then
	TableRelayOwner Table = 0x52 // owner(32) → how many relays he has listed
	TableNetuid     Table = 0x30 // netuid(2) → subnet id
	TableSubnet     Table = 0x31 // subnet(8) field(1) … → everything of one subnet
)

// Fields of [TableGlobal].
const (
	fieldParams  byte = 0x01
	fieldTotals  byte = 0x02
	fieldBlock   byte = 0x03
	fieldSource  byte = 0x04
	FieldNetwork byte = 0x06 // → when the last subnet was made, and at what cost
	FieldShares  byte = 0x07 // → how a block's emission is split over subnets
	FieldRemoved byte = 0x09 // → ids of removed subnets of which something is left to delete
	FieldRelays  byte = 0x0a // → how many relays are listed
	FieldWork    byte = 0x08 // block(8) seal(32) → work spent on a registration, as long as it is fresh
)

// Key starts a state key; append fixed-width fields to it with the methods.
func (t Table) Key() Key { return append(make(Key, 0, 48), byte(t)) }

// Key is a state key under construction.
type Key []byte

// Byte appends one byte.
func (k Key) Byte(b byte) Key { return append(k, b) }

// U16 appends two bytes.
func (k Key) U16(n uint16) Key { return binary.BigEndian.AppendUint16(k, n) }

// U64 appends eight bytes.
func (k Key) U64(n uint64) Key { return binary.BigEndian.AppendUint64(k, n) }

// Account appends the 32 bytes of an account.
func (k Key) Account(a keys.Account) Key { return append(k, a[:]...) }

// Bytes appends b as it is.
func (k Key) Bytes(b []byte) Key { return append(k, b...) }
