//go:build !js

// Package e2e visits the dashboard in a real Chromium, served by a real relay process.
//
// make browser runs it. With TAOLIGHT_SHOTS=FOLDER it leaves pictures of the pages there.
package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// An address of the snapshot with stakes, and one that holds nothing.
const (
	largest = "5FF8MMhvVXsdMNsiLb3dr48zqhMtCcq5CnqqA3M1mg26LQiU"
	nobody  = "5FQzhS8MRMGNZfCxVJaWu4n4Q6jt53zv2hxYguM4Y5fVkcHZ"
)

func TestColdVisitThenWarm(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	profile := t.TempDir()
	tab := browser(t, profile)
	visit(t, tab, relay.url)
	until(t, tab, "a figure is proven", proven+".length > 0")
	until(t, tab, "the node is live", live)
	shot(t, tab, "overview", 1440)
	shot(t, tab, "overview", 390)
	if over := eval[int](t, tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("at 390 px the page is %d px too wide", over)
	}
	head := eval[string](t, tab, `document.querySelector('.seal .height')?.textContent ?? ''`)
	visit(t, tab, relay.url)
	until(t, tab, "a figure is proven again", proven+".length > 0")
	if head == "" {
		t.Error("the seal shows no height")
	}
}

func TestAccountLookup(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	tab := browser(t, "")
	visit(t, tab, relay.url+"/#/account/"+largest)
	until(t, tab, "the stakes are proven", `document.body.innerText.includes('71,191') && `+proven+".length > 0")
	shot(t, tab, "account", 1440)
	shot(t, tab, "account", 390)
	if over := eval[int](t, tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("at 390 px the page is %d px too wide", over)
	}
	visit(t, tab, relay.url+"/#/account/"+nobody)
	until(t, tab, "absence is proven", `/absence is proven/i.test(document.body.innerText)`)
	shot(t, tab, "account-nobody", 1440)
	visit(t, tab, relay.url+"/#/account/5Grw")
	until(t, tab, "the bad address is explained", `/47 or 48 characters/.test(document.body.innerText)`)
	shot(t, tab, "account-bad", 1440)
}

// TestSubnetsLive watches an epoch: its figures are proven before and after, and what the neurons earned moves.
func TestSubnetsLive(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	tab := browser(t, "")
	visit(t, tab, relay.url)
	until(t, tab, "the overview links to a subnet", `document.querySelector('.ranked a[href="#/subnet/1"]')`)
	eval[bool](t, tab, `document.querySelector('.nav a[href="#/subnets"]').click() ?? true`)
	until(t, tab, "four subnets are proven", `document.querySelectorAll('tbody tr').length === 4 && document.querySelectorAll('[data-program="subnets@1"][data-level=proven]').length === 20`)
	shot(t, tab, "subnets", 1440)
	shot(t, tab, "subnets", 390)
	fits(t, tab)
	eval[bool](t, tab, `document.querySelector('tbody a[href="#/subnet/1"]').click() ?? true`)
	const (
		earned = `[...document.querySelectorAll('tbody tr td:nth-child(3)')].map(e => e.textContent).join()`
		epoch  = `Number((document.querySelector('h2').textContent.match(/Epoch (\d+)/) ?? [0, 0])[1])`
		all    = `document.querySelectorAll('[data-program="metagraph@1"][data-level=proven]').length >= 60 && !document.querySelector('[data-level=claimed]')`
	)
	until(t, tab, "the neurons are proven and miners earn", all+` && `+epoch+` > 2 && /[1-9]/.test(`+earned+`)`)
	eval[bool](t, tab, `(() => { window.before = `+earned+`; window.epoch = `+epoch+`; return true })()`)
	until(t, tab, "an epoch has passed and what was earned moved", epoch+` > window.epoch + 1 && `+earned+` !== window.before && `+all)
	if got := eval[string](t, tab, `document.querySelector('[aria-sort=descending]').textContent`); got != "Earned τ" {
		t.Errorf("sorted by %s", got)
	}
	shot(t, tab, "subnet", 1440)
	shot(t, tab, "subnet", 390)
	fits(t, tab)
	visit(t, tab, relay.url+"/#/subnet/3")
	until(t, tab, "a deep link works", `document.querySelector('h1').textContent === 'folding' && `+all)
	until(t, tab, "its settings are proven", `document.querySelectorAll('.settings [data-level=proven]').length > 25 && /commit reveal weights enabled\s*on/.test(document.querySelector('.settings').innerText)`)
}

