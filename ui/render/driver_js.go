package render

import (
	"fmt"
	"sync"
	"syscall/js"

	"github.com/vugu/vugu"
)

// Driver renders on the page through the script object that static/dom.js defines.
type Driver struct {
	dom    js.Value
	tree   Tree
	mu     sync.RWMutex
	wake   chan bool
	env    *vugu.EventEnvImpl
	buffer js.Value
	report func(error)
}

// New connects to the page. A panic or a refusal in a handler is given to report and ends nothing else.
func New(dom js.Value, report func(error)) *Driver {
	d := &Driver{dom: dom, wake: make(chan bool, 1), report: report}
	d.env = vugu.NewEventEnvImpl(&d.mu, d.wake)
	dom.Set("event", js.FuncOf(func(_ js.Value, a []js.Value) any {
		if len(a) == 6 {
			d.event(uint32(a[0].Int()), a[1].String(), a[2].Bool(), a[3].String(), a[4].Bool(), a[5].String())
		}
		return nil
	}))
	return d
}

// EventEnv is the lock around everything that components show, and the way to ask for a render.
func (d *Driver) EventEnv() vugu.EventEnv { return d.env }

// EventWait waits until a render is asked for. Requests that came meanwhile are one render.
func (d *Driver) EventWait() bool { return <-d.wake }

// Render sends what changed since the last build. An error leaves the page as it is, for good.
func (d *Driver) Render(br *vugu.BuildResults) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	ops, err := d.tree.Update(br)
	if err != nil {
		return err
	}
	if len(ops) == 0 {
		return nil
	}
	if d.buffer.IsUndefined() || d.buffer.Length() < len(ops) {
		d.buffer = js.Global().Get("Uint8Array").New(2*len(ops) + 4096)
	}
	js.CopyBytesToJS(d.buffer, ops)
	d.dom.Call("apply", d.buffer, len(ops))
	return nil
}

// event runs in the browser's callback, which must not wait: where the lock is taken it hands over to a goroutine.
func (d *Driver) event(id uint32, event string, capture bool, value string, checked bool, key string) {
	if d.mu.TryLock() {
		d.handle(id, event, capture, value, checked, key)
		return
	}
	go func() {
		d.mu.Lock()
		d.handle(id, event, capture, value, checked, key)
	}()
}

func (d *Driver) handle(id uint32, event string, capture bool, value string, checked bool, key string) {
	defer d.env.UnlockRender()
	defer func() {
		if p := recover(); p != nil {
			d.report(fmt.Errorf("render: handler of %s: %v", event, p))
		}
	}()
	ev := vugu.NewDOMEvent(d.env, map[string]any{
		"key": key, "target": map[string]any{"value": value, "checked": checked},
	})
	if event == "input" || event == "change" {
		d.tree.Typed(id)
	}
	for _, h := range d.tree.Handlers(id, event, capture) {
		h(ev)
	}
}
