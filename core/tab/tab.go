// Package tab is what the two programs of a browser tab say to each other: the light node in its worker and the
// dashboard on the page.
//
// Every message is one canonical CBOR value (core/codec) in a transferred ArrayBuffer. The page sends [Request]s; the
// worker sends [Message]s, of which each holds exactly one of: the answer to a request, a new [Status], a new [Block].
// Neither side trusts the other's bytes to decode.
package tab

import (
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/tao"
)

// Methods that the page may ask for, with the type of their parameters and of the answer's body.
const (
	Start   = "start"   // StartParams → nothing; first of all
	Query   = "query"   // QueryParams → Figure
	Blocks  = "blocks"  // BlocksParams → BlockList
	Body    = "body"    // BodyParams → BlockBody
	Retry   = "retry"   // nothing → nothing: dial again now
	Forget  = "forget"  // nothing → nothing: drop saved head and pin; the page then reloads
	Examine = "examine" // ExamineParams → Examined: what a trust root as typed says
)

// Raw is an encoded value that is carried without being looked into: core/codec's Raw, of which the page would download
// all that stands behind it.
type Raw []byte

// MarshalCBOR returns the value, null where there is none.
func (r Raw) MarshalCBOR() ([]byte, error) {
	if len(r) == 0 {
		return []byte{0xf6}, nil
	}
	return r, nil
}

// UnmarshalCBOR keeps a copy of the value.
func (r *Raw) UnmarshalCBOR(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}

// Request is one call from the page.
type Request struct {
	_      struct{} `cbor:",toarray"`
	ID     uint64   // chosen by the page, comes back in the answer
	Method string
	Params Raw
}

// Message is anything the worker sends.
type Message struct {
	_      struct{} `cbor:",toarray"`
	Answer *Answer
	Status *Status
	Block  *Block
}

// Answer is the reply to a [Request]: a body or an error.
type Answer struct {
	_     struct{} `cbor:",toarray"`
	ID    uint64
	Body  Raw
	Error *Error
}