// fits fails when the page scrolls sideways.
func fits(t *testing.T, tab context.Context) {
	t.Helper()
	if over := eval[int](t, tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("the page is %d px too wide", over)
	}
}

func TestRelayRestart(t *testing.T) {
	home := t.TempDir()
	relay := startDevnet(t, home, "127.0.0.1:0")
	tab := browser(t, "")
	visit(t, tab, relay.url)
	until(t, tab, "the node is live", live)
	relay.stop(t)
	until(t, tab, "the loss is noticed", `document.documentElement.dataset.sync === 'stalled'`)
	shot(t, tab, "stalled", 1440)
	startDevnet(t, home, relay.listen())
	until(t, tab, "the node is live again", live)
}

func TestPolicyRefusesForeignCode(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	tab := browser(t, "")
	visit(t, tab, relay.url)
	until(t, tab, "the page is there", `document.querySelector('h1')`)
	for what, js := range map[string]string{
		"an inline script": `(() => { try { const s = document.createElement('script'); s.text = 'window.pwned = 1'; document.body.append(s) } catch {} return window.pwned === undefined })()`,
		"eval":             `(() => { try { const f = document.createElement('iframe'); setTimeout('window.pwned = 1'); } catch { return true } return window.pwned === undefined })()`,
		"innerHTML":        `(() => { try { document.createElement('p').innerHTML = '<b>x</b>'; return false } catch { return true } })()`,
	} {
		if !eval[bool](t, tab, js) {
			t.Errorf("%s was allowed", what)
		}
	}
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	refused, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`fetch('http://198.51.100.7/').then(() => false, () => true)`, chromedp.EvalAwaitPromise))
	if err != nil || !refused {
		t.Errorf("a foreign fetch: %v %v", refused, err)
	}
}

// TestTimeToFirstProof prints how long the first figure with a witness that was checked in the visit takes, from the
// start of navigation, cold (a fresh profile) and warm: a figure to look at, not one to fail on.
func TestTimeToFirstProof(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	// The page takes the time itself: asking it from outside is slower than what is measured.
	const watch = `const w = setInterval(() => {
		if ([...document.querySelectorAll('[data-program][data-level=proven]')].some(e => e.textContent.trim() !== '')) {
			window.firstProof = performance.now(); clearInterval(w) } }, 5)`
	first := func(tab context.Context) time.Duration {
		visit(t, tab, relay.url)
		until(t, tab, "a figure is proven", "window.firstProof > 0")
		return time.Duration(eval[float64](t, tab, "window.firstProof") * float64(time.Millisecond))
	}
	var cold, warm []time.Duration
	for range 5 {
		tab := browser(t, t.TempDir())
		visit(t, tab, "about:blank")
		script := page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}
		if _, err := chromedp.Call(tab, page.AddScriptToEvaluateOnNewDocument, script); err != nil {
			t.Fatal(err)
		}
		cold = append(cold, first(tab))
		until(t, tab, "the head is saved", live)
		visit(t, tab, "about:blank")
		warm = append(warm, first(tab))
		if err := chromedp.Cancel(tab); err != nil {
			t.Log(err)
		}
	}
	slices.Sort(cold)
	slices.Sort(warm)
	fmt.Printf("first proven figure, median of 5: cold %v, warm %v\n", cold[2].Round(time.Millisecond), warm[2].Round(time.Millisecond))
}
