package state

import (
	"encoding/binary"
	"errors"
)

// Pages on disk and witnesses have the same form, a pruned tree in pre-order: the first node's kind (a byte), then
//
//	branch  left kind (2 bits) ‖ right kind (2 bits) ‖ bit (12 bits), then the left and the right node
//	leaf    len(key) (1 byte) ‖ key ‖ len(value)-1 (2 bytes) ‖ value
//	far     in a page: id (8 bytes) ‖ hash; in a witness: hash
//
// Every tree has one encoding and every byte counts, so decode∘encode and encode∘decode are identities.
const (
	kindFar = iota
	kindLeaf
	kindBranch

	farBytes  = len(Root{})
	idBytes   = 8
	bitMask   = 1<<12 - 1
	leftKind  = 14
	rightKind = 12
)

// leafSize is the encoded size of a leaf: a record without its domain.
func leafSize(l *leaf) int { return len(l.record) - 1 }

// encoder writes pruned trees. In a page, children that are stored elsewhere are far; in a witness, those that aren't in
// memory.
type encoder struct {
	buf  []byte
	page bool
}

func (e *encoder) kind(r *ref) uint16 {
	switch {
	case e.page && r.id != 0:
		return kindFar
	case r.branch.Load() != nil:
		return kindBranch
	case r.leaf.Load() != nil:
		return kindLeaf
	}
	return kindFar
}

// node appends r's node, of the given kind.
func (e *encoder) node(r *ref, kind uint16) {
	switch kind {
	case kindBranch:
		b := r.branch.Load()
		left, right := e.kind(&b.kids[0]), e.kind(&b.kids[1])
		e.buf = binary.BigEndian.AppendUint16(e.buf, left<<leftKind|right<<rightKind|b.bit)
		e.node(&b.kids[0], left)
		e.node(&b.kids[1], right)
	case kindLeaf:
		e.buf = append(e.buf, r.leaf.Load().record[1:]...)
	default:
		if e.page {
			e.buf = binary.BigEndian.AppendUint64(e.buf, uint64(r.id))
		}
		e.buf = append(e.buf, r.hash[:]...)
	}
}

var (
	errShort    = errors.New("it ends early")
	errTrailing = errors.New("bytes are left over")
	errKind     = errors.New("a node of unknown kind")
	errBits     = errors.New("bits don't grow on the way down")
	errKeySize  = errors.New("a key of bad size")
	errNodes    = errors.New("too many nodes")
	errPage     = errors.New("a reference to a page that can't be")
)

// decoder reads pruned trees, hashing each node.
type decoder struct {
	rest     []byte
	page     bool   // far nodes have ids
	last     pageID // in a page: far nodes have ids up to this
	nodes    int    // leaves and branches so far
	bytes    int    // what they take in memory
	maxNodes int
}

// tree reads the first node's kind, the tree and nothing else into r.
func (d *decoder) tree(r *ref) error {
	first, err := d.take(1)
	if err != nil {
		return err
	}
	if kind := first[0]; kind != kindLeaf && kind != kindBranch {
		return errKind
	}
	if err := d.node(r, uint16(first[0]), -1); err != nil {
		return err
	}
	if len(d.rest) > 0 {
		return errTrailing
	}
	return nil
}

func (d *decoder) take(n int) ([]byte, error) {
	if n > len(d.rest) {
		return nil, errShort
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b, nil
}

// node reads a node of the given kind below a branch of the bit above. As bits grow, recursion ends at maxBit.
func (d *decoder) node(r *ref, kind uint16, above int) error {
	if kind == kindFar {
		return d.far(r)
	}
	if d.nodes++; d.nodes > d.maxNodes {
		return errNodes
	}
	if kind == kindLeaf {
		return d.leaf(r)
	}
	if kind != kindBranch {
		return errKind
	}
	head, err := d.take(2)
	if err != nil {
		return err
	}
	h := binary.BigEndian.Uint16(head)
	bit := int(h & bitMask)
	if bit <= above || bit > maxBit {
		return errBits
	}
	b, start := newBranch(bit), len(d.rest)
	if err := d.node(&b.kids[0], h>>leftKind&3, bit); err != nil {
		return err
	}
	if err := d.node(&b.kids[1], h>>rightKind&3, bit); err != nil {
		return err
	}
	d.bytes += branchBytes
	if size := 2 + start - len(d.rest); d.page && size <= maxPage {
		b.size = uint16(size)
	}
	r.setBranch(b)
	return nil
}

func (d *decoder) leaf(r *ref) error {
	n, err := d.take(1)
	if err != nil {
		return err
	}
	if n[0] < 1 || n[0] > MaxKey {
		return errKeySize
	}
	key, err := d.take(int(n[0]))
	if err != nil {
		return err
	}
	size, err := d.take(2)
	if err != nil {
		return err
	}
	value, err := d.take(int(binary.BigEndian.Uint16(size)) + 1)
	if err != nil {
		return err
	}
	d.bytes += r.setLeaf(newRecord(key, value)).size() // a copy: a leaf must not hold on to the whole page
	return nil
}

func (d *decoder) far(r *ref) error {
	if d.page {
		id, err := d.take(idBytes)
		if err != nil {
			return err
		}
		if r.id = pageID(binary.BigEndian.Uint64(id)); r.id == 0 || r.id > d.last {
			return errPage
		}
	}
	hash, err := d.take(farBytes)
	if err != nil {
		return err
	}
	r.hash = Root(hash)
	return nil
}
