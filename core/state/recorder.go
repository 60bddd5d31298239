package state

import (
	"iter"
	"slices"
	"strings"
)

// Recorder is a Writer over a Snapshot that remembers which keys and ranges a program uses, so that a witness can be
// derived from the tree afterwards. What the program writes stays in the Recorder. It is not for concurrent use.
type Recorder struct {
	log     *readLog
	overlay *Overlay
}

// Record returns a Recorder that has recorded nothing.
func Record(s *Snapshot) *Recorder {
	log := &readLog{snapshot: s, keys: map[string]struct{}{}, ranges: map[span]reach{}}
	return &Recorder{log: log, overlay: NewOverlay(log)}
}

// Limit bounds what the program may cost: the tree nodes that it touches, each time that it does, and the bytes of keys
// and values that it reads and writes. Once it is over a limit, everything fails with *LimitError. 0: no limit.
func (r *Recorder) Limit(nodes, bytes int) { r.log.maxNodes, r.log.maxBytes = nodes, bytes }

// Get implements [Reader].
func (r *Recorder) Get(key []byte) ([]byte, error) {
	if r.log.err != nil {
		return nil, r.log.err
	}
	return r.overlay.Get(key)
}

// Iterate implements [Reader]. An iteration that is stopped early records only the range that it covered.
func (r *Recorder) Iterate(prefix, from []byte) iter.Seq2[Entry, error] {
	return r.overlay.Iterate(prefix, from)
}

// Set implements [Writer].
func (r *Recorder) Set(key, value []byte) error {
	if err := r.log.charge(0, len(key)+len(value)); err != nil {
		return err
	}
	return r.overlay.Set(key, value)
}

// Delete implements [Writer].
func (r *Recorder) Delete(key []byte) error {
	if err := r.log.charge(0, len(key)); err != nil {
		return err
	}
	return r.overlay.Delete(key)
}

// span is what an iteration was asked for.
type span struct{ prefix, from string }

// reach is how far iterations of a span have come: to the end, or up to an entry with this key.
type reach struct {
	last string
	end  bool
}

// readLog is a Reader that remembers what was read from a snapshot.
type readLog struct {
	snapshot *Snapshot
	keys     map[string]struct{}
	ranges   map[span]reach

	nodes, bytes       int
	maxNodes, maxBytes int
	err                error // over the limit
}

func (g *readLog) charge(nodes, bytes int) error {
	g.nodes += nodes
	g.bytes += bytes
	if g.err == nil && (g.maxNodes > 0 && g.nodes > g.maxNodes || g.maxBytes > 0 && g.bytes > g.maxBytes) {
		g.err = &LimitError{Nodes: g.nodes, Bytes: g.bytes, MaxNodes: g.maxNodes, MaxBytes: g.maxBytes}
	}
	return g.err
}

func (g *readLog) Get(key []byte) ([]byte, error) {
	value, n, err := g.snapshot.get(key)
	if err != nil {
		return nil, err
	}
	g.keys[string(key)] = struct{}{}
	if err := g.charge(n, len(key)+len(value)); err != nil {
		return nil, err
	}
	return value, nil
}

func (g *readLog) Iterate(prefix, from []byte) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if g.err != nil {
			yield(Entry{}, g.err)
			return
		}
		var stop []byte
		var over error
		err := g.snapshot.scan(prefix, from, func(l *leaf, n int) bool {
			if over = g.charge(n, len(l.record)); over != nil {
				return false
			}
			if !yield(Entry{l.key(), l.value()}, nil) {
				stop = l.key()
				return false
			}
			return true
		})
		if err == nil {
			err = over
		}
		if err != nil {
			yield(Entry{}, err)
			return
		}
		s := span{string(prefix), string(from)}
		r := g.ranges[s]
		r.end = r.end || stop == nil
		r.last = max(r.last, string(stop))
		g.ranges[s] = r
	}
}

// Witness returns the nodes that the recorded program used: those on the paths of the keys that it read or wrote, and
// those that its iterations went over. It fails with *SizeError if they are more than [MaxWitness] or [MaxWitnessNodes]
// allow.
func (r *Recorder) Witness() (Witness, error) {
	g := r.log
	if g.err != nil {
		return nil, g.err
	}
	if err := g.snapshot.check(); err != nil {
		return nil, err
	}
	cut := newCutting(&g.snapshot.v)
	v := view{root: &cut.root, src: cut}
	for _, key := range sortedKeys(g.keys) {
		if _, _, err := v.find([]byte(key)); err != nil {
			return nil, err
		}
	}
	for _, c := range r.overlay.buf.all() {
		if _, _, err := v.find(c.key); err != nil {
			return nil, err
		}
	}
	for s, to := range g.ranges { // in any order: what a range adds doesn't depend on the others
		err := v.scan([]byte(s.prefix), []byte(s.from), func(l *leaf, _ int) bool {
			return to.end || string(l.key()) < to.last
		})
		if err != nil {
			return nil, err
		}
	}
	return cut.witness()
}

func sortedKeys(set map[string]struct{}) []string {
	list := make([]string, 0, len(set))
	for key := range set {
		list = append(list, key)
	}
	slices.SortFunc(list, strings.Compare)
	return list
}

// cutting is a pruned copy of a tree that grows by what is looked at. It is the source of its own nodes.
type cutting struct {
	from   *view
	root   ref
	origin map[*ref]*ref // of the refs that were not looked at yet
	nodes  int
	bytes  int // of the encoded witness
}

func newCutting(from *view) *cutting {
	c := &cutting{from: from, origin: map[*ref]*ref{}}
	c.root.hash = from.root.hash
	c.origin[&c.root] = from.root
	return c
}

func (c *cutting) fetch(r *ref, key []byte) (*branch, *leaf, error) {
	at := c.origin[r]
	b, l, err := c.from.node(at, key)
	if err != nil {
		return nil, nil, err
	}
	delete(c.origin, r)
	if c.nodes++; c.nodes > MaxWitnessNodes {
		return nil, nil, &SizeError{What: "witness nodes", Size: c.nodes, Max: MaxWitnessNodes}
	}
	if l != nil {
		c.bytes += leafSize(l)
		r.leaf.Store(l)
	} else {
		c.bytes += 2
		b = c.copy(b)
		r.branch.Store(b)
	}
	if c.bytes > MaxWitness {
		return nil, nil, &SizeError{What: "witness", Size: c.bytes, Max: MaxWitness}
	}
	return b, l, nil
}

// copy returns a branch with the same children, none of which was looked at.
func (c *cutting) copy(b *branch) *branch {
	n := &branch{bit: b.bit, pos: b.pos, mask: b.mask}
	for i := range n.kids {
		n.kids[i].hash = b.kids[i].hash
		c.origin[&n.kids[i]] = &b.kids[i]
	}
	return n
}

func (c *cutting) witness() (Witness, error) {
	if c.nodes == 0 {
		return nil, nil
	}
	size := 1 + c.bytes
	size += farBytes * len(c.origin)
	if size > MaxWitness {
		return nil, &SizeError{What: "witness", Size: size, Max: MaxWitness}
	}
	e := encoder{buf: make([]byte, 0, size)}
	kind := e.kind(&c.root)
	e.buf = append(e.buf, byte(kind))
	e.node(&c.root, kind)
	return e.buf, nil
}
