package state

import "encoding/binary"

// pageID says where a page is: the version that wrote it and its number there, from 1 on. Ids are never used twice.
type pageID uint64

const (
	seqBits    = 28
	maxVersion = 1<<(64-seqBits) - 1
	maxSeq     = 1<<seqBits - 1
)

func newPageID(version uint64, seq uint32) pageID { return pageID(version<<seqBits | uint64(seq)) }

func (id pageID) version() uint64 { return uint64(id >> seqBits) }
func (id pageID) seq() uint32     { return uint32(id & maxSeq) }

// maxPage is the size in bytes up to which neighbouring nodes share a page. A commit writes the pages on the changed
// paths: small ones make it write more of them, large ones make it write more that hasn't changed.
const maxPage = 512

// A page is a subtree's top. Its first node is what refs to it name, with the hash that is checked after reading.

// decodePage reads a page, all of whose nodes it hashes, into r. size is what its nodes take in memory.
func decodePage(b []byte, id pageID, r *ref) (size int, err error) {
	d := decoder{rest: b, page: true, last: newPageID(id.version(), maxSeq), maxNodes: len(b)}
	err = d.tree(r)
	return d.bytes, err
}

// paginator cuts what is new in a tree into pages. Pages that exist already stay as they are; new ones take in what is
// left of the old ones that they replace.
type paginator struct {
	version uint64
	seq     uint32
	put     func(id pageID, page []byte) error
	arena   []byte
}

// tree stores all of r that isn't stored yet.
func (p *paginator) tree(r *ref) error {
	if r.empty() || r.id != 0 {
		return nil
	}
	size, err := p.open(r)
	if err != nil {
		return err
	}
	return p.cut(r, size)
}

// open cuts pages off below r until the rest fits into one, and returns the rest's size. It goes down only where pages
// are new, and as deep as a key has bits at most.
func (p *paginator) open(r *ref) (int, error) {
	if r.id != 0 {
		return idBytes + farBytes, nil
	}
	if l := r.leaf.Load(); l != nil {
		return leafSize(l), nil
	}
	b := r.branch.Load()
	if b.size != 0 { // from a page that is given up
		return int(b.size), nil
	}
	var size [2]int
	for i := range size {
		var err error
		if size[i], err = p.open(&b.kids[i]); err != nil {
			return 0, err
		}
	}
	if 2+size[0]+size[1] > maxPage {
		// The larger one goes, and the other too if it makes a page of its own worth while.
		for i := range size {
			if other := size[1-i]; size[i] > maxPage/4 || size[i] > other || size[i] == other && i == 0 {
				if b.kids[i].id == 0 {
					if err := p.cut(&b.kids[i], size[i]); err != nil {
						return 0, err
					}
				}
				size[i] = idBytes + farBytes
			}
		}
	}
	all := 2 + size[0] + size[1]
	if all <= maxPage {
		b.size = uint16(all)
	}
	return all, nil
}

// cut stores r's node and what is open below it as a page of the given size.
func (p *paginator) cut(r *ref, size int) error {
	if p.seq == maxSeq {
		return &SizeError{What: "commit's pages", Size: maxSeq + 1, Max: maxSeq}
	}
	p.seq++
	e := encoder{buf: p.space(1 + size), page: true}
	kind := e.kind(r)
	e.buf = append(e.buf, byte(kind))
	e.node(r, kind)
	r.id = newPageID(p.version, p.seq)
	return p.put(r.id, e.buf)
}

// space returns an empty slice of the given capacity. Stores may keep what they are given, so none is used twice.
func (p *paginator) space(n int) []byte {
	if n > len(p.arena) {
		p.arena = make([]byte, max(n, 64<<10))
	}
	b := p.arena[:0:n]
	p.arena = p.arena[n:]
	return b
}

func pageKey(id pageID) string {
	var b [12]byte
	copy(b[:], "/n/")
	binary.BigEndian.PutUint64(b[3:], uint64(id))
	b[11] = '.'
	return string(b[:])
}
