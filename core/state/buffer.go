package state

import (
	"bytes"
	"iter"
	"slices"
)

// change is a buffered write: the entry with its key, or no entry for a deletion.
type change struct {
	key   []byte
	entry record
}

// A buffer leaves maxTail keys unsorted before it sorts them in, or one for sortedPerTail sorted ones where that is more, so
// that writing and iterating by turns takes no time that grows with the square of what is buffered.
const (
	maxTail       = 64
	sortedPerTail = 16
)

// buffer holds writes over something else. The zero buffer is empty and ready.
type buffer struct {
	changes map[string]*change
	sorted  []*change // in key order; replaced, never changed, so that a running iteration can hold it
	tail    []*change // the keys that came since
}

func (b *buffer) len() int { return len(b.changes) }

func (b *buffer) reset() { *b = buffer{} }

// get returns the change of key, if there is one.
func (b *buffer) get(key []byte) (*change, bool) {
	c, ok := b.changes[string(key)]
	return c, ok
}

// set buffers a new entry.
func (b *buffer) set(key, value []byte) {
	e := newRecord(key, value)
	b.put(change{e.key(), e})
}

// remove buffers a deletion.
func (b *buffer) remove(key []byte) { b.put(change{key: bytes.Clone(key)}) }

// put buffers a change, whose slices nobody may change any more.
func (b *buffer) put(c change) {
	if old, ok := b.changes[string(c.key)]; ok {
		*old = c
		return
	}
	if b.changes == nil {
		b.changes = map[string]*change{}
	}
	b.changes[string(c.key)] = &c
	b.tail = append(b.tail, &c)
}

func compareChanges(a, b *change) int { return bytes.Compare(a.key, b.key) }

// all returns the changes in key order.
func (b *buffer) all() []*change {
	if len(b.tail) == 0 {
		return b.sorted
	}
	slices.SortFunc(b.tail, compareChanges)
	b.sorted, b.tail = merge(b.sorted, b.tail), nil
	return b.sorted
}

func merge(x, y []*change) []*change {
	if len(x) == 0 {
		return y
	}
	out := make([]*change, 0, len(x)+len(y))
	for len(x) > 0 && len(y) > 0 {
		if compareChanges(x[0], y[0]) < 0 {
			out, x = append(out, x[0]), x[1:]
		} else {
			out, y = append(out, y[0]), y[1:]
		}
	}
	return append(append(out, x...), y...)
}

// within returns copies of the changes whose keys have the prefix and are not before from, in order.
func (b *buffer) within(prefix, from []byte) []change {
	if len(b.tail) > max(maxTail, len(b.sorted)/sortedPerTail) {
		b.all()
	}
	start := prefix
	if bytes.Compare(from, prefix) > 0 {
		start = from
	}
	i, _ := slices.BinarySearchFunc(b.sorted, start, func(c *change, key []byte) int { return bytes.Compare(c.key, key) })
	var list []change
	for ; i < len(b.sorted) && bytes.HasPrefix(b.sorted[i].key, prefix); i++ {
		list = append(list, *b.sorted[i])
	}
	n := len(list)
	for _, c := range b.tail {
		if bytes.HasPrefix(c.key, prefix) && bytes.Compare(c.key, start) >= 0 {
			list = append(list, *c)
		}
	}
	if len(list) > n {
		slices.SortFunc(list, func(a, b change) int { return bytes.Compare(a.key, b.key) })
	}
	return list
}

// iterate lays the buffered changes over an iteration of what lies beneath.
func (b *buffer) iterate(base iter.Seq2[Entry, error], prefix, from []byte) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		list := b.within(prefix, from)
		// upTo yields the buffered entries before key.
		upTo := func(key []byte) bool {
			for ; len(list) > 0 && (key == nil || bytes.Compare(list[0].key, key) < 0); list = list[1:] {
				if c := list[0]; c.entry != nil && !yield(Entry{c.key, c.entry.value()}, nil) {
					return false
				}
			}
			return true
		}
		for e, err := range base {
			if err != nil {
				yield(Entry{}, err)
				return
			}
			if !upTo(e.Key) {
				return
			}
			if len(list) > 0 && bytes.Equal(list[0].key, e.Key) {
				c := list[0]
				list = list[1:]
				if c.entry == nil {
					continue
				}
				e.Value = c.entry.value()
			}
			if !yield(e, nil) {
				return
			}
		}
		upTo(nil)
	}
}
