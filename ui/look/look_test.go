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
	"github.com/taolight/taolight/core/tab"
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
	mux.HandleFunc("/build/ui.wasm", file(wasm))
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
		if eval[bool](p, "!!("+js+")") {
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
			time.Sleep(150 * time.Millisecond)
			p.fits(width)
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

func TestOverview(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/")
	p.until("the supply is proven", `document.querySelector('[data-program="supply@1"][data-level=proven]')`)
	p.until("the node is live", `document.documentElement.dataset.sync === 'live'`)
	p.shots("overview")
}

func TestAccount(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(312, 1)
	p := open(t, s, "#/account/5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")
	p.until("the account is proven", `document.querySelector('[data-program="account@1"][data-level=proven]')`)
	p.shots("account")
	p.visit("#/account/5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty")
	p.until("absence is said to be proven", `document.body.innerText.includes('The absence is proven too.')`)
	p.visit("#/account/5GrwvaEF5zXb26Fz9rcQp")
	p.until("a short address is explained", `document.body.innerText.includes('This address is cut short: 21 of 47 or 48 characters.')`)
	p.shots("account-wrong")
}

func TestBlocks(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/blocks")
	p.until("blocks are listed", `document.querySelectorAll('tbody a[data-level=proven]').length > 20`)
	p.shots("blocks")
	p.visit("#/block/10310")
	p.until("the block's calls are there", `document.body.innerText.includes('insufficient balance')`)
	p.shots("block")
	p.visit("#/block/99999")
	p.until("a block ahead is explained", `document.body.innerText.includes('It is not there yet')`)
}

func TestNode(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/node")
	p.until("relays are listed", `document.body.innerText.includes('Gannet')`)
	p.shots("node")
}

// TestLie holds the page to showing nothing as checked once the only relay lied.
func TestLie(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/")
	p.until("a figure is proven", `document.querySelector('[data-level=proven]')`)
	s.tell(func(st *tab.Status) {
		for i := range st.Relays {
			st.Relays[i].State = "waiting"
		}
		st.Relays[0].State, st.Relays[0].Lies = "blocked", 1
		st.Sync, st.Reason = tab.Stalled, "No relay answers that has not lied. Trying again in 8 s."
		st.Alarms = []tab.Alarm{{Time: 1, Relay: "Birch", What: "A node of the witness does not hash to what its parent holds.", Code: "false_node", Height: 10_311}}
	})
	p.until("the lie is told", `document.querySelector('[role=alert]')?.innerText.includes('Relay “Birch” lied about block 10,311.')`)
	if n := eval[int](p, `document.querySelectorAll('[data-level]').length`); n != 0 {
		t.Errorf("%d figures still carry a level", n)
	}
	p.shots("lie")
}

func TestStarting(t *testing.T) {
	s := newScript()
	st, blocks := live(10_312, 20)
	s.status, s.blocks, s.silent = st, blocks, true
	s.status.Sync, s.status.Head, s.status.Target = tab.Connecting, nil, 0
	s.status.Phases[2] = tab.Phase{Name: "Relays", State: "now", Text: "dialling 2"}
	s.status.Phases[3], s.status.Phases[4] = tab.Phase{Name: "Catch up", State: "off"}, tab.Phase{Name: "Following", State: "off"}
	p := open(t, s, "#/")
	p.until("the node connects", `document.documentElement.dataset.sync === 'connecting'`)
	before := eval[int](p, `document.querySelector('.panel').getBoundingClientRect().height | 0`)
	p.shots("starting")
	head := blocks[0]
	s.mu.Lock()
	s.silent = false
	s.mu.Unlock()
	s.tell(func(st *tab.Status) { st.Sync, st.Head = tab.Live, &head })
	p.until("a figure is proven", `document.querySelector('[data-program="supply@1"][data-level=proven]')`)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900)); err != nil {
		t.Fatal(err)
	}
	if after := eval[int](p, `document.querySelector('.panel').getBoundingClientRect().height | 0`); after != before {
		t.Errorf("the first panel was %d px high while waiting and is %d px now", before, after)
	}
}

func TestRefused(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	s.status.Sync, s.status.Reason = tab.Refused, "This tab’s checkpoint is too old to trust. It is 23 days old; the limit is 14. Nothing is shown."
	p := open(t, s, "#/")
	p.until("the reason is told", `document.querySelector('[role=alert]')?.innerText.includes('23 days old')`)
	if n := eval[int](p, `document.querySelectorAll('[data-level]').length`); n != 0 {
		t.Errorf("%d figures carry a level", n)
	}
	p.shots("refused")
}

// TestCrash holds the page to starting the worker again, with a line in the log.
func TestCrash(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 1)
	p := open(t, s, "#/node")
	p.until("the node is live", `document.documentElement.dataset.sync === 'live'`)
	s.mu.Lock()
	s.crash = true
	s.mu.Unlock()
	eval[bool](p, `[...document.querySelectorAll('button')].find(b => b.innerText.includes('Dial again')).click() ?? true`)
	p.until("the crash is in the log", `document.querySelector('.log').innerText.includes('The node in this tab stopped (the test ended it).')`)
	p.until("the worker runs again", `document.documentElement.dataset.sync === 'live' && document.querySelector('.log').innerText.includes('runs again')`)
}
