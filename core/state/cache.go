package state

// trim drops the deepest pages below root from memory if there are more than the limit allows. Some room is made for the
// next commits, because each trim looks at all that is cached.
func (st *store) trim(root *ref) {
	if st.cached.Load() <= st.limit {
		return
	}
	var at [maxBit + 2]int64 // bytes by the depth of their page's first node
	measure(root, 0, 0, &at)
	var kept int64
	for _, n := range at {
		kept += n
	}
	if kept <= st.limit {
		st.cached.Store(kept)
		return
	}
	room, depth := max(st.limit, 0)*3/4, 0
	kept = 0
	for depth < len(at) && kept+at[depth] <= room {
		kept += at[depth]
		depth++
	}
	drop(root, 0, depth)
	st.cached.Store(kept)
}

func measure(r *ref, depth, page int, at *[maxBit + 2]int64) {
	if r.id != 0 {
		page = depth
	}
	if l := r.leaf.Load(); l != nil {
		at[page] += int64(l.size())
	} else if b := r.branch.Load(); b != nil {
		at[page] += branchBytes
		measure(&b.kids[0], depth+1, page, at)
		measure(&b.kids[1], depth+1, page, at)
	}
}

func drop(r *ref, depth, limit int) {
	b := r.branch.Load()
	if r.id != 0 && depth >= limit {
		r.branch.Store(nil)
		r.leaf.Store(nil)
		return
	}
	if b != nil {
		drop(&b.kids[0], depth+1, limit)
		drop(&b.kids[1], depth+1, limit)
	}
}
