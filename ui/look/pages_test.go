//go:build !js

package look

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/taolight/taolight/core/tab"
)

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

func TestSubnets(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/")
	p.until("the overview links to the subnet", `document.querySelector('.ranked a[href="#/subnet/1"]')`)
	p.visit("#/subnets")
	p.until("subnets are listed", `document.querySelectorAll('[data-program="subnets@1"][data-level=proven]').length >= 15`)
	p.shots("subnets")
	eval[bool](p, `document.querySelector('tbody a[href="#/subnet/2"]').click() ?? true`)
	p.until("the neurons are proven", `document.querySelectorAll('[data-program="metagraph@1"][data-level=proven]').length > 64 * 6`)
	p.until("its name is the heading, as text", `document.querySelector('h1').innerText === '<b>folding</b>'`)
	p.shots("subnet")
	p.visit("#/subnet/77")
	p.until("absence is said to be proven", `document.body.innerText.includes('No such subnet') && document.body.innerText.includes('The absence is proven too.')`)
	p.shots("subnet-missing")
}

// TestSorting holds the table to what its headers say, by keyboard, and to rows that stay while somebody reads.
func TestSorting(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/subnet/1")
	const first = `document.querySelector('tbody th').innerText`
	p.until("the most earning neuron is first", first+` === '0'`)
	sorted := `[...document.querySelectorAll('[aria-sort]')].filter(e => e.getAttribute('aria-sort') !== 'none').map(e => e.innerText + ' ' + e.getAttribute('aria-sort')).join()`
	if got := eval[string](p, sorted); got != "Earned τ descending" {
		t.Errorf("sorted: %s", got)
	}
	focus := func(header string) {
		eval[bool](p, `[...document.querySelectorAll('thead button')].find(b => b.innerText === '`+header+`').focus() ?? true`)
	}
	enter := func() {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		defer cancel()
		if err := chromedp.Do(ctx, chromedp.KeyEvent("\r")); err != nil {
			t.Fatal(err)
		}
	}
	focus("Incentive %")
	enter()
	p.until("the most incentive is first", first+` === '9' && `+sorted+` === 'Incentive % descending'`)
	enter()
	p.until("the least is first, equal ones by uid", first+` === '0' && `+sorted+` === 'Incentive % ascending' && document.activeElement.innerText === 'Incentive %'`)
	focus("uid")
	enter()
	p.until("the highest uid is first", first+` === '149'`)
	eval[bool](p, `[...document.querySelectorAll('button')].find(b => b.innerText === 'Next').click() ?? true`)
	p.until("the next rows are there", first+` === '85' && document.body.innerText.includes('Rows 65 to 128 of 150.')`)
	focus("Earned τ")
	enter()
	p.until("sorting begins at the top", first+` === '0'`)
	eval[bool](p, `document.querySelector('.table-dense').parentElement.dispatchEvent(new MouseEvent('mouseenter')) ?? true`)
	before := eval[string](p, `[...document.querySelectorAll('tbody th')].map(e => e.innerText).join()`)
	p.grow(25_000_000)
	p.until("the newer state is shown", `document.body.innerText.includes('State after block 24,999,999')`)
	if got := eval[string](p, `[...document.querySelectorAll('tbody th')].map(e => e.innerText).join()`); got != before {
		t.Errorf("rows moved under the pointer: %s, then %s", before, got)
	}
	eval[bool](p, `document.querySelector('.table-dense').parentElement.dispatchEvent(new MouseEvent('mouseleave')) ?? true`)
	p.until("then they move", first+` === '149'`)
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
	tr := &s.status.Trust
	tr.Time -= 20 * 86_400_000
	s.status.Refusal = &tab.Refusal{Code: tab.TrustExpired, Height: tr.Height, Time: tr.Time}
	p := open(t, s, "#/")
	p.until("the reason is told", `document.querySelector('[role=alert]')?.innerText.includes('23 days old')`)
	if n := eval[int](p, `document.querySelectorAll('[data-level]').length`); n != 0 {
		t.Errorf("%d figures carry a level", n)
	}
	p.shots("refused")
	p.typeTrust("10214201:9a77c1")
	p.until("the mistake is told", `document.getElementById('cp-said').innerText.includes('This has 6.') && document.getElementById('cp').getAttribute('aria-invalid') === 'true' && document.querySelector('form.stack button').disabled`)
	p.shots("refused-typo")
	p.typeTrust("10214201:" + strings.Repeat("9a77c1f0", 8))
	p.until("what it is is told", `document.getElementById('cp-said').innerText.includes('Its hash: 9a77c1f0 9a77c1f0') && !document.querySelector('form.stack button').disabled`)
	p.shots("refused-typed")
	eval[bool](p, `(() => { document.querySelector('form.stack button').click(); return true })()`)
	s.tell(func(st *tab.Status) { st.Sync, st.Reason, st.Refusal = tab.Live, "", nil })
	p.until("the page goes on", `!document.getElementById('cp') && document.querySelector('[data-level=proven]')`)
}

func (p *page) typeTrust(text string) {
	p.t.Helper()
	eval[bool](p, `(() => { const f = document.getElementById('cp'); f.focus(); f.value = '`+text+`'; f.dispatchEvent(new Event('input', { bubbles: true })); return true })()`)
}

// TestContradiction holds the page to telling both sides and offering a fresh start.
func TestContradiction(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	s.status.Sync, s.status.Reason = tab.Refused, "Checkpoints contradict each other at block 9,000. Which one is right can’t be told here, so nothing is shown."
	s.status.Refusal = &tab.Refusal{Code: tab.CheckpointConflict, Height: 9000}
	s.status.Trust.Compared = []tab.Checkpoint{
		{Height: 8000, By: "signed by Ben", Known: 1, State: tab.Agrees},
		{Height: 9000, Hash: [32]byte{0x5c, 0x1e}, By: "signed by Ana and 1 unknown party", Known: 1, State: tab.Conflicts},
		{Height: 11000, By: "built in", State: tab.Waiting, Why: "It is above the newest block so far."},
	}
	s.status.Alarms = []tab.Alarm{{Time: 1, Code: tab.CheckpointConflict, Height: 9000, What: "Checkpoints contradict each other: block 9000 is 5c1e by 9000:5c1e (signed by Ana and 1 unknown party), and 77aa by 7312:00ff (the trust root, typed in)."}}
	p := open(t, s, "#/")
	p.until("the reason is told", `[...document.querySelectorAll('[role=alert]')].some(e => e.innerText.includes('contradict each other at block 9,000'))`)
	p.until("both sides are there", `document.body.innerText.includes('signed by Ana and 1 unknown party') && document.getElementById('cp')`)
	if n := eval[int](p, `document.querySelectorAll('[data-level]').length`); n != 0 {
		t.Errorf("%d figures carry a level", n)
	}
	p.shots("contradiction")
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

// TestProgramCutShort holds the page to a sentence where its program does not arrive whole.
func TestProgramCutShort(t *testing.T) {
	s := newScript()
	s.broken = true
	p := open(t, s, "#/")
	p.until("the page says so", `document.querySelector('[role=alert]')?.innerText.includes('The dashboard did not load')`)
	p.until("the state says so", `document.documentElement.dataset.sync === 'refused'`)
	p.shots("cut-short")
}
