// Command program stands in for the node in the test of static/worker.js: it sends every message back, and panics on one
// that begins with 0xff.
package main

import "syscall/js"

func main() {
	host := js.Global().Get("taolight")
	messages := make(chan js.Value, 100)
	host.Call("listen", js.FuncOf(func(_ js.Value, args []js.Value) any {
		messages <- args[0]
		return nil
	}))
	for m := range messages {
		if m.Index(0).Int() == 0xff {
			panic("told to")
		}
		host.Call("post", m)
	}
}
