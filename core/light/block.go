package light

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/taolight/taolight/core/state"
)

// LightBlock is one block's header, the signatures that made it final, and the block producers in office at its height.
// It is CometBFT's LightBlock. A value from [DecodeLightBlock] is well-formed and nothing more; who has verified it
// says so.
type LightBlock struct {
	Header     Header
	Commit     Commit
	Validators ValidatorSet
}

// Header is a block's header. Hashes are of 32 bytes; those of LastBlockID are empty at the chain's first height.
type Header struct {
	BlockVersion, AppVersion uint64
	ChainID                  string
	Height                   uint64 // 1 … 2^63-1
	Time                     time.Time
	LastBlockID              BlockID
	LastCommitHash           []byte // signatures of the block before
	DataHash                 []byte // transactions, see [DataHash]
	ValidatorsHash           []byte // producers at this height
	NextValidatorsHash       []byte // producers at the next height
	ConsensusHash            []byte
	AppHash                  []byte // state root after the block before
	LastResultsHash          []byte // results of the block before, see [ResultsHash]
	EvidenceHash             []byte // see [EvidenceHash]
	ProposerAddress          []byte // 20 bytes
}

// BlockID is a block's header hash and the root of the parts it was gossiped in.
type BlockID struct {
	Hash       []byte
	PartsTotal uint32
	PartsHash  []byte
}

// Commit holds the precommits for one block, one entry per producer in the order of the validator set.
type Commit struct {
	Height     uint64
	Round      int32
	BlockID    BlockID
	Signatures []CommitSig
}

// Flag says what a producer's precommit was for.
type Flag uint8

// The flags. Only FlagCommit counts towards a block.
const (
	FlagAbsent Flag = 1 // no precommit arrived
	FlagCommit Flag = 2 // for the block
	FlagNil    Flag = 3 // for no block
)

// CommitSig is one producer's precommit. For FlagAbsent everything else is empty and Time is the zero time.
type CommitSig struct {
	Flag      Flag
	Address   []byte // 20 bytes
	Time      time.Time
	Signature []byte // 64 bytes
}

// ValidatorSet lists the producers at a height in CometBFT's order. Proposer and the priorities are bound by no hash
// and mean nothing to verification; they are kept so that a block encodes to the bytes that it came from.
type ValidatorSet struct {
	List     []Validator
	Proposer Validator
}

// Validator is a block producer.
type Validator struct {
	Address  [20]byte // the first bytes of the key's SHA-256
	PubKey   [32]byte // ed25519
	Power    int64    // > 0
	Priority int64
}

// NewValidator returns the producer with this key and voting power.
func NewValidator(key [32]byte, power int64) Validator {
	return Validator{Address: AddressOf(key), PubKey: key, Power: power}
}

// AddressOf returns the address of a producer's key.
func AddressOf(key [32]byte) [20]byte {
	sum := sha256.Sum256(key[:])
	return [20]byte(sum[:])
}

// Height returns the header's height.
func (b *LightBlock) Height() uint64 { return b.Header.Height }

// Hash returns the header's hash.
func (b *LightBlock) Hash() [32]byte { return b.Header.Hash() }

// StateRoot returns the state root that the header carries: that after block Height()-1.
func (b *LightBlock) StateRoot() (state.Root, error) {
	if len(b.Header.AppHash) != len(state.Root{}) {
		return state.Root{}, &InvalidError{Height: b.Height(), Reason: fmt.Sprintf("the app hash has %d bytes, a state root has %d", len(b.Header.AppHash), len(state.Root{}))}
	}
	return state.Root(b.Header.AppHash), nil
}

// Hash returns what the producers sign and the next header names: the Merkle root over the encoded fields.
func (h *Header) Hash() [32]byte {
	bytesField := func(v []byte) []byte { return appendBytes(nil, 1, v) }
	return merkleRoot([][]byte{
		appendVersion(nil, h), bytesField([]byte(h.ChainID)), appendUint(nil, 1, h.Height), appendTime(nil, h.Time), appendBlockID(nil, h.LastBlockID),
		bytesField(h.LastCommitHash), bytesField(h.DataHash), bytesField(h.ValidatorsHash), bytesField(h.NextValidatorsHash), bytesField(h.ConsensusHash),
		bytesField(h.AppHash), bytesField(h.LastResultsHash), bytesField(h.EvidenceHash), bytesField(h.ProposerAddress),
	})
}

// Hash returns the set's Merkle root over keys and powers.
func (s *ValidatorSet) Hash() [32]byte {
	var key, leaf []byte // used again and again: a set may be large
	return merkleOf(0, len(s.List), func(i int) []byte {
		v := &s.List[i]
		key = appendBytes(key[:0], 1, v.PubKey[:])
		leaf = appendUint(appendMessage(leaf[:0], 1, key), 2, uint64(v.Power))
		return leaf
	})
}

// Power returns the voting power of all producers together. It does not overflow for a set that passed the checks of
// [DecodeLightBlock]; a set that would is counted as [maxPower].
func (s *ValidatorSet) Power() int64 {
	var total int64
	for i := range s.List {
		if p := s.List[i].Power; p > 0 {
			total += min(p, maxPower-total)
		}
	}
	return total
}

// Equal says whether both name the same block and parts.
func (id BlockID) Equal(other BlockID) bool {
	return id.PartsTotal == other.PartsTotal && bytes.Equal(id.Hash, other.Hash) && bytes.Equal(id.PartsHash, other.PartsHash)
}

func (id BlockID) empty() bool {
	return len(id.Hash) == 0 && id.PartsTotal == 0 && len(id.PartsHash) == 0
}

func (id BlockID) complete() bool {
	return len(id.Hash) == 32 && id.PartsTotal > 0 && len(id.PartsHash) == 32
}
