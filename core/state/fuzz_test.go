package state

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzWitness decodes any bytes. What decodes must encode to the same bytes, and run without a panic under its root.
func FuzzWitness(f *testing.F) {
	tree := committedTree(f, 40)
	f.Add([]byte{}, []byte("k"))
	f.Add([]byte(witness(f, tree, get(numbered(1, 3), new([]byte)))), numbered(1, 3))
	f.Add([]byte(witness(f, tree, get(numbered(1, 999), new([]byte)))), numbered(1, 999))
	f.Add([]byte(witness(f, tree, list([]byte{1}, 4, new([]string)))), []byte{1})
	f.Add([]byte{kindLeaf, 1, 'k', 0, 0, 'v'}, []byte("k"))
	f.Add(deep(100), []byte("k"))
	f.Fuzz(func(t *testing.T, raw, key []byte) {
		w := Witness(raw)
		_, _, err := w.open(Root{})
		if len(w) == 0 {
			return
		}
		var bad *FalseNodeError
		if !errors.As(err, &bad) {
			t.Fatalf("accepted under the empty tree's root: %v", err)
		}
		if bad.Got == (Root{}) {
			return
		}
		partial, nodes, err := w.open(bad.Got)
		ok(t, err)
		e := encoder{}
		kind := e.kind(partial.base)
		e.buf = append(e.buf, byte(kind))
		if e.node(partial.base, kind); !bytes.Equal(e.buf, raw) {
			t.Fatalf("%x decodes and encodes to %x", raw, e.buf)
		}
		stats, err := w.Run(bad.Got, func(tree *Tree) error {
			_, err := tree.Get(key)
			for range tree.Iterate(key, nil) {
			}
			return errors.Join(err, tree.Set(key, []byte("v")), tree.Delete([]byte("other")))
		})
		if err == nil && stats.Nodes != nodes {
			t.Fatalf("%d nodes of %d", stats.Nodes, nodes)
		}
	})
}

// FuzzPage decodes any bytes as a page of the store.
func FuzzPage(f *testing.F) {
	store := memStore()
	tree, err := Open(bg, store, Options{})
	ok(f, err)
	for i := range 60 {
		ok(f, tree.Set(numbered(1, i), []byte{byte(i), 1}))
	}
	_, err = tree.Commit(bg, 1)
	ok(f, err)
	for _, name := range []pageID{newPageID(1, 1), newPageID(1, 2), tree.base.id} {
		page, err := store.Get(bg, rawKey(pageKey(name)[:3], []byte(pageKey(name)[3:11])))
		ok(f, err)
		f.Add(page)
	}
	f.Add(deep(20))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r ref
		if _, err := decodePage(raw, newPageID(9, 1), &r); err != nil {
			return
		}
		e := encoder{page: true}
		kind := e.kind(&r)
		e.buf = append(e.buf, byte(kind))
		if e.node(&r, kind); !bytes.Equal(e.buf, raw) {
			t.Fatalf("%x decodes and encodes to %x", raw, e.buf)
		}
	})
}

// deep is a witness without any balance: n branches in a row.
func deep(n int) []byte {
	b := []byte{kindBranch}
	for i := range n {
		left := kindBranch
		if i == n-1 {
			left = kindLeaf
		}
		b = append(b, byte(left<<6|kindLeaf<<4|i>>8), byte(i))
	}
	return append(b, bytes.Repeat([]byte{1, 'k', 0, 0, 'v'}, n+1)...)
}

func TestHostileWitnessesAreBounded(t *testing.T) {
	huge := append([]byte{kindBranch}, bytes.Repeat([]byte{0x90, 0}, 1<<20)...) // the same bit again and again
	for name, w := range map[string]Witness{
		"too long":      make(Witness, MaxWitness+1),
		"same bit":      huge,
		"no bit so far": deep(maxBit + 2),
		"bit again":     append(append(Witness{kindBranch, 0x90, 5, 0x50, 5}, "\x01a\x00\x00v\x01b\x00\x00v"...), "\x01c\x00\x00v"...),
		"kind":          {3},
		"far root":      make(Witness, 33),
		"empty key":     {kindLeaf, 0, 0, 0, 1},
		"long key":      append(Witness{kindLeaf, MaxKey + 1}, make([]byte, 300)...),
		"too many":      many(),
	} {
		var bad *FalseNodeError
		if _, err := w.Run(Root{1}, nil); !errors.As(err, &bad) || bad.Got != (Root{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var bad *FalseNodeError
	if _, err := Witness(deep(maxBit+1)).Run(Root{1}, nil); !errors.As(err, &bad) || bad.Got == (Root{}) {
		t.Errorf("as deep as can be: %v", err)
	}
}

// many is a full tree of more leaves than a witness may have.
func many() []byte {
	b := []byte{kindBranch}
	var grow func(bit int)
	grow = func(bit int) {
		kind := byte(kindBranch)
		if bit == 18 {
			kind = kindLeaf
		}
		b = append(b, kind<<6|kind<<4, byte(bit))
		for range 2 {
			if kind == kindLeaf {
				b = append(b, 1, 'k', 0, 0, 'v')
			} else {
				grow(bit + 1)
			}
		}
	}
	grow(0)
	return b
}
