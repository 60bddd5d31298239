// Package wire is what relays and light nodes say to each other.
//
// Each protocol is a libp2p stream that carries frames: a 4-byte big-endian length and that many bytes of canonical
// CBOR (core/codec). The client writes one request frame and reads answer frames: one, except on [HeadProtocol], where
// the relay goes on sending. [WriteFrame] and [ReadFrame] hold every length to a limit; deadlines are the caller's.
// The same answers stand at immutable HTTP addresses; see [BlockPath] and its sisters.
package wire

import (
	"encoding/hex"
	"fmt"
)

// Protocol ids of the streams.
const (
	HeadProtocol       = "/taolight/1/head"
	LightBlockProtocol = "/taolight/1/lightblock"
	BlockProtocol      = "/taolight/1/block"
	EventsProtocol     = "/taolight/1/events"
	WitnessProtocol    = "/taolight/1/witness"
	SubmitProtocol     = "/taolight/1/submit"
)

// Limits of what one message may hold.
const (
	MaxRequest    = 192 << 10 // any request frame, a transaction's included; evidence has [MaxEvidenceRequest]
	MaxWitness    = 16 << 20
	MaxLightBlock = 1 << 20 // one header, commit and validator set
	MaxBlock      = 8 << 20
	MaxEvents     = 1 << 16   // events of one block
	MaxEventBytes = 8 << 20   // all of them together, without the frame
	MaxReply      = 17 << 20  // any answer frame
	MaxRange      = 64        // light blocks in one answer
	MaxRangeBytes = 512 << 10 // of several light blocks in one answer together
)

// HeadRequest asks for every new light block from now on; the relay first sends its newest one.
type HeadRequest struct {
	_ struct{} `cbor:",toarray"`
}

// Head is one pushed frame of [HeadProtocol]. LightBlock may be empty: a sign of life while no block is due, sent at
// least every 15 s.
type Head struct {
	_          struct{} `cbor:",toarray"`
	LightBlock []byte   // protobuf of CometBFT's LightBlock; empty: a sign of life
	Latest     uint64   // the relay's newest height
}

// LightBlockRequest asks for the light blocks at From, From+1, ... To. 0 as both means the newest.
type LightBlockRequest struct {
	_        struct{} `cbor:",toarray"`
	From, To uint64
}

// LightBlockReply holds what was asked for, in order; at most [MaxRange] and possibly fewer, but no gap. Several have at most
// [MaxRangeBytes] together: who asks holds them before any is verified.
type LightBlockReply struct {
	_           struct{} `cbor:",toarray"`
	LightBlocks [][]byte // protobuf of CometBFT's LightBlock
	Refusal     *Refusal
}

// BlockRequest asks for one block's transactions.
type BlockRequest struct {
	_      struct{} `cbor:",toarray"`
	Height uint64
}

// BlockReply is a block's body and results. The header at Height binds Txs (data hash) and Evidence (evidence hash),
// the header at Height+1 binds Results (last results hash).
type BlockReply struct {
	_        struct{} `cbor:",toarray"`
	Txs      [][]byte
	Results  []TxResult
	Evidence []byte // protobuf of CometBFT's EvidenceList; empty for none
	Refusal  *Refusal
}

// EventsRequest asks for what one block did.
type EventsRequest struct {
	_      struct{} `cbor:",toarray"`
	Height uint64
}

// EventsReply is a block's events, in order, at most [MaxEvents] of at most [MaxEventBytes]. No header binds them: the
// state after the block holds their Merkle root.
type EventsReply struct {
	_       struct{} `cbor:",toarray"`
	Events  [][]byte // canonical CBOR of a ledger.Event each
	Refusal *Refusal
}

// TxResult is the part of a transaction's result that consensus commits to. Code 0 is success.
type TxResult struct {
	_       struct{} `cbor:",toarray"`
	Code    uint32
	Data    []byte
	GasUsed uint64 // cost units
}

// WitnessRequest asks for the state nodes that a program touches under a state root.
type WitnessRequest struct {
	_       struct{} `cbor:",toarray"`
	Root    [32]byte
	Program string // name@version, such as account@1
	Args    []byte // canonical CBOR of the program's arguments
}

// WitnessReply holds the encoded witness; core/state checks it.
type WitnessReply struct {
	_       struct{} `cbor:",toarray"`
	Witness []byte
	Refusal *Refusal
}

// SubmitRequest hands in a signed transaction.
type SubmitRequest struct {
	_  struct{} `cbor:",toarray"`
	Tx []byte
}

// SubmitReply says what the relay's own check found. It is a claim: a transaction counts once a block holds it.
type SubmitReply struct {
	_       struct{} `cbor:",toarray"`
	Hash    [32]byte // of the transaction, see core/chain
	Refusal *Refusal // nil: accepted and passed on
}

// Refusal is a typed no. It is inconclusive: a relay that refuses has not lied.
type Refusal struct {
	_       struct{} `cbor:",toarray"`
	Code    string   `json:"code"` // stable, such as "not_found"
	Message string   `json:"message"`
}

// Codes of refusals that any relay may give; a refused transaction carries the chain's own code.
const (
	CodeBadRequest = "bad_request"
	CodeNotFound   = "not_found" // a height or root that the relay does not have, or no longer has
	CodeTooLarge   = "too_large" // the program touches more than a relay serves
	CodeBusy       = "busy"
	CodeInternal   = "internal"
)

// Error returns the message and its code.
func (r *Refusal) Error() string { return fmt.Sprintf("%s (%s)", r.Message, r.Code) }

// Bootstrap is the document at /bootstrap.json, from which a first visit learns where to begin.
type Bootstrap struct {
	ChainID     string     `json:"chain_id"`
	GenesisHash string     `json:"genesis_hash"` // hex
	Relays      []string   `json:"relays"`       // multiaddrs with /p2p/PEER
	Checkpoint  Checkpoint `json:"checkpoint"`
	Checkpoints []string   `json:"checkpoints,omitempty"` // signed ones, in core/checkpoint's text; at most MaxCheckpoints
}

// MaxCheckpoints is how many signed checkpoints a [Bootstrap] may hold; what is more is not looked at.
const MaxCheckpoints = 8

// Checkpoint names a block to trust.
type Checkpoint struct {
	Height uint64 `json:"height"`
	Hash   string `json:"hash"` // hex of the header hash
}

// BootstrapPath is where [Bootstrap] stands.
const BootstrapPath = "/bootstrap.json"

// LightBlockPath is the HTTP address of a light block; the body is its protobuf.
func LightBlockPath(height uint64) string { return fmt.Sprintf("/v1/lightblock/%d", height) }

// BlockPath is the HTTP address of a block; the body is a [BlockReply].
func BlockPath(height uint64) string { return fmt.Sprintf("/v1/block/%d", height) }

// EventsPath is the HTTP address of a block's events; the body is an [EventsReply].
func EventsPath(height uint64) string { return fmt.Sprintf("/v1/events/%d", height) }

// WitnessPath is the HTTP address of a witness; the body is the encoded witness.
func WitnessPath(r WitnessRequest) string {
	return fmt.Sprintf("/v1/witness/%x/%s/%s", r.Root, r.Program, hex.EncodeToString(r.Args))
}

// HeadPath is the HTTP address of the newest light block, and SubmitPath takes a [SubmitRequest] by POST.
const (
	HeadPath   = "/v1/head"
	SubmitPath = "/v1/submit"
)
