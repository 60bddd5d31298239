// Package bundle makes and checks proof bundles: a figure, a transaction, a block to execute again, a fraud or a fork in one
// file, with everything that somebody who trusts one block of the chain needs to verify it without asking anybody.
//
// Begin with [Check] for the bytes of a file; it needs no network and says in a [Report] what was checked, step by step, what
// the file shows, and what it does not. [ForFigure], [ForTransaction] and [ForBlock] make bundles from what a light client has
// proven, [ForFraud] and [ForFork] from what has stopped it, [Bundle.Encode] writes the file. [Decode] only reads.
//
// # What is trusted
//
// A bundle starts from a trust root, a block that whoever made it took as true. The file can't say that this block is the
// chain's: the caller names the blocks that it trusts in [Options].Trust, and the path of the bundle must begin at one of them
// or pass through one. Otherwise nothing is shown, however well everything fits together ([ForeignRootError]), unless the
// caller accepts the bundle's own trust root. Steps that lean on signatures are subject to the trusting period at the time of
// checking; hashes don't age.
//
// # The file
//
// A .taoproof file is one CBOR value in RFC 8949's core deterministic encoding, of at most 24 MiB. In CDDL:
//
//	taoproof = [
//	  magic: "taoproof",
//	  version: 1,
//	  kind: "figure" / "transaction" / "block" / "fork",
//	  chain: tstr,                  ; chain id, 1 to 50 bytes
//	  root-height: uint,            ; the trust root: a block's height
//	  root-hash: hash,              ; and the hash of its header
//	  up: [1*256 bstr],             ; CometBFT LightBlock, protobuf, heights rising
//	  down: [*8192 bstr],           ; CometBFT Header, protobuf, each a height below the one before it
//	  body: figure / transaction / block / fork ; by kind
//	]
//	hash = bstr .size 32
//
// Unknown versions and kinds, other encodings of the same values and anything behind the value are refused. The protobuf is
// byte for byte what CometBFT writes. The first block of up has the hash root-hash and the height root-height. Each further
// one verifies from the one before it as in CometBFT's light client (adjacent, or skipping with more than 1/3), two that are
// adjacent name each other, and the last is signed by more than 2/3 of its own producers. The first header of down
// has the hash that the last block of up names in LastBlockID, and so on. The commits of up have at most 16384 entries
// together. The last header of up and down together is the one that the body stands under.
//
//	figure = [
//	  program: tstr,                ; such as "account@1", see core/chain
//	  pages: [1*4096 page]          ; one, or a long list page by page
//	]
//	page = [
//	  args: bstr,                   ; the program's arguments, deterministic CBOR
//	  witness: bstr,                ; state nodes, see core/state
//	  result: bstr                  ; what the program answers, deterministic CBOR
//	]
//
// A figure holds if each witness hashes to the AppHash of the last header and the program, run over it, answers the result.
// The state is that after the block below this header. Each page after the first has the arguments of the one before, with the
// result's next as from. A figure whose first page has a from, or whose last page has a next, is a part of a list.
//
//	transaction = [
//	  index: uint,                  ; place in the block, from 0
//	  tx: bstr,                     ; as it stands in the block
//	  hashes: [1*131072 hash],      ; SHA-256 of each transaction of the block, in order
//	  code: uint, data: bstr, gas: uint, ; the result
//	  result-proof: [* hash],       ; hashes beside its way up, the lowest first
//	  events: effects / []          ; what the block did; [] where that is not shown
//	]
//	effects = [
//	  witness: bstr,                ; of the program past_block@1 for the block
//	  events: [* bstr]              ; all of the block, in order: ledger.Event, deterministic CBOR
//	]
//
// The last header is that of the block which holds the transaction, and the one before it on the path that of the next block.
// The block that is trusted must be the next one or stand before it on the path: anybody can invent a block above another.
// A transaction holds if the RFC 6962 root (SHA-256, prefixes 0 and 1) over hashes is the block's DataHash and tx has
// the one at its place; if the result, as CometBFT's ExecTxResult with only code, data and both gas fields, has the next
// header's LastResultsHash as its root with result-proof at this place of that many; and if the events have the root that
// the state under the next header's AppHash holds for the block. All hashes of the block are there because a Merkle proof
// binds neither place nor count: transaction 2 of 3 has a proof as transaction 1 of 2, and would pass for the author of
// another's events.
//
//	block = [
//	  txs: [* bstr],                ; the block's transactions, 8 MiB with the evidence
//	  evidence: bstr,               ; protobuf of CometBFT's EvidenceList, empty for none
//	  witness: bstr,                ; of the state before the block, for executing it
//	  next: bstr                    ; CometBFT LightBlock above the block, empty where that is the last of up
//	]
//
// The headers stand as for a transaction. The contents have the roots in the block's DataHash and EvidenceHash, the witness
// that in its AppHash. core/chain executes the block; what comes of it (state root, results, next producers) is compared with the
// header above. Either finding, that the block follows or that the producers signed something else, is what the file shows:
// it makes no claim of its own.
//
//	fork = [
//	  a: side,
//	  b: side
//	]
//	side = [
//	  relay: tstr,                  ; who showed it, at most 256 bytes; proven by nothing
//	  blocks: [1*128 bstr]          ; CometBFT LightBlock, protobuf, heights rising
//	]                               ; both sides together: at most 16384 signatures
//
// The path ends in the block that both sides share, and has no down. A fork holds if the blocks of each side verify from that
// one on as those of up do, each within the trusting period of the one before it, whenever that was, and the last ones
// of both exclude each other: they stand at one height, or at two that follow each other without the higher one naming
// the lower, or the higher one is not dated after the lower.
package bundle
