package main

import (
	"context"
	"syscall/js"
	"time"

	ds "github.com/ipfs/go-datastore"

	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/wasm/idb"
	"github.com/taolight/taolight/wasm/node"
)

// database is the name under which the browser keeps what the node knows between visits.
const database = "taolight"

func main() {
	ctx := context.Background()
	page := js.Global().Get("taolight") // static/worker.js
	n := node.New(node.Config{
		Dial: func(ctx context.Context, addr string) (node.Conn, error) {
			conn, err := p2p.Dial(ctx, addr, p2p.Options{KeepAlive: 4 * time.Second, DeadAfter: 6 * time.Second})
			if err != nil {
				return nil, err // not a nil *p2p.Conn in an interface
			}
			return conn, nil
		},
		Bootstrap: fetchBootstrap,
		Store: func(ctx context.Context) (ds.Datastore, error) {
			store, err := idb.Open(ctx, database)
			if err != nil {
				return nil, err
			}
			return store, nil
		},
		Now:     time.Now,
		Send:    func(message []byte) { page.Call("post", toJS(message)) },
		BuiltIn: builtIn(checkpoints),
		Parties: knownParties(parties),
		Build:   build,
	})
	requests := newQueue()
	page.Call("listen", js.FuncOf(func(_ js.Value, args []js.Value) any {
		requests.put(toGo(args[0]))
		return nil
	}))
	go func() {
		for {
			n.Handle(ctx, requests.take())
		}
	}()
	n.Run(ctx)
}

func toJS(b []byte) js.Value {
	v := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(v, b)
	return v
}

func toGo(v js.Value) []byte {
	b := make([]byte, v.Get("byteLength").Int())
	js.CopyBytesToGo(b, v)
	return b
}
