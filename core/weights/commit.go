package weights

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/yuma"
	"golang.org/x/crypto/blake2b"
)

// Hash is what a validator commits to, see [Seal]. Its text is 64 hexadecimal digits.
type Hash [32]byte

// String returns the digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 64 hexadecimal digits, with 0x before them or not.
func (h *Hash) UnmarshalText(b []byte) error {
	text := string(b)
	if len(text) == 66 && text[:2] == "0x" {
		text = text[2:]
	}
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(h) {
		return fmt.Errorf("hash %.70q: want 64 hexadecimal digits", b)
	}
	*h = Hash(raw)
	return nil
}

// Commit binds the signer to a row that it will reveal.
type Commit struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16   `json:"netuid"`
	Hash   Hash     `json:"hash"`
}

// CommitCost is what the call costs beyond its bytes.
var CommitCost = ledger.Cost{Keys: 8}

// MaxCommits is the most commits of a uid that wait to be revealed.
const MaxCommits = 10

// Sealed is a commit that was not revealed yet.
type Sealed struct {
	_     struct{} `cbor:",toarray"`
	Hash  Hash     `json:"hash"`
	Block uint64   `json:"block"`
	Epoch uint64   `json:"epoch"` // index of the subnet's epoch in that block; it is revealed some epochs later
}

// Commits are a uid's commits.
type Commits struct {
	_    struct{} `cbor:",toarray"`
	Last uint64   `json:"last"` // block of the last one, also when it is revealed; what the rate limit counts from
	List []Sealed `json:"list"` // oldest first; those that can't be revealed any more go with the next commit or reveal
}

// ReadCommits returns the commits of a uid, nothing when it never committed.
func ReadCommits(r state.Reader, id uint64, uid uint16) (c Commits, err error) {
	_, err = ledger.Load(r, commitsKey(id, uid), &c)
	return c, err
}

func commitsKey(id uint64, uid uint16) ledger.Key {
	return subnet.Key(id, subnet.FieldCommits).U16(uid)
}

// CommitBlocks returns for each of n uids the block of its earliest commit that can still be revealed at an epoch index,
// and [yuma.NoCommit] for one that has none.
func CommitBlocks(r state.Reader, id uint64, n uint16, epochIndex uint64, revealPeriod uint16) ([]uint64, error) {
	blocks := make([]uint64, n)
	for i := range blocks {
		blocks[i] = yuma.NoCommit
	}
	prefix := subnet.Key(id, subnet.FieldCommits)
	for e, err := range r.Iterate(prefix, nil) {
		if err != nil {
			return nil, err
		}
		var c Commits
		if len(e.Key) != len(prefix)+2 {
			return nil, fmt.Errorf("state key %x: not a uid's", e.Key)
		}
		if err := codec.Decode(e.Value, &c); err != nil {
			return nil, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		uid := binary.BigEndian.Uint16(e.Key[len(prefix):])
		if uid >= n {
			return nil, fmt.Errorf("state key %x: commits of uid %d of %d", e.Key, uid, n)
		}
		if live := c.List[c.expired(epochIndex, revealPeriod):]; len(live) > 0 {
			blocks[uid] = live[0].Block
		}
	}
	return blocks, nil
}

// expired returns how many commits, from the oldest, can't be revealed any more.
func (c *Commits) expired(epochIndex uint64, revealPeriod uint16) int {
	for i, s := range c.List {
		if s.Epoch+uint64(revealPeriod) >= epochIndex {
			return i
		}
	}
	return len(c.List)
}

// Slot is what a mempool holds one of for each hotkey.
func (c Commit) Slot() string { return slot("commit_weights", c.Netuid) }

// Committed is the event WeightsCommitted, and WeightsRevealed when the row is shown.
type Committed struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	UID    uint16
	Hotkey keys.Account
	Hash   Hash
}

// Run executes the call for the hotkey signer. Refusals, in this order: NetworkDoesNotExist, CommitRevealDisabled,
// HotKeyNotRegisteredInSubNet, CommittingWeightsTooFast, TooManyUnrevealedCommits.
func (c Commit) Run(l *ledger.Ledger, signer keys.Account) error {
	m, err := enter(l, c.Netuid, signer)
	if err != nil {
		return err
	}
	if err := m.mustSecret(); err != nil {
		return err
	}
	if err := m.member(ledger.HotKeyNotRegisteredInSubNet); err != nil {
		return err
	}
	kept, err := ReadCommits(l, m.ID, m.uid)
	if err != nil {
		return err
	}
	if err := m.tooFast(ledger.CommittingWeightsTooFast, kept.Last); err != nil {
		return err
	}
	schedule, err := subnet.ReadSchedule(l, m.ID)
	if err != nil {
		return err
	}
	kept.List = kept.List[kept.expired(schedule.Index, m.params.RevealPeriod):]
	if len(kept.List) >= MaxCommits {
		first := kept.List[0].Epoch + uint64(m.params.RevealPeriod)
		return ledger.Refuse(ledger.TooManyUnrevealedCommits, "%d commits wait, at most %d may; the oldest is revealed in epoch %d, this is epoch %d", len(kept.List), MaxCommits, first, schedule.Index)
	}
	kept.Last = l.Height
	kept.List = append(kept.List, Sealed{Hash: c.Hash, Block: l.Height, Epoch: schedule.Index})
	if err := l.Put(commitsKey(m.ID, m.uid), kept); err != nil {
		return err
	}
	if err := subnet.SetElement(l, m.ID, subnet.LastUpdate, m.uid, l.Height); err != nil {
		return err
	}
	return l.Emit("WeightsCommitted", Committed{Netuid: c.Netuid, UID: m.uid, Hotkey: signer, Hash: c.Hash})
}

func (m *member) mustSecret() error {
	if !m.secret() {
		return ledger.Refuse(ledger.CommitRevealDisabled, "on subnet %d weights are set at once", m.Netuid)
	}
	return nil
}

// Seal is the hash of a row, to commit to: BLAKE2b-256 of the SCALE encoding of (hotkey, netuid, uids, values, salt,
// version). The salt keeps others from guessing; take at least 8 random numbers and keep them until the row is revealed.
func Seal(hotkey keys.Account, netuid uint16, o Opening) Hash {
	b := append([]byte(nil), hotkey[:]...)
	b = binary.LittleEndian.AppendUint16(b, netuid)
	for _, v := range [][]uint16{o.UIDs, o.Values, o.Salt} {
		b = appendCompact(b, uint32(len(v)))
		for _, x := range v {
			b = binary.LittleEndian.AppendUint16(b, x)
		}
	}
	return blake2b.Sum256(binary.LittleEndian.AppendUint64(b, o.Version))
}

// appendCompact writes a length below 2^30 in SCALE's compact form: the low two bits say in how many bytes.
func appendCompact(b []byte, n uint32) []byte {
	switch {
	case n < 1<<6:
		return append(b, byte(n<<2))
	case n < 1<<14:
		return binary.LittleEndian.AppendUint16(b, uint16(n<<2|1))
	}
	return binary.LittleEndian.AppendUint32(b, n<<2|2)
}
