package client

import (
	"fmt"
	"syscall/js"
)

// Worker returns an [Opener] of the tab's worker. host is window.taolight (static/boot.js). Every callback runs within
// enter, which is to take the lock of what the page shows.
func Worker(host js.Value, enter func(func())) Opener {
	return func(message func([]byte), down func(string)) (p Port, err error) {
		defer func() {
			if r := recover(); r != nil {
				p, err = nil, fmt.Errorf("the browser started no worker: %v", r)
			}
		}()
		w := &worker{}
		w.message = js.FuncOf(func(_ js.Value, a []js.Value) any {
			b := make([]byte, a[0].Length())
			js.CopyBytesToGo(b, a[0])
			enter(func() { message(b) })
			return nil
		})
		w.down = js.FuncOf(func(_ js.Value, a []js.Value) any {
			reason := a[0].String()
			enter(func() { down(reason) })
			return nil
		})
		w.port = host.Call("open", w.message, w.down)
		return w, nil
	}
}

type worker struct {
	port          js.Value
	message, down js.Func
}

// Send copies the message and gives the copy away to the worker.
func (w *worker) Send(b []byte) error { return w.call("send", b) }

// SendFile has the page put the file between the two.
func (w *worker) SendFile(before, after []byte) error { return w.call("sendFile", before, after) }

func (w *worker) call(method string, parts ...[]byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the worker can’t be reached: %v", r)
		}
	}()
	args := make([]any, len(parts))
	for i, b := range parts {
		u := js.Global().Get("Uint8Array").New(len(b))
		js.CopyBytesToJS(u, b)
		args[i] = u
	}
	w.port.Call(method, args...)
	return nil
}

// Close ends the worker. Its callbacks stay: they may be running.
func (w *worker) Close() { w.port.Call("close") }
