package main

import (
	"fmt"
	"syscall/js"
	"time"

	"github.com/taolight/taolight/ui/client"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/render"
	"github.com/vugu/vugu"
)

func main() {
	page := newHost()
	console := func(err error) { js.Global().Get("console").Call("error", err.Error()) }
	driver := render.New(js.Global().Get("taolightDOM"), console)
	env := driver.EventEnv()
	app := model.New(page)

	// The browser's callbacks must not wait for the lock, which is free unless a goroutine works under it.
	enter := func(f func()) {
		go func() {
			env.Lock()
			defer env.UnlockRender()
			f()
		}()
	}
	inbox := newQueue(enter)
	after := func(d time.Duration, f func()) { time.AfterFunc(d, func() { inbox.put(f) }) }
	app.Node = client.New(client.Worker(page.js, inbox.put), app.Events(), time.Now, after)

	env.Lock()
	app.Tick(time.Now())
	app.Start(page.fragment())
	env.UnlockOnly()
	page.onFragment(func(fragment string) { inbox.put(func() { app.Navigate(fragment) }) })
	page.onFile(model.MaxProof, func(name string, size uint64) { inbox.put(func() { app.TakeFile(name, size) }) })
	go func() {
		for range time.Tick(time.Second) {
			if !page.hidden() {
				inbox.put(func() { app.Tick(time.Now()) })
			}
		}
	}()

	build, err := vugu.NewBuildEnv(env)
	if err != nil {
		panic(err)
	}
	root := &Root{App: app}
	for more := true; more; more = driver.EventWait() {
		if err := show(build, driver, root); err != nil {
			console(err)
			page.failed(fmt.Sprintf("The dashboard can’t draw this page (%v). Load it again.", err))
			select {} // what was said stays; the browser's callbacks still have something to call
		}
	}
}

// show builds and renders once. A mistake in a page must not end the program without a word.
func show(build *vugu.BuildEnv, driver *render.Driver, root *Root) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	env := driver.EventEnv()
	env.RLock()
	out := build.RunBuild(root)
	env.RUnlock()
	return driver.Render(out)
}
