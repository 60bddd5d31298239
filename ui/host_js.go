package main

import (
	"sync"
	"syscall/js"
)

// host is the page as ui/model sees it, through window.taolight (static/boot.js).
type host struct{ js js.Value }

func newHost() host { return host{js.Global().Get("taolight")} }

func (h host) Origin() string     { return js.Global().Get("location").Get("origin").String() }
func (h host) SetSync(s string)   { h.js.Call("sync", s) }
func (h host) SetTitle(s string)  { js.Global().Get("document").Set("title", s) }
func (h host) Arrived()           { js.Global().Call("setTimeout", h.js.Get("arrived"), 0) }
func (h host) Go(fragment string) { js.Global().Get("location").Set("hash", fragment) }
func (h host) Reload()            { js.Global().Get("location").Call("reload") }
func (h host) Copy(s string)      { h.js.Call("copy", s) }
func (h host) Save(name string, b []byte) {
	u := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(u, b)
	h.js.Call("save", name, u)
}
func (h host) Theme() string     { return h.js.Call("theme").String() }
func (h host) SetTheme(s string) { h.js.Call("setTheme", s) }
func (h host) failed(s string)   { h.js.Call("failed", s) }
func (h host) fragment() string  { return js.Global().Get("location").Get("hash").String() }
func (h host) hidden() bool      { return js.Global().Get("document").Get("hidden").Bool() }

// onFile tells of each file that the visitor chooses or drops; one of more than most bytes is not read.
func (h host) onFile(most uint64, f func(name string, size uint64)) {
	h.js.Call("onFile", most, js.FuncOf(func(_ js.Value, a []js.Value) any {
		f(a[0].String(), uint64(a[1].Float()))
		return nil
	}))
}

func (h host) onFragment(f func(string)) {
	js.Global().Call("addEventListener", "hashchange", js.FuncOf(func(js.Value, []js.Value) any {
		f(h.fragment())
		return nil
	}))
}

// queue runs what the browser's callbacks bring in order, in one goroutine at a time.
type queue struct {
	mu      sync.Mutex
	waiting []func()
	running bool
	enter   func(func())
}

func newQueue(enter func(func())) *queue { return &queue{enter: enter} }

// put takes f and returns at once. All that came by the time it runs is run together, so a burst is one render.
func (q *queue) put(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, f)
	if q.running {
		return
	}
	q.running = true
	q.enter(q.drain)
}

func (q *queue) drain() {
	for {
		q.mu.Lock()
		batch := q.waiting
		q.waiting = nil
		if len(batch) == 0 {
			q.running = false
			q.mu.Unlock()
			return
		}
		q.mu.Unlock()
		for _, f := range batch {
			f()
		}
	}
}
