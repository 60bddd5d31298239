//go:build !js

package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	downloads "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/relay"
)

// press presses the button whose text begins so, once it is there and can be.
func press(t *testing.T, tab context.Context, text string) {
	t.Helper()
	const button = `[...document.querySelectorAll('button:not([disabled])')].find(b => b.checkVisibility() && b.innerText.startsWith(%q))`
	until(t, tab, "there is a button “"+text+"”", fmt.Sprintf(button, text))
	eval[bool](t, tab, fmt.Sprintf(button, text)+`.click() ?? true`)
}

// submit puts a text into a field and submits its form.
func submit(t *testing.T, tab context.Context, field, text string) {
	t.Helper()
	until(t, tab, "there is a field "+field, `document.getElementById('`+field+`')`)
	eval[bool](t, tab, fmt.Sprintf(`(() => { const q = document.getElementById(%q); q.value = %q; q.form.requestSubmit(); return true })()`, field, text))
}

// saved presses a button that saves a file and returns where it is.
func saved(t *testing.T, tab context.Context, button, name string) string {
	t.Helper()
	folder := t.TempDir()
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	if _, err := chromedp.CallBrowser(ctx, downloads.SetDownloadBehavior, downloads.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: folder}); err != nil {
		t.Fatal(err)
	}
	press(t, tab, button)
	until(t, tab, "the file is saved", `/Saved as `+name+`\.taoproof/.test(document.body.innerText)`)
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(folder, "*.taoproof")); len(found) == 1 {
			return found[0]
		} else if time.Now().After(deadline) {
			t.Fatal("no file was downloaded")
		}
	}
}

// choose gives the file chooser a file.
func choose(t *testing.T, tab context.Context, name string) {
	t.Helper()
	until(t, tab, "there is a file chooser", `document.getElementById('file')`)
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.SetUploadFiles("#file", []string{name})); err != nil {
		t.Fatal(err)
	}
}

// TestReplayEveryBlock has each block executed again and looks for figures that say so.
func TestReplayEveryBlock(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	tab := browser(t, "")
	visit(t, tab, relay.url+"/#/node")
	until(t, tab, "the node is live", live)
	press(t, tab, "Every block")
	until(t, tab, "blocks are replayed", `/\d+ blocks, all matched/.test(document.body.innerText) && /since block/.test(document.body.innerText)`)
	shot(t, tab, "replay", 1440)
	shot(t, tab, "replay", 390)
	fits(t, tab)
	eval[bool](t, tab, `document.querySelector('.nav a[href="#/"]').click() ?? true`)
	until(t, tab, "the supply is replayed", `document.querySelector('[data-program="supply@1"][data-level=replayed]')`)
	until(t, tab, "its mark says since when", `document.querySelector('.mark-replayed[title^="Replayed here since block"]')`)
	visit(t, tab, relay.url+"/#/verify")
	until(t, tab, "the page counts them", `/[1-9]\d* replays? in this visit/.test(document.body.innerText)`)
	eval[bool](t, tab, `(() => { document.getElementById('bh').value = document.getElementById('bh').placeholder; document.getElementById('bh').form.requestSubmit(); return true })()`)
	until(t, tab, "one block more is replayed", `/Block [\d,]+ replayed. It matches what was signed./.test(document.getElementById('bh-say').innerText)`)
}

