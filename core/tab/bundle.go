package tab

import "github.com/taolight/taolight/core/level"

// Methods about proofs in files. A file is made with the relays' help; checking one needs no network, no relay and no
// verified block, only a trust root to hold it against.
const (
	Save  = "save"  // SaveParams → ProofFile
	Check = "check" // CheckParams → ProofReport
)

// SaveParams names what to put into a file: the first of Figure, Replay, Fraud and Fork that is set, or else a transaction by
// block and hash.
type SaveParams struct {
	_      struct{}     `cbor:",toarray"`
	Figure *QueryParams // with the Height of the [Figure] shown, so that the file says the same
	Block  uint64       // that holds the transaction; not the newest, as the block above names the result
	Tx     [32]byte     // its hash
	Fork   bool         // the fork of the status, once its Shared is known
	Replay uint64       // a block to execute again, by height; not the newest
	Fraud  bool         // the fraud of the status, for which nothing is shown any more
}

// ProofFile is a .taoproof file for the visitor to keep. It was checked like any other before it was handed out.
type ProofFile struct {
	_    struct{} `cbor:",toarray"`
	Name string   // suggested, such as account-5DS9X-10214336.taoproof
	File []byte
}

// CheckParams is a file that the visitor dropped or chose, at most 24 MiB.
type CheckParams struct {
	_          struct{} `cbor:",toarray"`
	File       []byte
	AcceptRoot bool // take the file's own trust root as true; offer this only where Standing was foreign, beside the root's hash
}

// Verdicts on a file.
const (
	ProofHolds  = "accept"       // this proof holds
	ProofFalse  = "blame"        // it can't be true, or is no proof: say so and show Error
	ProofUnsure = "inconclusive" // nothing was shown: its trust root is not this tab's, too old, another chain, a newer format …
)

// ProofReport is what came of checking a file. What the file says (Figure, Transaction, Fork) is there for every file that can
// be read, and may be shown as more than a claim only with the verdict accept.
type ProofReport struct {
	_       struct{} `cbor:",toarray"`
	Verdict string
	Level   level.Level // of what it says; claimed unless the verdict is accept
	Code    string      // stable name of what is wrong; empty for accept
	Error   string      // what is wrong, a sentence to show; empty for accept
	Steps   []ProofStep // in order, those that were not reached, too
	Micros  uint64      // all of it took

	Kind     string // "figure", "transaction", "block" or "fork"; empty if the file can't be read
	Bytes    uint64
	ChainID  string
	Root     ProofBlock // the trust root that the file begins at
	RootTime uint64     // of its block, ms; 0: unknown
	Standing string     // of that root: "yours"; "passes": not yours, but it leads through a block that this tab verified; "accepted"; "foreign"
	Anchor   ProofBlock // the block that was checked from; zero for foreign
	Hops     uint64     // blocks from there to Top whose signatures were verified
	Links    uint64     // headers from Top down, each named by its hash in the one above
	Top      ProofBlock // the block whose signatures are counted here
	Signers  uint64     // of its producers
	Of       uint64     // its producers
	Power    uint64     // of the signers
	OfPower  uint64     // of all of them

	Height uint64   // the block after which the figure was read, or that holds the transaction, or was executed, or in which the first side of a fork ends: "At block …"
	Time   uint64   // ms: of the header that signs the figure, one above Height, or of the block at Height
	State  [32]byte // state root that the witness hashes to; zero: none
	Nodes  uint64   // state nodes whose hash was checked
	Silent []string // what it does not say, to read after "Does not say:"

	Figure      *ProofFigure // for the kind figure
	Transaction *ProofTx     // for the kind transaction
	Fork        *Fork        // for the kind fork, without Reports

	Finding string       // for the kind block: FindsFollows or FindsFraud, empty unless it was executed; with the verdict accept it is proven
	Txs     uint64       // of it: transactions that were executed
	Fraud   *Fraud       // with FindsFraud: what the producers signed instead
	Epochs  []ProofEpoch // with FindsFollows: that it ran, see [ExplainParams]
}

// ProofEpoch is an epoch that was computed here over what a file holds.
type ProofEpoch struct {
	_        struct{} `cbor:",toarray"`
	Netuid   uint16
	Index    uint64 // the first of a subnet is 1
	Neurons  uint64
	Emission uint64 // rao that it paid to neurons at most
	OwnerCut uint64 // rao
}

// Findings on a block. The second is a lie of the producers, not of the file: the file holds, the chain doesn't.
const (
	FindsFollows = "follows" // executed here, the block does what was signed
	FindsFraud   = "fraud"   // it does not, and two thirds of the producers signed it
)

// ProofStep is one line of the list of what was checked.
type ProofStep struct {
	_       struct{} `cbor:",toarray"`
	Name    string   // stable: file, chain, signed, reached; then witness, answer or included, result, events or executed, outcome or sides, guilty
	Title   string   // a statement, such as "The file reads cleanly"
	Detail  string   // what was found, or why not
	Outcome string   // "held", "failed", "unsure", "open": not reached
	Micros  uint64
}

// ProofBlock is a block's height and hash.
type ProofBlock struct {
	_      struct{} `cbor:",toarray"`
	Height uint64
	Hash   [32]byte
}

// ProofFigure is what a program answers, as a query's [Figure] holds it.
type ProofFigure struct {
	_        struct{} `cbor:",toarray"`
	Program  string   // such as account@1
	Args     []byte   // canonical CBOR of its arguments, for a permalink
	Result   []byte   // canonical CBOR of its result, see core/view: what the file says, all pages of a list together
	Part     bool     // the file holds a part of the list, and sums are those of the part
	Computed []byte   // what the program answers over the signed state, where that is something else (code false_answer): the lie is Result
}

// ProofTx is a transaction in a block.
type ProofTx struct {
	_      struct{} `cbor:",toarray"`
	Tx     Tx       // Fee is 0: the file does not know the price of a cost unit
	Index  uint64   // place in the block, from 0
	Count  uint64   // transactions in the block
	Gas    uint64   // cost units that it used
	Shows  bool     // the file shows what the block did; else Events is empty because it is unknown
	Events []ProofEvent
}

// ProofEvent is something that the transaction did.
type ProofEvent struct {
	_    struct{} `cbor:",toarray"`
	Name string   // such as Transfer
	Data []string // its fields in their order, for reading
}
