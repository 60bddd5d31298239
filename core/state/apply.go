package state

import (
	"bytes"
	"sort"
)

// write is one pending change, resolved against the tree that it will be applied to.
type write struct {
	change
	near []byte // the tree's key that shares the most leading bits with key; nil in an empty tree
	crit int    // the first bit in which both differ, -1 if equal
}

// leaves says that the key is new and that its path leaves the tree above a branch of the given bit.
func (w *write) leaves(bit int) bool { return w.crit >= 0 && w.crit < bit }

// resolve finds each change's place in the tree and leaves out those that change nothing. changes are sorted by key.
func resolve(v *view, changes []*change) ([]write, error) {
	writes := make([]write, 0, len(changes))
	for _, c := range changes {
		l, _, err := v.find(c.key)
		if err != nil {
			return nil, err
		}
		w := write{change: *c}
		if l != nil {
			w.near = l.key()
			w.crit = critBit(c.key, w.near)
		}
		switch absent := l == nil || w.crit >= 0; {
		case absent && w.entry == nil, !absent && bytes.Equal(w.entry, l.record):
			continue
		}
		writes = append(writes, w)
	}
	return writes, nil
}

// apply makes dst the tree of v with the writes done, in one pass from the root; v's own nodes stay as they are. replaced
// is called with the page of each stored node that the new tree doesn't have. grown is by how many bytes of memory the new
// tree is larger.
func apply(v *view, dst *ref, writes []write, replaced func(pageID)) (grown int, err error) {
	a := applier{view: v, replaced: replaced}
	switch {
	case len(writes) == 0:
		dst.set(v.root)
	case v.root.empty():
		a.build(dst, a.items(nil, writes, nil, nil))
	default:
		err = a.apply(dst, v.root, writes)
	}
	return a.grown, err
}

type applier struct {
	view     *view
	replaced func(pageID)
	grown    int
}

// item is a part of a subtree that is to be built: a new entry, or a whole existing subtree with one of its keys.
type item struct {
	change
	sub *ref
}

// items lists, in order, new entries, a subtree unless it is empty, and new entries.
func (a *applier) items(before, after []write, key []byte, sub *ref) []item {
	list := make([]item, 0, len(before)+len(after)+1)
	for _, w := range before {
		list = append(list, item{change: w.change})
	}
	if sub != nil && !sub.empty() {
		list = append(list, item{change{key: key}, sub})
	}
	for _, w := range after {
		list = append(list, item{change: w.change})
	}
	return list
}

// apply does the writes, of which there is at least one and all of which belong at or below src. dst may end up empty.
func (a *applier) apply(dst, src *ref, writes []write) error {
	b, l, err := a.view.node(src, writes[0].key)
	if err != nil {
		return err
	}
	if l != nil {
		a.applyLeaf(dst, src, l, writes)
		return nil
	}
	// Keys that leave the path above this branch are new; they lie before or behind all that is below it.
	bit, lo, hi := int(b.bit), 0, len(writes)
	for lo < hi && writes[lo].leaves(bit) && keyBit(writes[lo].key, writes[lo].crit) == 0 {
		lo++
	}
	for hi > lo && writes[hi-1].leaves(bit) {
		hi--
	}
	sub := src
	if lo < hi {
		if lo == 0 && hi == len(writes) {
			return a.applyBranch(dst, src, b, writes)
		}
		sub = new(ref)
		if err := a.applyBranch(sub, src, b, writes[lo:hi]); err != nil {
			return err
		}
	}
	near := writes[0].near // the writes at both ends are outside, or else one of them is
	if lo == 0 {
		near = writes[len(writes)-1].near
	}
	a.build(dst, a.items(writes[:lo], writes[hi:], near, sub))
	return nil
}

// applyBranch does writes that all belong below the branch.
func (a *applier) applyBranch(dst, src *ref, b *branch, writes []write) error {
	if src.id != 0 {
		a.replaced(src.id)
	}
	a.grown -= branchBytes
	mid := sort.Search(len(writes), func(i int) bool { return b.dir(writes[i].key) == 1 })
	n := &branch{bit: b.bit, pos: b.pos, mask: b.mask}
	for i, part := range [2][]write{writes[:mid], writes[mid:]} {
		if len(part) == 0 {
			n.kids[i].set(&b.kids[i])
		} else if err := a.apply(&n.kids[i], &b.kids[i], part); err != nil {
			return err
		}
	}
	switch {
	case n.kids[0].empty():
		dst.set(&n.kids[1])
	case n.kids[1].empty():
		dst.set(&n.kids[0])
	default:
		dst.setBranch(n)
		a.grown += branchBytes
	}
	return nil
}

// applyLeaf does writes whose paths end at the same leaf: one may change or delete it, the others are new.
func (a *applier) applyLeaf(dst, src *ref, l *leaf, writes []write) {
	near := l.key()
	i := sort.Search(len(writes), func(i int) bool { return bytes.Compare(writes[i].key, near) >= 0 })
	before, after := writes[:i], writes[i:]
	if len(after) == 0 || after[0].crit >= 0 {
		a.build(dst, a.items(before, after, near, src))
		return
	}
	if src.id != 0 {
		a.replaced(src.id)
	}
	a.grown -= l.size()
	if after[0].entry == nil {
		after = after[1:]
	}
	if list := a.items(before, after, nil, nil); len(list) > 0 {
		a.build(dst, list)
	}
}

// build makes dst the tree of the items, which are in order and at least one.
func (a *applier) build(dst *ref, list []item) {
	if len(list) == 1 {
		if list[0].sub != nil {
			dst.set(list[0].sub)
		} else {
			a.grown += dst.setLeaf(list[0].entry).size()
		}
		return
	}
	b := newBranch(critBit(list[0].key, list[len(list)-1].key))
	mid := sort.Search(len(list), func(i int) bool { return b.dir(list[i].key) == 1 })
	a.build(&b.kids[0], list[:mid])
	a.build(&b.kids[1], list[mid:])
	dst.setBranch(b)
	a.grown += branchBytes
}
