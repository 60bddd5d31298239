package idb

import (
	"context"
	"fmt"
	"syscall/js"
)

// await waits until one of the events fires at target, a request or a transaction: good, or one of the bad ones. It
// must be called in the turn of the event loop that made target, for the event does not wait.
func await(ctx context.Context, op string, target js.Value, good string, bad ...string) error {
	outcome := make(chan error, 1)
	handlers := make([]js.Func, 0, 1+len(bad))
	on := func(event string, result func() error) {
		f := js.FuncOf(func(js.Value, []js.Value) any {
			select {
			case outcome <- result():
			default:
			}
			return nil
		})
		handlers = append(handlers, f)
		target.Set("on"+event, f)
	}
	on(good, func() error { return nil })
	for _, event := range bad {
		on(event, func() error {
			if event == "blocked" {
				return &Error{Op: op, cause: ErrBlocked}
			}
			return exception(op, target.Get("error"), event)
		})
	}
	defer func() {
		target.Set("on"+good, js.Null())
		for _, event := range bad {
			target.Set("on"+event, js.Null())
		}
		for _, f := range handlers {
			f.Release()
		}
	}()
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// exception makes an error of a DOMException; without one it is called by the event.
func exception(op string, v js.Value, event string) error {
	if !v.Truthy() {
		return failure(op, "", event)
	}
	return failure(op, v.Get("name").String(), v.Get("message").String())
}

// thrown turns an exception that a call threw into an error.
func thrown(op string, err *error) {
	switch r := recover().(type) {
	case nil:
	case js.Error:
		*err = exception(op, r.Value, "error")
	default:
		*err = failure(op, "", fmt.Sprint(r))
	}
}

func toJS(b []byte) js.Value {
	v := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(v, b)
	return v
}

// toGo copies an ArrayBuffer, which keys come back as, or a Uint8Array.
func toGo(v js.Value) []byte {
	if v.Get("buffer").IsUndefined() {
		v = js.Global().Get("Uint8Array").New(v)
	}
	b := make([]byte, v.Get("byteLength").Int())
	js.CopyBytesToGo(b, v)
	return b
}
