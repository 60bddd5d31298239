//go:build !js

package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/relay"
	"github.com/taolight/taolight/relay/devnet"
	"github.com/taolight/taolight/relay/lying"
	"github.com/taolight/taolight/static"
)

// honest runs a real relay in this process, for the liars to stand in front of.
func honest(t *testing.T) *relay.Node { return honestBut(t, func(*relay.Config) {}) }

// honestBut is honest with another setting.
func honestBut(t *testing.T, change func(*relay.Config)) *relay.Node {
	t.Helper()
	home := t.TempDir()
	producer, err := relay.Producer(home)
	if err != nil {
		t.Fatal(err)
	}
	genesis, err := devnet.Genesis(producer.PubKey, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	config := relay.Config{Home: home, Listen: "127.0.0.1:0", BlockTime: 500 * time.Millisecond, Genesis: genesis, Static: static.Files()}
	change(&config)
	n, err := relay.Start(context.Background(), config)
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

// Each liar is what its visitor knows of the world: page, bootstrap and relay. The page says what was wrong and who
// said it, and shows nothing as proven.
func TestLyingRelayIsCaught(t *testing.T) {
	if missing := static.Built(); missing != nil {
		t.Fatalf("not built: %s; run make build", strings.Join(missing, ", "))
	}
	n := honest(t)
	cases := []struct {
		lie  lying.Lie
		page string // where the visitor goes
		said string // JavaScript that is true once the page has said what is wrong
	}{
		{lying.ForgedCommit, "", alarmSays(`signature`)},
		{lying.FalseBalance, "#/account/" + largest, alarmSays(`witness`)},
		{lying.OversizedFrame, "", alarmSays(`announced|frame|bytes`)},
		{lying.ManInTheMiddle, "", alarmSays(`somebody else answers`)},
		{lying.StaleHead, "", `/no new block/i.test(document.body.innerText) && document.documentElement.dataset.sync === 'stalled'`},
	}
	for _, c := range cases {
		t.Run(string(c.lie), func(t *testing.T) {
			liar, err := lying.Start(n, lying.Options{Lie: c.lie, Static: static.Files()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { liar.Close() })
			tab := browser(t, "")
			visit(t, tab, liar.URL()+c.page)
			until(t, tab, "the page says what is wrong", c.said)
			shot(t, tab, "lie-"+string(c.lie), 1440)
			if c.lie == lying.StaleHead {
				return // what it showed before it fell silent was true
			}
			if got := eval[int](t, tab, proven+".length"); got != 0 {
				t.Errorf("%d figures are shown as proven:\n%s", got, eval[string](t, tab, proven+".map(e => e.outerHTML).join('\\n')"))
			}
		})
	}
}

// alarmSays is true once an alarm matches the pattern and names the relay.
func alarmSays(pattern string) string {
	return `[...document.querySelectorAll('[role=alert]')].some(e => /` + pattern + `/i.test(e.textContent) && /relay/i.test(e.textContent))`
}
