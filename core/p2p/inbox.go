package p2p

import "sync"

const (
	// maxMessage bounds one WebSocket message. libp2p aligns messages with nothing: a relay may put several noise
	// frames into one.
	maxMessage = 1 << 20
	// maxUnread bounds what waits to be read. A browser's WebSocket has no back-pressure towards the sender, so a
	// relay that runs ahead by more is cut off; yamux windows keep an honest one far below.
	maxUnread = 8 << 20
)

// inbox holds a socket's messages between the callback that gets them and the goroutine that reads.
type inbox struct {
	arrived chan struct{} // holds a token if something may be there
	ended   chan struct{} // closed at the end
	err     error         // set before ended is closed

	mu    *sync.Mutex
	queue [][]byte
	bytes int
}

func newInbox() inbox {
	return inbox{arrived: make(chan struct{}, 1), ended: make(chan struct{}), mu: new(sync.Mutex)}
}

// fits says whether a message of n bytes may be put.
func (b *inbox) fits(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return n <= maxMessage && b.bytes+n <= maxUnread
}

// put appends a message and keeps it.
func (b *inbox) put(message []byte) {
	if len(message) == 0 {
		return
	}
	b.mu.Lock()
	b.queue = append(b.queue, message)
	b.bytes += len(message)
	b.mu.Unlock()
	select {
	case b.arrived <- struct{}{}:
	default:
	}
}

// take copies from the oldest message, as much as fits; 0 if there is none.
func (b *inbox) take(p []byte) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return 0
	}
	n := copy(p, b.queue[0])
	b.bytes -= n
	if b.queue[0] = b.queue[0][n:]; len(b.queue[0]) == 0 {
		b.queue[0] = nil
		b.queue = b.queue[1:]
	}
	return n
}

// end may be called once.
func (b *inbox) end(err error) {
	b.err = err
	close(b.ended)
}
