package state

import (
	"encoding/binary"
	"sync/atomic"

	"golang.org/x/crypto/blake2b"
)

// ref is a branch's (or the tree's) hold on a node: always its hash, and the node itself when it is in memory. At most
// one of the two pointers is set. They are atomic because pages are attached and dropped while snapshots read.
//
// id is where the node is stored, as the first node of a page; 0 if the node lies inside its parent's page or isn't
// stored yet. It is written by the committing tree only, before the ref or a nil pointer in it is published.
type ref struct {
	branch atomic.Pointer[branch]
	leaf   atomic.Pointer[leaf]
	id     pageID
	hash   Root
}

// branch splits the keys below it by one bit. Immutable once its hash is known, but for what ref says.
type branch struct {
	bit  uint16
	pos  uint8  // the byte of the key that bit lies in
	mask uint8  // the bit in that byte; 0: whether the byte exists
	used bool   // in a tree over a witness: the program came by
	size uint16 // what the node and all below it take of their page, 0 before they are in one
	kids [2]ref
}

// leaf holds an entry. Immutable.
type leaf struct {
	record
	used bool // as in branch
}

// record is an entry as it is hashed, in one piece: domainLeaf ‖ len(key) ‖ key ‖ len(value)-1 ‖ value.
type record []byte

func newRecord(key, value []byte) record {
	r := make(record, 0, 4+len(key)+len(value))
	r = append(append(r, domainLeaf, byte(len(key))), key...)
	r = binary.BigEndian.AppendUint16(r, uint16(len(value)-1))
	return append(r, value...)
}

func (r record) key() []byte { n := 2 + int(r[1]); return r[2:n:n] }

// value returns nil for no record.
func (r record) value() []byte {
	if r == nil {
		return nil
	}
	return r[4+int(r[1]):]
}

// branchBytes is what a branch takes in memory.
const branchBytes = 128

// size is what the leaf takes in memory.
func (l *leaf) size() int { return 48 + len(l.record) }

func newBranch(bit int) *branch {
	b := &branch{bit: uint16(bit), pos: uint8(bit / 9)}
	if r := bit % 9; r != 0 {
		b.mask = 1 << (8 - r)
	}
	return b
}

// dir says on which side of the branch key belongs.
func (b *branch) dir(key []byte) int {
	switch {
	case int(b.pos) >= len(key):
		return 0
	case b.mask == 0 || key[b.pos]&b.mask != 0:
		return 1
	}
	return 0
}

func (r *ref) empty() bool { return r.hash == Root{} }

// set makes r a copy of o.
func (r *ref) set(o *ref) {
	r.hash, r.id = o.hash, o.id
	r.branch.Store(o.branch.Load())
	r.leaf.Store(o.leaf.Load())
}

// setBranch makes r hold a new branch, whose children are complete.
func (r *ref) setBranch(b *branch) {
	r.hash, r.id = hashBranch(b.bit, &b.kids[0].hash, &b.kids[1].hash), 0
	r.branch.Store(b)
}

// setLeaf makes r hold a new leaf of an entry, which nobody may change any more.
func (r *ref) setLeaf(entry record) *leaf {
	l := &leaf{record: entry}
	r.hash, r.id = blake2b.Sum256(entry), 0
	r.leaf.Store(l)
	return l
}

// The first byte of what is hashed tells leaves from branches.
const (
	domainLeaf   = 0x00
	domainBranch = 0x01
)

func hashBranch(bit uint16, left, right *Root) Root {
	var b [3 + 2*len(Root{})]byte
	b[0] = domainBranch
	binary.BigEndian.PutUint16(b[1:], bit)
	copy(b[3:], left[:])
	copy(b[3+len(left):], right[:])
	return blake2b.Sum256(b[:])
}
