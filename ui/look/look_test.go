//go:build !js

// Package look opens the dashboard in Chromium with a scripted node, to see each state of each page and to hold it to
// what a real node can't be brought to at will. The pages with a real one are ui/e2e's.
//
// It runs with TAOLIGHT_E2E=1. With TAOLIGHT_SHOTS=FOLDER it leaves pictures there.
package look

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self' wss: https:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types taolight"

const patience = 30 * time.Second

var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "taolight-look")
	if err != nil {
		return "", err
	}
	out := filepath.Join(dir, "ui.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, "..")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if b, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the dashboard: %w\n%s", err, b)
	}
	return out, nil
})

// page is one tab on the dashboard with a scripted node.
type page struct {
	t   *testing.T
	ctx context.Context
	url string
	*script
}

func open(t *testing.T, s *script, fragment string, options ...chromedp.ExecAllocatorOption) *page {
	t.Helper()
	if os.Getenv("TAOLIGHT_E2E") == "" {
		t.Skip("set TAOLIGHT_E2E=1 to run Chromium")
	}
	wasm, err := program()
	if err != nil {
		t.Fatal(err)
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir("../../static")))
	file := func(path string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }
	}
	mux.HandleFunc("/build/ui.wasm", func(w http.ResponseWriter, r *http.Request) {
		if !s.broken {
			http.ServeFile(w, r, wasm)
			return
		}
		w.Header().Set("Content-Type", "application/wasm")
		w.Write([]byte("\x00asm\x01\x00\x00\x00\x01"))
	})
	mux.HandleFunc("/build/wasm_exec.js", file(filepath.Join(strings.TrimSpace(string(goroot)), "lib/wasm/wasm_exec.js")))
	mux.HandleFunc("/worker.js", file("testdata/worker.js"))
	mux.HandleFunc("/fake/ask", s.serveAsk)
	mux.HandleFunc("/fake/say", s.serveSay)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.CloseClientConnections)
	all := append(append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 900)), options...)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), all...)
	t.Cleanup(stop)
	window, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	if err := chromedp.Do(window); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	if err := chromedp.Listen(window, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventConsoleAPICalled:
			for _, a := range ev.Args {
				t.Logf("console: %s %s", a.Value, a.Description)
			}
		case *runtime.EventExceptionThrown:
			t.Logf("exception: %v", ev.ExceptionDetails)
		}
	}); err != nil {
		t.Fatal(err)
	}
	p := &page{t: t, ctx: window, url: server.URL, script: s}
	p.visit(fragment)
	return p
}

func (p *page) visit(fragment string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(p.url+"/"+fragment)); err != nil {
		p.t.Fatal(err)
	}
}

func eval[T any](p *page, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// until waits for an expression to be true, and prints what the page says when it does not become so.
func (p *page) until(what, js string) {
	p.t.Helper()
	end := time.Now().Add(patience)
	for time.Now().Before(end) {
		if eval[bool](p, "(() => { try { return !!("+js+") } catch { return false } })()") { // what it looks at may not be there yet
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("%s: never so; the page says:\n%.2000s", what, eval[string](p, "document.body.innerText"))
}

// fits fails when the page scrolls sideways.
func (p *page) fits(width int) {
	p.t.Helper()
	if over := eval[int](p, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
		p.t.Errorf("at %d px the page is %d px too wide: %s", width, over, eval[string](p,
			`[...document.querySelectorAll('main *, header *, footer *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.table-wrap, .nav, .trust, svg')).slice(0, 5).map(e => e.tagName + '.' + e.className).join(' ')`))
	}
}

// shots looks at the page at two widths in both themes.
func (p *page) shots(name string) {
	p.t.Helper()
	for _, width := range []int{1440, 390} {
		for _, theme := range []string{"light", "dark"} {
			ctx, cancel := context.WithTimeout(p.ctx, patience)
			err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), 900))
			cancel()
			if err != nil {
				p.t.Fatal(err)
			}
			eval[string](p, "document.documentElement.dataset.theme = '"+theme+"'")
			p.until("colours have settled", `document.getAnimations().every((a) => !(a instanceof CSSTransition))`)
			p.fits(width)
			if faults := eval[string](p, sound); faults != "" {
				p.t.Errorf("%s, %d px, %s:\n%s", name, width, theme, faults)
			}
			dir := os.Getenv("TAOLIGHT_SHOTS")
			if dir == "" {
				continue
			}
			ctx, cancel = context.WithTimeout(p.ctx, patience)
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			cancel()
			if err != nil {
				p.t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, width, theme)), png, 0o644); err != nil {
				p.t.Fatal(err)
			}
		}
	}
}
