package state

import (
	"iter"
)

// Overlay is a Writer that keeps its writes to itself until [Overlay.Flush], over a Reader that it never changes. An
// Overlay may lie over another. It is not for concurrent use.
type Overlay struct {
	base Reader
	buf  buffer
}

// NewOverlay returns an Overlay without writes over base.
func NewOverlay(base Reader) *Overlay { return &Overlay{base: base} }

// Get implements [Reader].
func (o *Overlay) Get(key []byte) ([]byte, error) {
	if c, ok := o.buf.get(key); ok {
		return c.entry.value(), nil
	}
	return o.base.Get(key)
}

// Iterate implements [Reader].
func (o *Overlay) Iterate(prefix, from []byte) iter.Seq2[Entry, error] {
	return o.buf.iterate(o.base.Iterate(prefix, from), prefix, from)
}

// Set implements [Writer].
func (o *Overlay) Set(key, value []byte) error {
	if err := checkEntry(key, value); err != nil {
		return err
	}
	o.buf.set(key, value)
	return nil
}

// Delete implements [Writer].
func (o *Overlay) Delete(key []byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	o.buf.remove(key)
	return nil
}

// adopter is a Writer of this package: it takes over what was checked and copied before.
type adopter interface {
	adopt(c change) error
}

func (o *Overlay) adopt(c change) error {
	o.buf.put(c)
	return nil
}

// Flush does the buffered writes on w, in key order, and empties the buffer. After an error of w, the buffer is as it
// was and w has got a part of the writes.
func (o *Overlay) Flush(w Writer) error {
	a, _ := w.(adopter)
	for _, c := range o.buf.all() {
		var err error
		switch {
		case a != nil:
			err = a.adopt(*c)
		case c.entry == nil:
			err = w.Delete(c.key)
		default:
			err = w.Set(c.key, c.entry.value())
		}
		if err != nil {
			return err
		}
	}
	o.buf.reset()
	return nil
}

// Discard forgets the buffered writes.
func (o *Overlay) Discard() { o.buf.reset() }
