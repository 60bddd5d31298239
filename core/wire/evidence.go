package wire

// EvidenceProtocol takes evidence against block producers. Over HTTP the same request is posted to [EvidencePath].
const (
	EvidenceProtocol = "/taolight/1/evidence"
	EvidencePath     = "/v1/evidence"
)

// MaxEvidence is how many bytes one piece of evidence may have; MaxEvidenceRequest bounds the frame around it.
const (
	MaxEvidence        = 1 << 20
	MaxEvidenceRequest = MaxEvidence + 64
)

// EvidenceRequest hands in what convicts producers who signed two chains, or a header that the rules forbid.
type EvidenceRequest struct {
	_        struct{} `cbor:",toarray"`
	Evidence []byte   // protobuf of CometBFT's LightClientAttackEvidence
}

// EvidenceReply says what the relay's own check found. It is a claim: producers are removed once a block holds the
// evidence.
type EvidenceReply struct {
	_       struct{} `cbor:",toarray"`
	Refusal *Refusal // nil: it convicts the accused, and waits for a block or stands in one
}

// Codes of refusals of evidence, besides [CodeBadRequest], [CodeTooLarge], [CodeBusy] and [CodeInternal].
const (
	CodeNotYet          = "not_yet"          // it can't be judged here before another block; send it again then
	CodeInvalidEvidence = "invalid_evidence" // it convicts nobody, or not those it accuses
	CodeKnownEvidence   = "known_evidence"   // evidence against this block is here already, in a block or waiting for one
	CodeEvidenceTooOld  = "evidence_too_old" // what it shows happened longer ago than is punished
)
