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

// sound finds what keeps a page from being used without eyes or a mouse.
const sound = `(() => {
  const out = [], name = (e) => (e.getAttribute('aria-label') || e.innerText || e.textContent || e.title || '').trim();
  if (document.querySelectorAll('h1').length !== 1) out.push('not one h1');
  for (const tag of ['header.top', 'nav[aria-label]', 'aside[aria-label]', 'main', 'footer']) if (!document.querySelector(tag)) out.push('no ' + tag);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) out.push('id twice: ' + id);
  for (const attr of ['aria-labelledby', 'aria-describedby']) for (const e of document.querySelectorAll('[' + attr + ']')) if (!document.getElementById(e.getAttribute(attr))) out.push(attr + ' names nothing: ' + e.getAttribute(attr));
  for (const e of document.querySelectorAll('a, button')) if (!name(e)) out.push('no name: ' + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll('a:not([href])')) out.push('a link without address: ' + name(e));
  for (const e of document.querySelectorAll('input')) if (!e.labels.length) out.push('no label: ' + e.id);
  for (const e of document.querySelectorAll('svg[role=img]')) if (!e.getAttribute('aria-label')) out.push('a picture without words');
  for (const e of document.querySelectorAll('table')) { if (!e.querySelector('thead th[scope=col]')) out.push('a table without headers'); if (!e.caption && !e.closest('[aria-labelledby]')) out.push('a table without a name'); }
  for (const e of document.querySelectorAll('.mark')) if (!name(e)) out.push('a mark without a word');
  for (const e of document.querySelectorAll('.table-wrap')) if (e.tabIndex !== 0) out.push('a region that the keyboard can’t scroll');
  if (document.querySelectorAll('[style]').length) out.push('a style attribute');
  const dim = (c) => { const v = c.match(/[\d.]+/g).map(Number).slice(0, 3).map((x) => { x /= 255; return x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  for (const e of document.querySelectorAll('main *, header *, footer *, aside *')) {
    if (e.closest('svg, .sr, .wait, [disabled]') || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const own = getComputedStyle(e);
    if (!own.color.startsWith('rgb')) continue;
    let back = e;
    while (back && /, 0\)$|transparent/.test(getComputedStyle(back).backgroundColor)) back = back.parentElement;
    const ground = back ? getComputedStyle(back).backgroundColor : 'rgb(255,255,255)';
    if (!ground.startsWith('rgb')) continue;
    const [x, y] = [dim(own.color), dim(ground)].sort((a, b) => b - a);
    if ((x + .05) / (y + .05) < 4.5) out.push('contrast ' + ((x + .05) / (y + .05)).toFixed(2) + ': ' + name(e).slice(0, 40) + ' ' + own.color + ' on ' + ground);
  }
  return [...new Set(out)].join('\n');
})()`

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

// TestKeyboardAndTyping holds the page to keeping focus, what is typed and the theme while blocks come in.
func TestKeyboardAndTyping(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 1)
	p := open(t, s, "#/")
	p.until("a figure is proven", `document.querySelector('[data-program][data-level=proven]')`)
	eval[bool](p, `(() => { const q = document.getElementById('q'); q.focus(); q.value = '5Grw'; q.setSelectionRange(1, 3); window.firstRow = document.querySelector('tbody tr'); return true })()`)
	p.grow(10_313)
	p.until("the new block is shown", `document.querySelector('tbody tr').innerText.includes('10,313')`)
	if !eval[bool](p, `document.activeElement.id === 'q' && document.activeElement.value === '5Grw' && document.activeElement.selectionStart === 1 && document.querySelectorAll('tbody tr')[1] === window.firstRow`) {
		t.Error("a new block took the focus, the text, the selection or the row")
	}
	eval[bool](p, `(() => { const q = document.getElementById('q'); q.value = ' 10,311 '; q.form.requestSubmit(); return true })()`)
	p.until("the block is shown", `location.hash === '#/block/10311' && document.querySelector('h1').innerText === 'Block 10,311'`)
	p.until("the title says so", `document.title === 'Block 10,311 · taolight'`)
	p.until("the keyboard is at the new page", `document.activeElement.id === 'main'`)
	eval[bool](p, `(() => { document.querySelector('a.skip').click(); return true })()`)
	if got := eval[string](p, `location.hash`); got != "#/block/10311" {
		t.Errorf("the skip link changed the page to %s", got)
	}
	eval[bool](p, `(() => { document.querySelector('.btn-icon').click(); return true })()`)
	p.until("the theme is kept", `document.documentElement.dataset.theme === 'light' && localStorage.getItem('taolight.theme') === 'light'`)
}

// TestLongTasks prints how long the page's thread was held while blocks came in: a figure to look at.
func TestLongTasks(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/")
	p.until("a figure is proven", `document.querySelector('[data-program][data-level=proven]')`)
	eval[bool](p, `(() => { window.held = []; new PerformanceObserver((l) => held.push(...l.getEntries().map((e) => Math.round(e.duration)))).observe({ type: 'longtask' }); return true })()`)
	for h := uint64(10_313); h < 10_323; h++ {
		p.grow(h)
		p.until("the block is shown", fmt.Sprintf(`document.querySelector('tbody tr').innerText.includes('10,%d')`, h-10_000))
	}
	fmt.Println("tasks over 50 ms while 10 blocks came in, in ms:", eval[string](p, "JSON.stringify(held)"))
}

// grow adds a block to the chain, and says so.
func (p *page) grow(height uint64) {
	b := block(height, uint64(time.Now().UnixMilli()), max(len(p.blocks[0].Signers), 1))
	p.mu.Lock()
	p.blocks = append([]tab.Block{b}, p.blocks...)
	p.mu.Unlock()
	p.say(tab.Message{Block: &b})
}
