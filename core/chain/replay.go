package chain

// ReplayProgram is the id under which relays serve the witness of a whole block: what [Execute] touches of the state
// before it. It is no query: besides the state it takes the block's contents, which its header binds.
const ReplayProgram = "block@1"

// ReplayArgs names the block, so that the witness asked for under the root before it is that of one block only. Canonical
// CBOR of it is the request's arguments.
type ReplayArgs struct {
	_      struct{} `cbor:",toarray"`
	Height uint64
	Hash   [32]byte // of the header
}
