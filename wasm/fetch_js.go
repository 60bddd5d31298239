package main

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"

	"github.com/taolight/taolight/core/wire"
)

const maxBootstrap = 64 << 10

// fetchBootstrap gets the bootstrap document of the page's host. The browser's own fetch and JSON save the weight of
// Go's.
func fetchBootstrap(ctx context.Context, origin string) (_ wire.Bootstrap, err error) {
	defer func() {
		if r := recover(); r != nil { // a field of an unexpected type
			err = fmt.Errorf("%s%s: %v", origin, wire.BootstrapPath, r)
		}
	}()
	abort := js.Global().Get("AbortController").New()
	stop := context.AfterFunc(ctx, func() { abort.Call("abort") })
	defer stop()
	response, err := await(js.Global().Call("fetch", origin+wire.BootstrapPath, map[string]any{
		"signal": abort.Get("signal"), "cache": "no-store", "credentials": "omit",
	}))
	if err != nil {
		return wire.Bootstrap{}, err
	}
	if !response.Get("ok").Bool() {
		return wire.Bootstrap{}, fmt.Errorf("%s%s: status %d", origin, wire.BootstrapPath, response.Get("status").Int())
	}
	text, err := await(response.Call("text"))
	if err != nil {
		return wire.Bootstrap{}, err
	}
	if n := len(text.String()); n > maxBootstrap {
		return wire.Bootstrap{}, fmt.Errorf("%s%s: %d bytes, at most %d", origin, wire.BootstrapPath, n, maxBootstrap)
	}
	return readBootstrap(js.Global().Get("JSON").Call("parse", text)), nil
}

// readBootstrap panics if a field has another type than it should.
func readBootstrap(v js.Value) wire.Bootstrap {
	str := func(v js.Value) string {
		if v.Type() != js.TypeString {
			panic(errors.New("not a bootstrap document"))
		}
		return v.String()
	}
	relays, checkpoint := v.Get("relays"), v.Get("checkpoint")
	b := wire.Bootstrap{ChainID: str(v.Get("chain_id")), GenesisHash: str(v.Get("genesis_hash"))}
	for i := range relays.Length() {
		b.Relays = append(b.Relays, str(relays.Index(i)))
	}
	if height := checkpoint.Get("height").Float(); height >= 1 && height < 1<<53 {
		b.Checkpoint = wire.Checkpoint{Height: uint64(height), Hash: str(checkpoint.Get("hash"))}
	}
	if signed := v.Get("checkpoints"); signed.Type() == js.TypeObject {
		for i := range min(signed.Length(), wire.MaxCheckpoints) {
			b.Checkpoints = append(b.Checkpoints, str(signed.Index(i)))
		}
	}
	return b
}

// await waits for a promise.
func await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	good := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{value: args[0]}
		return nil
	})
	bad := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: errors.New(js.Global().Get("String").Invoke(args[0]).String())}
		return nil
	})
	defer good.Release()
	defer bad.Release()
	promise.Call("then", good, bad)
	o := <-done
	return o.value, o.err
}