// TestAuditAnEpoch computes an epoch of the simulated market again, and asks why its best neuron earned what it did.
func TestAuditAnEpoch(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	tab := browser(t, "")
	visit(t, tab, relay.url+"/#/subnet/1")
	until(t, tab, "miners earn", `Number((document.querySelector('h2').textContent.match(/Epoch (\d+)/) ?? [0, 0])[1]) > 2 && /[1-9]/.test([...document.querySelectorAll('tbody tr td:nth-child(3)')].map(e => e.textContent).join())`)
	press(t, tab, "Replay epoch")
	until(t, tab, "all results match", `/Epoch \d+ replayed. All \d+ results match./.test(document.body.innerText)`)
	shot(t, tab, "audit", 1440)
	shot(t, tab, "audit", 390)
	fits(t, tab)
	submit(t, tab, "uw", eval[string](t, tab, `document.getElementById('uw').placeholder`))
	until(t, tab, "the neuron is explained", `/^Why did uid \d+ earn [\d.,]+ (τ|rao)\?$/.test(document.querySelector('h1').innerText) && document.querySelectorAll('main [data-level=replayed]').length > 4`)
	press(t, tab, "Load 20 epochs")
	until(t, tab, "its past epochs are drawn", `document.querySelectorAll('.plot circle.f-proven').length >= 8 && document.body.innerText.includes('It begins there.')`)
	shot(t, tab, "neuron", 1440)
	shot(t, tab, "neuron", 390)
	fits(t, tab)
	asked := eval[string](t, tab, `document.querySelector('h1').innerText`)
	point := eval[string](t, tab, `document.querySelector('main a[href^="#/proof/"]').getAttribute('href')`)
	name := saved(t, tab, "Save the block", `block-\d+`)
	visit(t, tab, relay.url+"/#/verify")
	choose(t, tab, name)
	until(t, tab, "the block holds", `document.getElementById('hp').innerText === 'This proof holds.'`)
	submit(t, tab, "fw-1", regexp.MustCompile(`\d+`).FindString(asked))
	until(t, tab, "the file gives the same reason", fmt.Sprintf(`document.querySelector('#fw-say h3')?.innerText === %q && document.querySelectorAll('#fw-say [data-level=proven]').length === 5`, asked))
	visit(t, tab, relay.url+"/"+point)
	until(t, tab, "a point of the past is proven anew", `/^(Proven|Replayed), at block \d+$/.test(document.querySelector('h1').innerText) && document.querySelector('main .kv').innerText.includes('uid 0, last epoch paid')`)
	visit(t, tab, relay.url+"/#/verify")
	shot(t, tab, "verify-epoch", 1440)
	shot(t, tab, "verify-epoch", 390)
	fits(t, tab)
}

// TestProofFile saves a figure, gives it back to the page, and then a byte of it that was changed.
func TestProofFile(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	tab := browser(t, "")
	visit(t, tab, relay.url+"/#/account/"+largest)
	until(t, tab, "the account is proven", `document.body.innerText.includes('71,191') && `+proven+".length > 0")
	name := saved(t, tab, "Save proof", `account-5FF8M-\d+`)
	visit(t, tab, relay.url+"/#/verify")
	choose(t, tab, name)
	until(t, tab, "the proof holds", `document.getElementById('hp').innerText === 'This proof holds.' && document.querySelector('.kv').innerText.includes('190,582.605626888')`)
	shot(t, tab, "verify", 1440)
	shot(t, tab, "verify", 390)
	fits(t, tab)
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{len(file) / 3, len(file) - 9} {
		flipped := append([]byte(nil), file...)
		flipped[at] ^= 1
		eval[bool](t, tab, fmt.Sprintf(`(() => { const d = new DataTransfer(); d.items.add(new File([Uint8Array.from(atob(%q), c => c.charCodeAt(0))], 'flipped-%d.taoproof')); document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: d, bubbles: true, cancelable: true })); return true })()`, base64.StdEncoding.EncodeToString(flipped), at))
		until(t, tab, "the changed file is refused", fmt.Sprintf(`document.body.innerText.includes('flipped-%d.taoproof, checked here') && ['This proof is false.', 'Not conclusive.', 'This is no proof.'].includes(document.getElementById('hp').innerText)`, at))
		if n := eval[int](t, tab, proven+`.filter(e => e.closest('main')).length`); n != 0 {
			t.Errorf("%d figures of a changed file are shown as proven", n)
		}
	}
}

