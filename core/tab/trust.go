package tab

// Trust is the trust root in use.
type Trust struct {
	_        struct{} `cbor:",toarray"`
	Height   uint64
	Hash     [32]byte
	Time     uint64 // of its block, ms; 0: not seen yet
	Source   string // "built in", "from the address", "typed in", "first use, from this page's host"
	Pinned   uint64 // when it was taken, ms
	Period   uint64 // trusting period, seconds
	SignedBy string // by whom, in words, as "signed by Ana and 1 unknown party"; empty: it was no signed checkpoint
	Known    uint64 // parties that signed it and that this program knows
	Compared []Checkpoint
}

// Checkpoint is another statement about the chain that the trust root in use is compared with: signed checkpoints that the
// page's host serves, and the one that is built in, if another is in use.
type Checkpoint struct {
	_      struct{} `cbor:",toarray"`
	Height uint64
	Hash   [32]byte
	By     string // who stands for it, in words: "signed by Ana and Ben", "built in"
	Known  uint64 // parties that signed it and that this program knows
	State  CheckpointState
	Why    string // in words, unless it agrees
}

// CheckpointState is what the comparison found.
type CheckpointState string

// The states. A checkpoint that agrees names a block of the chain that is verified from the trust root in use. One that
// conflicts ends the session: see [Refusal].
const (
	Waiting   CheckpointState = "waiting" // not compared yet, or it can't be
	Agrees    CheckpointState = "agrees"
	Conflicts CheckpointState = "conflicts"
)

// Refusal says why nothing may be shown, in facts; Status.Reason says it in words.
type Refusal struct {
	_      struct{} `cbor:",toarray"`
	Code   string   // stable, see the constants; empty for what has no code of its own
	Height uint64   // of the block that it is about; 0: none
	Time   uint64   // of that block, ms; 0: unknown
}

// Codes of refusals that another trust root may mend.
const (
	TrustExpired       = "trust_expired"          // the block at Height is older than the trusting period
	CheckpointConflict = "checkpoint_conflict"    // another checkpoint contradicts the trust root
	BadTrust           = "bad_trust_root"         // the trust root given can't be used
	ContradictsTrust   = "contradicts_trust_root" // every relay has another block at the trust root's height
)

// ExamineParams is a trust root as it was typed, maybe not to its end.
type ExamineParams struct {
	_    struct{} `cbor:",toarray"`
	Text string
}

// Examined is what a trust root as typed says. Nothing in it is known to be true but whose signatures are right.
type Examined struct {
	_        struct{} `cbor:",toarray"`
	Fault    string   // why it can't be used, in words; empty: it may be
	Height   uint64   // 0: it can't be read
	Hash     [32]byte
	Time     uint64 // of its block, as it says, ms; 0: it does not say
	SignedBy string // as in Trust
	Known    uint64
}