// Error is what a visitor may read, with a stable code to branch on.
type Error struct {
	_       struct{} `cbor:",toarray"`
	Code    string
	Message string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// StartParams is what the page knows and the worker can't.
type StartParams struct {
	_      struct{} `cbor:",toarray"`
	Origin string   // of the page, such as http://127.0.0.1:8080
	Trust  string   // HEIGHT:HASH or a signed checkpoint, from the address's fragment or typed; empty: none
	Typed  bool     // Trust was typed by the visitor
}

// QueryParams names a program of core/chain and its arguments in canonical CBOR.
type QueryParams struct {
	_       struct{} `cbor:",toarray"`
	Program string   // such as account@1
	Args    []byte
	Height  uint64 // the block after which the state is asked; 0: the newest. Relays keep recent states only
}

// Figure is a program's answer and how it was checked.
type Figure struct {
	_       struct{} `cbor:",toarray"`
	Level   level.Level
	Height  uint64   // of the block whose state was asked
	Root    [32]byte // of that state
	Checked uint64   // when it was checked here, ms since 1970
	Relay   string   // who sent the witness
	Bytes   uint64   // of the witness
	Nodes   uint64   // tree nodes in it, each hash checked
	Micros  uint64   // it took to check and run
	Result  []byte   // canonical CBOR of the program's result, see core/view
	Part    bool     // it is a part of a list, and sums are those of the part
}

// BlocksParams asks for the last Count (at most 256) blocks at or below Below (0: the head) that this node verified.
type BlocksParams struct {
	_     struct{} `cbor:",toarray"`
	Below uint64
	Count uint64
}

// BlockList is newest first.
type BlockList struct {
	_      struct{} `cbor:",toarray"`
	Blocks []Block
}

// Block is a header that was checked, in short.
type Block struct {
	_        struct{} `cbor:",toarray"`
	Level    level.Level
	Height   uint64
	Hash     [32]byte
	Time     uint64 // ms
	Proposer [20]byte
	AppHash  [32]byte // state root after the block before
	Data     [32]byte // Merkle root of the transactions
	Signed   uint64   // voting power that signed
	Total    uint64   // voting power in all
	Signers  []Signer
	Bytes    uint64 // of the light block
	Micros   uint64 // it took to verify
}

// Signer is one block producer and whether its signature was in the commit.
type Signer struct {
	_       struct{} `cbor:",toarray"`
	Address [20]byte
	Power   uint64
	Signed  bool
}

// BodyParams asks for a block's transactions.
type BodyParams struct {
	_      struct{} `cbor:",toarray"`
	Height uint64
}

// BlockBody is a block's transactions. Level covers them; Results are covered only when ResultsLevel says so: they are
// bound by the next header.
type BlockBody struct {
	_            struct{} `cbor:",toarray"`
	Level        level.Level
	ResultsLevel level.Level
	Height       uint64
	Relay        string
	Txs          []Tx
}

// Tx is one transaction in readable form.
type Tx struct {
	_      struct{} `cbor:",toarray"`
	Hash   [32]byte
	Signer string // SS58
	Call   string // such as transfer
	Args   []Arg
	Nonce  uint64
	Fee    tao.Amount
	Code   uint32 // 0: done
	Result string // the code's name, such as insufficient_balance
	Bytes  uint64
	Broken string // why it can't be read; everything but Hash and Bytes is then empty
}

// Arg is one argument of a call, for reading.
type Arg struct {
	_     struct{} `cbor:",toarray"`
	Name  string
	Value string
}

// Sync is the state of the whole, and the value of the document's data-sync attribute.
type Sync string

// The states: from the first moment, through dialling and checking, to following; stalled when no new block arrives or
// no relay answers; refused when nothing may be shown (trust root too old, conflicting blocks, no trust root).
const (
	Starting   Sync = "starting"
	Connecting Sync = "connecting"
	Verifying  Sync = "verifying"
	Live       Sync = "live"
	Stalled    Sync = "stalled"
	Refused    Sync = "refused"
)

// Status is everything about the node itself; a new one replaces the one before.
type Status struct {
	_       struct{} `cbor:",toarray"`
	Sync    Sync
	Reason  string // in words, for stalled and refused
	Refusal *Refusal
	ChainID string
	Phases  []Phase
	Head    *Block // newest verified
	Target  uint64 // the middle of the newest heights that relays claim; 0: none yet
	Trust   Trust
	Relays  []Relay // spare ones last
	Counts  Counts
	Alarms  []Alarm
	Log     []LogLine // the last lines, oldest first
	Build   string    // version and short hash of the node's program
	Replay  Replaying
	Fraud   *Fraud // nil: none was found
	Fork    *Fork  // nil: none was found
}

// Phase is one step of the start: trust root, saved head, relays, catch up, following.
type Phase struct {
	_      struct{} `cbor:",toarray"`
	Name   string
	State  string // "off", "now", "done", "failed"
	Text   string // such as "resumed at 10,214,201"
	Micros uint64 // it took
}

// Relay is one relay as this node sees it.
type Relay struct {
	_       struct{} `cbor:",toarray"`
	Name    string   // short
	Addr    string   // multiaddr
	State   string   // "dialling", "connected", "waiting", "blocked", "spare": known and not dialled, as there are better ones
	Latency uint64   // microseconds, 0: unknown
	In, Out uint64   // bytes
	Height  uint64   // newest it claimed
	Lies    uint64
	Error   string // the last one, in words
	RetryAt uint64 // ms, when waiting

	Origin   string // where it is known from: "host list", "on chain" (the list there, proven), "last visit"; the first that holds
	Score    uint64 // 0 to 100, by freshness, latency and failures; the best are connected to. 0: it lied, and is never used again
	Verified uint64 // height of its newest block that is the one verified here, since it was connected; 0: none
}

// Agreeing counts the relays whose newest block is the head: each sent that very block by itself.
func (s *Status) Agreeing() (n int) {
	for _, r := range s.Relays {
		if s.Head != nil && r.State == "connected" && r.Verified == s.Head.Height {
			n++
		}
	}
	return n
}

// Counts is what was checked in this visit.
type Counts struct {
	_           struct{} `cbor:",toarray"`
	Headers     uint64
	Signatures  uint64
	Witnesses   uint64
	WitnessSize uint64 // bytes
	Nodes       uint64 // tree nodes whose hash was checked
	Skipped     uint64 // heights stepped over by skipping verification
}

// Alarm is a proven lie.
type Alarm struct {
	_      struct{} `cbor:",toarray"`
	Time   uint64   // ms
	Relay  string   // who said it
	What   string   // in words: what was wrong
	Code   string   // stable
	Height uint64
}

// LogLine is one line of the node's log.
type LogLine struct {
	_    struct{} `cbor:",toarray"`
	Time uint64   // ms
	Kind string   // "info", "warn", "alarm"
	Text string
}
