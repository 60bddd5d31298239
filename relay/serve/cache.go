package serve

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// cache keeps recently made replies up to a number of bytes, and lets those who ask for the same one at the same time
// wait for one making of it.
type cache struct {
	limit int

	mu     sync.Mutex
	bytes  int
	order  *list.List               // of *kept, the most recently used first
	byKey  map[string]*list.Element // elements of order
	making map[string]*flight
}

type kept struct {
	key   string
	reply *Reply
}

// flight is one making of a reply. done is closed once reply and err are set.
type flight struct {
	done  chan struct{}
	reply *Reply
	err   error
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), byKey: map[string]*list.Element{}, making: map[string]*flight{}}
}

// get returns the kept reply of key, or what make returns, which is kept when it is no error. A maker's own
// cancellation is not passed to those who waited for it: the next of them makes it anew.
func (c *cache) get(ctx context.Context, key string, make func() (*Reply, error)) (*Reply, error) {
	for {
		c.mu.Lock()
		if e := c.byKey[key]; e != nil {
			c.order.MoveToFront(e)
			c.mu.Unlock()
			return e.Value.(*kept).reply, nil
		}
		f := c.making[key]
		if f == nil {
			return c.make(key, make) // unlocks
		}
		c.mu.Unlock()
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if !errors.Is(f.err, context.Canceled) && !errors.Is(f.err, context.DeadlineExceeded) {
			return f.reply, f.err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// make is called with c locked and returns with it unlocked.
func (c *cache) make(key string, makeReply func() (*Reply, error)) (*Reply, error) {
	f := &flight{done: make(chan struct{}), err: errors.New("making the answer ended in a panic")}
	c.making[key] = f
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.making, key)
		if f.err == nil {
			c.keep(key, f.reply)
		}
		close(f.done)
	}()
	f.reply, f.err = makeReply()
	return f.reply, f.err
}

// keep stores a reply and drops the least recently used ones beyond the limit. One that would fill more than a quarter
// of the cache is not worth what it would drive out.
func (c *cache) keep(key string, r *Reply) {
	size := cost(key, r)
	if size > c.limit/4 {
		return
	}
	c.byKey[key] = c.order.PushFront(&kept{key: key, reply: r})
	c.bytes += size
	for c.bytes > c.limit {
		oldest := c.order.Remove(c.order.Back()).(*kept)
		delete(c.byKey, oldest.key)
		c.bytes -= cost(oldest.key, oldest.reply)
	}
}

// cost estimates the bytes that a kept reply takes, its bookkeeping included.
func cost(key string, r *Reply) int { return 2*len(key) + len(r.Frame) + 256 }
