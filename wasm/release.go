// Command wasm is the light node that runs in a worker of the browser tab: wasm/node with the browser's WebSocket,
// IndexedDB and fetch. static/worker.js loads it.
package main

import (
	"strings"
	"sync"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/light"
)

// Set by the release's build, with -ldflags "-X main.build=… -X main.checkpoints=… -X main.parties=…". A development build knows none.
var (
	build       = "development"
	checkpoints string // CHAIN=HEIGHT:HASH, comma between several
	parties     string // ADDRESS=NAME of whose signatures under checkpoints count, comma between several
)

// builtIn reads the checkpoints of the release. One that can't be read is left out: it is the build's mistake, which its
// own test finds, and no reason not to start.
func builtIn(text string) map[string]light.TrustRoot {
	out := make(map[string]light.TrustRoot)
	for entry := range strings.SplitSeq(text, ",") {
		chainID, root, _ := strings.Cut(entry, "=")
		if t, err := light.ParseTrust(root); err == nil && chainID != "" {
			out[chainID] = t
		}
	}
	return out
}

// knownParties reads the parties of the release. If the list can't be read nobody is known, and its own test finds that.
func knownParties(text string) checkpoint.Parties {
	list, err := checkpoint.ParseParties(text)
	if err != nil {
		return nil
	}
	return list
}

// queue holds the page's messages until the node takes them. Putting never waits: it happens in a callback of the
// browser.
type queue struct {
	mu    sync.Mutex
	items [][]byte
	there chan struct{}
}

// maxQueued is more than the page may ask at a time; what comes on top is a page gone wild, and dropped.
const maxQueued = 1024

func newQueue() *queue { return &queue{there: make(chan struct{}, 1)} }

func (q *queue) put(message []byte) {
	q.mu.Lock()
	if len(q.items) < maxQueued {
		q.items = append(q.items, message)
	}
	q.mu.Unlock()
	select {
	case q.there <- struct{}{}:
	default:
	}
}

func (q *queue) take() []byte {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			m := q.items[0]
			q.items = q.items[1:]
			q.mu.Unlock()
			return m
		}
		q.mu.Unlock()
		<-q.there
	}
}
