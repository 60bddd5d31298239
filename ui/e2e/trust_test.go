//go:build !js

package e2e

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/relay"
	"github.com/taolight/taolight/relay/devnet"
	"github.com/taolight/taolight/relay/web"
	"github.com/taolight/taolight/static"
)

// oldChain runs a relay whose chain's first block is dated 20 days ago, and the others now: the first is too old to
// begin at.
func oldChain(t *testing.T) (*relay.Node, relay.Config) {
	t.Helper()
	if missing := static.Built(); missing != nil {
		t.Fatalf("not built: %s; run make build", strings.Join(missing, ", "))
	}
	home := t.TempDir()
	producer, err := relay.Producer(home)
	if err != nil {
		t.Fatal(err)
	}
	genesis, err := devnet.Genesis(producer.PubKey, time.Now().Add(-20*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	cfg := relay.Config{Home: home, Listen: "127.0.0.1:0", BlockTime: 500 * time.Millisecond, Genesis: genesis, Static: static.Files()}
	return startRelay(t, cfg), cfg
}

func startRelay(t *testing.T, cfg relay.Config) *relay.Node {
	t.Helper()
	n, err := relay.Start(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	for deadline := time.Now().Add(patience); n.Height() < 3; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the relay makes no blocks")
		}
	}
	return n
}

// blockOf names a relay's block as a checkpoint.
func blockOf(t *testing.T, n *relay.Node, height uint64) checkpoint.Checkpoint {
	t.Helper()
	reply, err := n.Answers().LightBlock(t.Context(), height)
	if err != nil {
		t.Fatal(err)
	}
	b, err := light.DecodeLightBlock(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return checkpoint.Checkpoint{Block: checkpoint.Block{ChainID: n.ChainID(), Height: b.Height(), Hash: b.Hash(), Time: uint64(b.Header.Time.Unix())}}
}

func root(c checkpoint.Checkpoint) string { return fmt.Sprintf("%d:%x", c.Height, c.Hash) }

func signBy(t *testing.T, c checkpoint.Checkpoint, name string) checkpoint.Checkpoint {
	t.Helper()
	key, err := sign.FromURI(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Sign(key); err != nil {
		t.Fatal(err)
	}
	return c
}

// typed puts a text into the field for a trust root, as pasting it does.
func typed(t *testing.T, tab context.Context, text string) {
	t.Helper()
	eval[bool](t, tab, fmt.Sprintf(`(() => { const f = document.getElementById('cp'); f.focus(); f.select(); return document.execCommand('insertText', false, %q) })()`, text))
}

const trustLine = `document.querySelector('.trust .root').innerText`

// A tab with an expired root refuses and says why, on every page; it explains what is mistyped, and goes live from a fresh
// root, which it remembers.
func TestExpiredRootIsRefusedAndReset(t *testing.T) {
	n, _ := oldChain(t)
	tab := browser(t, "")
	visit(t, tab, n.URL()+"#/blocks?trust="+root(blockOf(t, n, 1)))
	until(t, tab, "it refuses", `document.documentElement.dataset.sync === 'refused' && /too old to trust.*20 days old; the limit is 14/s.test(document.querySelector('[role=alert]')?.innerText)`)
	until(t, tab, "the trust root stands in the line", `/^Trust root 20 days old, from the address/.test(`+trustLine+`)`)
	if got := eval[int](t, tab, proven+".length"); got != 0 {
		t.Errorf("%d figures are shown as proven", got)
	}
	shot(t, tab, "expired", 1440)
	shot(t, tab, "expired", 390)
	fits(t, tab)

	typed(t, tab, "2:9a77c1")
	until(t, tab, "the mistake is told", `/This has 6/.test(document.getElementById('cp-said').innerText) && document.querySelector('#cp').form.querySelector('button').disabled`)
	old := signBy(t, blockOf(t, n, 1), "//Alice")
	typed(t, tab, old.String())
	until(t, tab, "an old one is refused before it is used", `/20 days old; the limit is 14/.test(document.getElementById('cp-said').innerText)`)
	eval[bool](t, tab, `location.hash = '#/', true`)
	until(t, tab, "what was typed stands on another page", `document.querySelector('h1').innerText.includes('checks the chain') && /20 days old/.test(document.getElementById('cp-said').innerText)`)

	fresh := signBy(t, blockOf(t, n, 0), "//Alice")
	typed(t, tab, fresh.Lines())
	until(t, tab, "the fresh one is understood", `/signed by 1 unknown party. Its hash: `+fmt.Sprintf("%x", fresh.Hash[:4])+`/.test(document.getElementById('cp-said').innerText) && !document.querySelector('#cp').form.querySelector('button').disabled`)
	shot(t, tab, "expired-fresh", 1440)
	eval[bool](t, tab, `document.querySelector('#cp').form.querySelector('button').click() ?? true`)
	until(t, tab, "the node is live", live)
	until(t, tab, "a figure is proven", proven+".length > 0")
	until(t, tab, "the line names the new one", `/typed in/.test(`+trustLine+`)`)
	if got := eval[string](t, tab, "location.hash"); strings.Contains(got, "trust=") {
		t.Errorf("the address still names the old one: %s", got)
	}
	visit(t, tab, n.URL())
	until(t, tab, "a later visit is live from it", live+` && /typed in/.test(`+trustLine+`)`)
}

// The host's signed checkpoints are compared with the trust root: agreement is shown, a contradiction stops the tab.
func TestHostsSignedCheckpoints(t *testing.T) {
	n, cfg := oldChain(t)
	cp := signBy(t, signBy(t, blockOf(t, n, 2), "//Alice"), "//Bob")
	n.Close()
	cfg.Checkpoints = []checkpoint.Checkpoint{cp}
	n = startRelay(t, cfg)
	tab := browser(t, "")
	visit(t, tab, n.URL()+"#/node")
	until(t, tab, "agreement is shown", live+` && /block 2, signed by 2 unknown parties/.test(document.querySelector('.kv').innerText) && /Agrees with/.test(document.querySelector('.kv').innerText) && /agrees with 1 other checkpoint/.test(`+trustLine+`)`)
	shot(t, tab, "agrees", 1440)

	// A host that hands out what is not of the chain which its relays serve.
	cp.Hash[0]++
	cp.Signatures = nil
	liar := contradicting(t, n, signBy(t, cp, "//Alice").String())
	tab = browser(t, "")
	visit(t, tab, liar)
	until(t, tab, "it is an alarm", `document.documentElement.dataset.sync === 'refused' && [...document.querySelectorAll('[role=alert]')].some(e => /contradict each other at block 2/.test(e.innerText))`)
	until(t, tab, "both sides are named", `/signed by 1 unknown party/.test(document.querySelector('.troubles').innerText) && /first use/.test(document.querySelector('.troubles').innerText)`)
	if got := eval[int](t, tab, proven+".length"); got != 0 {
		t.Errorf("%d figures are shown as proven", got)
	}
	shot(t, tab, "contradiction", 1440)
}

// contradicting is a host that serves the page and names a relay of somebody else's, and a false checkpoint.
func contradicting(t *testing.T, n *relay.Node, text string) string {
	t.Helper()
	pages, err := web.New(web.Options{
		Static: static.Files(), Loopback: true, Checkpoints: []string{text}, Relays: func(string) []string { return []string{n.Multiaddr()} },
	})
	if err != nil {
		t.Fatal(err)
	}
	pages.Serve(n.Answers())
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	return server.URL
}
