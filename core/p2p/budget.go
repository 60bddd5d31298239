package p2p

import (
	"math"
	"sync"
)

// budget bounds the receive windows of all streams of a connection. It stands in for libp2p's resource manager.
type budget struct {
	mu    sync.Mutex
	total int
	left  int
}

func newBudget(total int) *budget { return &budget{total: total, left: total} }

func (b *budget) has(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left >= n
}

// windows is one stream's share of a budget; it implements yamux's MemoryManager.
type windows struct {
	of   *budget
	held int
	done bool
}

// ReserveMemory grants n bytes if they are left. A window's growth, which yamux asks for with less than the highest
// priority, may use only the first half of the budget, so that new streams still find their first window. A stream
// that is done gets nothing: yamux would still grow its window while the rest is read, and never give it back.
func (w *windows) ReserveMemory(n int, priority uint8) error {
	w.of.mu.Lock()
	defer w.of.mu.Unlock()
	keep := 0
	if priority < math.MaxUint8 {
		keep = w.of.total / 2
	}
	if w.done || w.of.left-n < keep {
		return ErrMemory
	}
	w.of.left -= n
	w.held += n
	return nil
}

// ReleaseMemory gives n bytes back.
func (w *windows) ReleaseMemory(n int) {
	w.of.mu.Lock()
	defer w.of.mu.Unlock()
	w.giveBack(n)
}

// Done gives everything back.
func (w *windows) Done() {
	w.of.mu.Lock()
	defer w.of.mu.Unlock()
	w.giveBack(w.held)
	w.done = true
}

func (w *windows) giveBack(n int) {
	n = min(n, w.held)
	w.held -= n
	w.of.left += n
}