// TestPermalink opens the address of a figure of a block that is past.
func TestPermalink(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	tab := browser(t, "")
	visit(t, tab, relay.url+"/#/account/"+largest)
	until(t, tab, "the account has an address of its own", `document.querySelector('main a[href^="#/proof/"]')`)
	link := eval[string](t, tab, `document.querySelector('main a[href^="#/proof/"]').getAttribute('href')`)
	tab = browser(t, "")
	visit(t, tab, relay.url+"/"+link)
	until(t, tab, "the figure is proven anew", `/^(Proven|Replayed), at block \d+$/.test(document.querySelector('h1').innerText) && document.querySelector('main .kv').innerText.includes('190,582.605626888')`)
	name := saved(t, tab, "Save proof", `account-5FF8M-\d+`)
	shot(t, tab, "permalink", 1440)
	shot(t, tab, "permalink", 390)
	fits(t, tab)
	visit(t, tab, relay.url+"/#/verify")
	choose(t, tab, name)
	until(t, tab, "the proof holds", `document.getElementById('hp').innerText === 'This proof holds.' && document.querySelector('.kv').innerText.includes('190,582.605626888')`)
}

// TestTransactionProof saves the proof of a transaction of the simulated market, and has it checked.
func TestTransactionProof(t *testing.T) {
	relay := startDevnet(t, t.TempDir(), "127.0.0.1:0")
	tab := browser(t, "")
	const ready = `[...document.querySelectorAll('.tx button')].some(b => b.innerText === 'Save proof')`
	found := false
	for height := 3; height < 40 && !found; height++ {
		visit(t, tab, fmt.Sprintf("%s/#/block/%d", relay.url, height))
		until(t, tab, "the block is there", ready+` || document.body.innerText.includes('This block holds none')`)
		found = eval[bool](t, tab, ready)
	}
	name := saved(t, tab, "Save proof", `[a-z0-9-]+`)
	visit(t, tab, relay.url+"/#/verify")
	choose(t, tab, name)
	until(t, tab, "the proof holds and says what changed", `document.getElementById('hp').innerText === 'This proof holds.' && /in a final block/.test(document.querySelector('.kv').innerText) && /It changed/.test(document.querySelector('.kv').innerText)`)
	shot(t, tab, "verify-transaction", 1440)
	shot(t, tab, "verify-transaction", 390)
	fits(t, tab)
}

// TestCheatingProducers visits a chain whose producers sign a payment that nobody made. Proven figures are shown until the
// block is executed again, and then the page says who signed what.
func TestCheatingProducers(t *testing.T) {
	n := honestBut(t, func(c *relay.Config) { c.Rules = lighttest.PayFriend.At(4) })
	tab := browser(t, "")
	visit(t, tab, n.URL()+"#/node")
	until(t, tab, "the node is live", live)
	submit(t, tab, "rf", "2")
	until(t, tab, "every page has the alarm", `document.querySelector('[role=alert]')?.innerText.includes('Block producers signed something false.')`)
	if got := eval[int](t, tab, proven+".length"); got != 0 {
		t.Errorf("%d figures are still shown as proven", got)
	}
	eval[bool](t, tab, `document.querySelector('[role=alert] a').click() ?? true`)
	until(t, tab, "the page says what is false", `location.hash === '#/fraud' && document.body.innerText.includes('Block 4 does not lead to what was signed.') && document.body.innerText.includes('Signed by producers')`)
	shot(t, tab, "fraud", 1440)
	shot(t, tab, "fraud", 390)
	fits(t, tab)
	name := saved(t, tab, "Save evidence", `[a-z0-9-]+`)
	visit(t, tab, n.URL()+"#/verify")
	choose(t, tab, name)
	until(t, tab, "the evidence convinces a new visit", `document.getElementById('hp').innerText === 'It holds: producers signed something false.' && document.querySelector('.panel-alarm').innerText.includes('it does not lead to what producers signed')`)
	shot(t, tab, "verify-fraud", 1440)
	shot(t, tab, "verify-fraud", 390)
	fits(t, tab)
}
