package light

import (
	"context"
	"errors"
	"fmt"
)

// fetch asks a source for light blocks and holds it to what Source promises, whoever implements it. from 0 is the newest.
func fetch(ctx context.Context, s Source, from, to uint64) ([]*LightBlock, error) {
	blocks, err := s.LightBlock(ctx, from, to)
	if err != nil {
		return nil, err
	}
	if n := uint64(len(blocks)); n == 0 || n > to-from+1 {
		return nil, &InvalidError{Height: from, Reason: fmt.Sprintf("%d blocks came for %d", n, to-from+1)}
	}
	for i, b := range blocks {
		if b == nil || from != 0 && b.Height() != from+uint64(i) {
			return nil, &InvalidError{Height: from + uint64(i), Reason: "another block came instead"}
		}
	}
	return blocks, nil
}

// judge names the source in err and, if it is to blame, stops using it.
func (c *Client) judge(s Source, height uint64, err error) error {
	if err == nil {
		return nil
	}
	if fork, ok := err.(*ForkError); ok { // no source's fault
		return fork
	}
	err = from(s.Name(), err)
	var said *SourceError
	if !errors.As(err, &said) || said.judged {
		return err
	}
	said.judged = true // once: the error may pass here again on its way up
	if VerdictOf(err) == Blame {
		c.Remove(s.Name())
		c.event(Event{Kind: EventBlame, Source: s.Name(), Height: height, Err: err})
	}
	return err
}

// each asks the sources in turn until one answers, and joins their errors if none does. A fork ends it.
func (c *Client) each(height uint64, ask func(Source) error) error {
	failed := ErrNoSource
	for i, s := range c.snapshot() {
		err := c.judge(s, height, ask(s))
		if err == nil {
			return nil
		}
		if fork := c.Fork(); fork != nil {
			return fork
		}
		if i == 0 {
			failed = nil
		}
		failed = joined(failed, err)
	}
	return failed
}

func joined(a, b error) error {
	if a == nil {
		return b
	}
	return errors.Join(a, b)
}
