// Package state is the chain's authenticated key-value tree: a store whose whole content is named by one 32-byte [Root],
// and from which the part that a program used can be cut out, sent, and checked by somebody who has only that root.
//
// A full node calls [Open] on a datastore, writes with [Tree.Set] and [Tree.Delete], and ends each block with
// [Tree.Commit]. Readers take a [Snapshot] of a committed version with [Tree.At] or [Tree.AtRoot]. To prove what a
// program computed, run it over [Record] of a snapshot and send [Recorder.Witness]; the other side runs the same program
// with [Witness.Run]. [Overlay] buffers writes that may have to be undone, such as those of one transaction.
//
// # The tree
//
// It is a binary crit-bit trie over the raw keys, in their byte order: a branch names the first bit in which the keys
// below it differ. A key of n bytes counts 9 bits a byte: a one, that says that the byte is there, and the byte. So a
// key sorts before those it is a prefix of, and the shape depends on nothing but the set of keys. Hashes are BLAKE2b-256:
//
//	leaf    H(0x00 ‖ len(key) ‖ key ‖ len(value)-1 ‖ value)   the lengths in one byte and in two, big endian
//	branch  H(0x01 ‖ bit ‖ left ‖ right)                      bit: two bytes, counted from the key's start
//	empty   32 zero bytes
//
// As the bit index is absolute, a deletion never needs to know its sibling's content. A node's hash says nothing about
// when or where it was stored.
//
// # Promises
//
// Writes take effect in the tree all at once (at Root or Commit), sorted, so that the nodes that they need are those on
// the paths of the written keys and no others: that is what makes a witness a function of the keys that were used.
// Nothing read from a datastore or a peer is trusted: sizes are checked first, then hashes. A commit becomes visible by
// a single small write after everything it refers to; what an unfinished commit left behind is never looked at.
package state
