package render

import "github.com/vugu/vugu"

// lookAhead is how many old siblings without a key may be given up to find one that fits.
const lookAhead = 8

// children matches a template's children with the page's: those with a key by key, the others in order, and then
// inserts, moves and removes as little as it can.
func (t *Tree) children(br *vugu.BuildResults, n *node, v *vugu.VGNode) error {
	if v.FirstChild == nil && len(n.kids) == 0 {
		return nil
	}
	var want []*vugu.VGNode
	for c := v.FirstChild; c != nil; c = c.NextSibling {
		want = flattenOne(br, c, want)
	}
	old := n.kids
	var keyed map[string]*node
	for i, k := range old {
		k.pos = i
		if k.key != "" {
			if keyed == nil {
				keyed = map[string]*node{}
			}
			keyed[k.key] = k
		}
	}
	used := make([]bool, len(old))
	next := 0
	kids := make([]*node, len(want))
	for i, w := range want {
		k := pick(old, used, keyed, &next, w)
		if k == nil {
			fresh, err := t.create(br, w)
			if err != nil {
				return err
			}
			kids[i] = fresh
			continue
		}
		used[k.pos] = true
		kids[i] = k
		if err := t.update(br, k, w); err != nil {
			return err
		}
	}
	for i, k := range old {
		if !used[i] {
			t.drop(k, opRemove)
		}
	}
	t.order(n, kids)
	n.kids = kids
	return nil
}

// pick finds the old node that becomes w, or nil.
func pick(old []*node, used []bool, keyed map[string]*node, next *int, w *vugu.VGNode) *node {
	if w.Type == vugu.ElementNode {
		if key := keyOf(w); key != "" {
			k := keyed[key]
			if k == nil || used[k.pos] || !matches(k, w) {
				return nil
			}
			return k
		}
	}
	for i, seen := *next, 0; i < len(old) && seen < lookAhead; i++ {
		if used[i] || old[i].key != "" {
			continue
		}
		if matches(old[i], w) {
			*next = i + 1
			return old[i]
		}
		seen++
	}
	return nil
}

// order puts the children in their places. Nodes that kept their order stay untouched, so that focus, selection and
// running animations survive.
func (t *Tree) order(n *node, kids []*node) {
	stay := map[*node]bool{}
	for _, k := range rising(kids) {
		stay[k] = true
	}
	before := uint32(0)
	for i := len(kids) - 1; i >= 0; i-- {
		k := kids[i]
		if !stay[k] {
			t.ops = t.ops.insert(k.id, n.id, before)
		}
		before = k.id
	}
}

// rising returns a longest run (not necessarily adjacent) of kept nodes whose old places rise.
func rising(kids []*node) []*node {
	tails := []int{}               // tails[l]: index into kids of the smallest end of a run of length l+1
	prev := make([]int, len(kids)) // index of the node before, -1 for none
	for i, k := range kids {
		if k.pos < 0 {
			continue
		}
		lo, hi := 0, len(tails)
		for lo < hi {
			if mid := (lo + hi) / 2; kids[tails[mid]].pos < k.pos {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		prev[i] = -1
		if lo > 0 {
			prev[i] = tails[lo-1]
		}
		if lo == len(tails) {
			tails = append(tails, i)
		} else {
			tails[lo] = i
		}
	}
	out := make([]*node, len(tails))
	if len(tails) > 0 {
		for i, at := len(tails)-1, tails[len(tails)-1]; i >= 0; i-- {
			out[i], at = kids[at], prev[at]
		}
	}
	return out
}
