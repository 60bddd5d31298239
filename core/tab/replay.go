package tab

import "github.com/taolight/taolight/core/level"

// Methods about blocks and epochs that are computed again here.
const (
	Replay  = "replay"  // ReplayParams → nothing: how blocks are executed again from now on; kept for the next visit
	Once    = "once"    // OnceParams → Executed: one block, whatever the mode
	Audit   = "audit"   // AuditParams → AuditReport: one epoch of one subnet, computed again
	Explain = "explain" // ExplainParams → Explanation: why a neuron earned what it did in an epoch that was audited
)

// Modes of replaying.
const (
	ReplayOff     = "off"
	ReplaySampled = "sampled" // one block in sixteen, at random: an alarm net that raises no level
	ReplayEvery   = "every"   // each block from the run's first on
)

// ReplayParams sets the mode.
type ReplayParams struct {
	_    struct{} `cbor:",toarray"`
	Mode string
	From uint64 // first block of the run, for ReplayEvery; 0: the newest that can be
}

// OnceParams names a block.
type OnceParams struct {
	_      struct{} `cbor:",toarray"`
	Height uint64
}

// Executed is a block that was executed again here and led to what the next header says. One that does not is an error
// with the code fraud, and ends all.
type Executed struct {
	_      struct{}    `cbor:",toarray"`
	Level  level.Level // of the headers, and so of what was compared
	Height uint64
	Root   [32]byte // of the state after it, as computed here
	Txs    uint64
	Nodes  uint64 // of the state before it, each hash checked
	Bytes  uint64 // fetched for it
	Micros uint64 // it took to execute
	Relay  string // who sent the witness
}

// Replaying is how blocks are executed again, and what came of it so far.
type Replaying struct {
	_       struct{} `cbor:",toarray"`
	Mode    string
	From    uint64 // first block of the run; 0: there is none
	To      uint64 // last one that was executed; below From: none yet. Figures of the states after From to To are replayed
	Behind  uint64 // blocks of the run that could be executed and wait
	Blocks  uint64 // executed in this visit, samples included; all matched
	Bytes   uint64 // fetched for them
	Micros  uint64 // it took to execute them
	Last    uint64 // height of the last one
	LastTxs uint64 // in it
	LastFor uint64 // microseconds that it took
	LastOf  uint64 // bytes fetched for it
	Trouble string // why the next one can't be executed now, in words; no lie
}

// Fraud is a block that does not lead to what two thirds of the producers signed.
type Fraud struct {
	_        struct{} `cbor:",toarray"`
	Height   uint64   // of the block; the header of the next one is false
	What     string   // that differs: state root, results hash, producers' hash, outcome
	Computed []byte   // here; empty for outcome
	Signed   []byte   // by the producers
	Reason   string   // for outcome: why the block can't be executed
	Hash     [32]byte // of the block
	Next     [32]byte // of the false header
	Signers  []Signer // producers at the next height, and who signed
}

// AuditParams names an epoch.
type AuditParams struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	Height uint64 // of the block that ran it; 0: the last one
}

// AuditReport is an epoch computed again here. Without differences every figure of every uid is as its inputs give.
type AuditReport struct {
	_           struct{}    `cbor:",toarray"`
	Level       level.Level // replayed where nothing differs
	Netuid      uint16
	Name        string
	Height      uint64 // of the block
	Index       uint64 // the first of a subnet is 1
	Yuma3       bool
	Emission    uint64 // rao that it paid to neurons at most
	OwnerCut    uint64 // rao
	Txs         uint64 // in the block
	Bytes       uint64 // of contents and witness
	Micros      uint64 // to execute the block
	Relay       string // who sent the witness
	Uids        []AuditUID
	Differences []AuditDifference
}

// AuditUID is what one neuron got. Shares are of 65535, amounts in rao.
type AuditUID struct {
	_         struct{} `cbor:",toarray"`
	Hotkey    string   // SS58
	Weights   uint64   // entries in its row of weights
	Stake     uint64
	Consensus uint16
	Trust     uint16
	Incentive uint16
	Dividends uint16
	Server    uint64
	Validator uint64
	Right     bool // nothing of it differs
}

// AuditDifference is a figure that does not follow from the inputs.
type AuditDifference struct {
	_        struct{} `cbor:",toarray"`
	UID      uint16
	Column   string
	Computed uint64
	Signed   uint64
}

// ExplainParams names a neuron of the epoch that was audited last; another epoch is audited first. With File it is one of
// the epochs of the proof that was checked last, which takes no network.
type ExplainParams struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	Height uint64
	UID    uint16
	File   bool
}

// Explanation is yuma.Explanation for reading. Fractions are of 2^32.
type Explanation struct {
	_            struct{} `cbor:",toarray"`
	UID          uint16
	Stake        uint64 // rao
	StakeShare   uint64
	Active       bool
	PermitBefore bool
	PermitAfter  bool
	Kappa        uint64
	Consensus    uint64
	Support      uint64 // active stake that gives at least the consensus
	Rank         uint64
	Incentive    uint64
	Trust        uint64
	Dividends    uint64
	ByStake      bool // nobody had incentive or dividends, and stake took their place
	Server       uint64
	Validator    uint64
	Votes        []Pair // what validators say of it, by uid
	Holdings     []Pair // what it says of miners, by uid
}

// Pair is what stands between one validator and one miner. Fractions are of 2^32.
type Pair struct {
	_          struct{} `cbor:",toarray"`
	UID        uint16   // of the other
	Stake      uint64   // share of active stake; votes only
	Weight     uint64
	Clipped    uint64
	BondBefore uint64
	BondAfter  uint64
	Sets       bool   // its weight is the consensus; votes only
	Gives      uint64 // votes: to the rank; holdings: to its dividends
}
