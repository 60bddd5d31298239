package state

import "bytes"

// source fetches nodes that are not in memory.
type source interface {
	// fetch returns the node that r stands for, whose hash it has checked. key is what is being looked for.
	fetch(r *ref, key []byte) (*branch, *leaf, error)
}

// view is a tree to walk: where it starts, and where its nodes come from.
type view struct {
	root *ref
	src  source
	mark bool // note which nodes were visited (trees over a witness)
}

// node returns the node that r stands for: exactly one of both, or an error.
func (v *view) node(r *ref, key []byte) (b *branch, l *leaf, err error) {
	if b = r.branch.Load(); b == nil {
		if l = r.leaf.Load(); l == nil {
			if b, l, err = v.src.fetch(r, key); err != nil {
				return nil, nil, err
			}
		}
	}
	if v.mark {
		if b != nil {
			b.used = true
		} else {
			l.used = true
		}
	}
	return b, l, nil
}

// find returns the leaf that key's bits lead to, which is key's own if the tree has key and otherwise one of those that
// share the most leading bits with it; nil in an empty tree. It touches the nodes on key's path and no others. n is how
// many.
func (v *view) find(key []byte) (l *leaf, n int, err error) {
	if v.root.empty() {
		return nil, 0, nil
	}
	for r := v.root; ; n++ {
		b, l, err := v.node(r, key)
		if err != nil {
			return nil, n, err
		}
		if l != nil {
			return l, n + 1, nil
		}
		r = &b.kids[b.dir(key)]
	}
}

// get returns the value of key or nil, and the number of nodes that it took.
func (v *view) get(key []byte) ([]byte, int, error) {
	l, n, err := v.find(key)
	if err != nil || l == nil || !bytes.Equal(l.key(), key) {
		return nil, n, err
	}
	return l.value(), n, nil
}

// step is a node on a path, a branch or at its end the leaf.
type step struct {
	branch *branch
	leaf   *leaf
}

func (s step) bit() int {
	if s.branch == nil {
		return maxBit + 1
	}
	return int(s.branch.bit)
}

// scan calls yield with the leaves that have the prefix, in order, from the first not before from, until yield returns
// false. n counts the nodes that were touched before the leaf. What it touches depends only on the tree, prefix, from
// and where it is stopped.
func (v *view) scan(prefix, from []byte, yield func(l *leaf, n int) bool) error {
	start := prefix
	if bytes.Compare(from, prefix) > 0 {
		if !bytes.HasPrefix(from, prefix) {
			return nil // behind all keys with the prefix
		}
		start = from
	}
	if v.root.empty() || len(prefix) > MaxKey {
		return nil
	}
	s := scanner{view: v, start: start, yield: yield}
	var room [64]step
	path := room[:0]
	for r := v.root; ; {
		b, l, err := v.node(r, start)
		if err != nil {
			return err
		}
		s.nodes++
		path = append(path, step{b, l})
		if b != nil {
			r = &b.kids[b.dir(start)]
			continue
		}
		// Of all keys, l's shares the most leading bits with start: if it lacks the prefix, all do.
		if !bytes.HasPrefix(l.key(), prefix) {
			return nil
		}
		return s.run(path, 9*len(prefix), critBit(start, l.key()))
	}
}

type scanner struct {
	view  *view
	start []byte
	yield func(*leaf, int) bool
	nodes int
	done  bool
}

// run visits what is not before start and not above floor, the first bit behind the prefix. path leads to the leaf that
// is nearest to start and differs from it in bit crit (-1: it is start). All that lies below the path's first node with
// a higher bit compares to start alike.
func (s *scanner) run(path []step, floor, crit int) error {
	last := len(path) - 1
	if crit >= 0 {
		for last > 0 && path[last-1].bit() > crit {
			last--
		}
	}
	if crit < 0 || keyBit(s.start, crit) == 0 {
		if err := s.below(path[last]); err != nil || s.done {
			return err
		}
	}
	for i := last - 1; i >= 0 && path[i].bit() >= floor; i-- {
		if b := path[i].branch; b.dir(s.start) == 0 {
			if err := s.walk(&b.kids[1]); err != nil || s.done {
				return err
			}
		}
	}
	return nil
}

// walk visits all leaves below r.
func (s *scanner) walk(r *ref) error {
	b, l, err := s.view.node(r, s.start)
	if err != nil {
		return err
	}
	s.nodes++
	return s.below(step{b, l})
}

// below visits all leaves below a node. Bits grow on the way down, so it can't get deeper than a key has bits.
func (s *scanner) below(n step) error {
	if n.leaf != nil {
		s.done = !s.yield(n.leaf, s.nodes)
		s.nodes = 0
		return nil
	}
	if err := s.walk(&n.branch.kids[0]); err != nil || s.done {
		return err
	}
	return s.walk(&n.branch.kids[1])
}
