package serve

import (
	"context"
	"errors"
	"sync"

	"github.com/taolight/taolight/core/wire"
)

// FeedDepth is how many heads a follower may lag behind before it is dropped.
const FeedDepth = 32

// ErrSlow says that a follower lagged more than [FeedDepth] heads behind.
var ErrSlow = errors.New("the follower is too slow")

// Head is a new light block, encoded once for all followers.
type Head struct {
	Height     uint64
	Hash       [32]byte // of the header
	LightBlock []byte   // CometBFT's protobuf
	Frame      []byte   // a complete [wire.Head] frame
}

// NewHead encodes a head; block is CometBFT's protobuf, latest the relay's newest height.
func NewHead(height uint64, hash [32]byte, block []byte, latest uint64) (Head, error) {
	frame, err := Frame(wire.Head{LightBlock: block, Latest: latest})
	return Head{Height: height, Hash: hash, LightBlock: block, Frame: frame}, err
}

// Feed hands each published head to any number of followers. A follower costs no memory of its own and never holds
// the publisher up. The zero value is ready.
type Feed struct {
	mu      sync.Mutex
	recent  [FeedDepth]Head
	count   uint64        // heads published so far; the newest is recent[(count-1)%FeedDepth]
	changed chan struct{} // closed by the next Publish; nil while nobody waits
}

// Publish makes h the newest head.
func (f *Feed) Publish(h Head) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.recent[f.count%FeedDepth] = h
	f.count++
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

// Newest returns the newest head, false before the first.
func (f *Feed) Newest() (Head, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == 0 {
		return Head{}, false
	}
	return f.recent[(f.count-1)%FeedDepth], true
}

// Follower reads a feed from its newest head on. It belongs to one goroutine.
type Follower struct {
	feed *Feed
	next uint64
}

// Follow returns a follower whose first head is the newest there is, or the first to come.
func (f *Feed) Follow() *Follower {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &Follower{feed: f, next: max(f.count, 1) - 1}
}

// Next waits for the next head. It fails with [ErrSlow] when that one is gone already, or with the context's error.
func (r *Follower) Next(ctx context.Context) (Head, error) {
	for {
		h, wait, err := r.poll()
		if wait == nil {
			return h, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return Head{}, ctx.Err()
		}
	}
}

// poll returns the next head, or a channel to wait on for it.
func (r *Follower) poll() (Head, <-chan struct{}, error) {
	f := r.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case r.next == f.count:
		if f.changed == nil {
			f.changed = make(chan struct{})
		}
		return Head{}, f.changed, nil
	case f.count-r.next > FeedDepth:
		return Head{}, nil, ErrSlow
	}
	h := f.recent[r.next%FeedDepth]
	r.next++
	return h, nil, nil
}
