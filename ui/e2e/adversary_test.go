//go:build !js

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/relay"
	"github.com/taolight/taolight/relay/consensus"
	"github.com/taolight/taolight/relay/devnet"
	"github.com/taolight/taolight/relay/lying"
	"github.com/taolight/taolight/static"
)

// producer is a real relay in this process, for liars to stand in front of, and the only producer of its chain.
type producer struct {
	*relay.Node
	key ed25519.PrivKey
}

// honest runs one.
func honest(t *testing.T) *producer { return honestBut(t, func(*relay.Config) {}) }

// honestBut runs one with other settings.
func honestBut(t *testing.T, change func(*relay.Config)) *producer { return honestSince(t, 0, change) }

// honestSince runs one whose chain began some time ago.
func honestSince(t *testing.T, ago time.Duration, change func(*relay.Config)) *producer {
	t.Helper()
	home := t.TempDir()
	keys, err := consensus.LoadKeys(home)
	if err != nil {
		t.Fatal(err)
	}
	me, err := relay.Producer(home)
	if err != nil {
		t.Fatal(err)
	}
	genesis, err := devnet.Genesis(me.PubKey, time.Now().Add(-ago))
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
	return &producer{n, keys.Producer.Key.PrivKey.(ed25519.PrivKey)}
}

// lies starts a liar and returns the address of its page.
func (p *producer) lies(t *testing.T, o lying.Options) string {
	t.Helper()
	o.Static, o.Producers = static.Files(), p.key
	l, err := lying.Start(p, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.URL()
}

// first is the trust root at the chain's first block.
func (p *producer) first(t *testing.T) light.TrustRoot {
	t.Helper()
	r, err := p.Answers().LightBlock(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := light.DecodeLightBlock(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return light.TrustRoot{Height: 1, Hash: b.Hash()}
}

// What the page says, as JavaScript.
const (
	stalled = `document.documentElement.dataset.sync === 'stalled'`
	refused = `document.documentElement.dataset.sync === 'refused'`
	accused = `/Relay “[^”]*” lied/.test(document.body.innerText)`
)

func says(pattern string) string { return `/` + pattern + `/i.test(document.body.innerText)` }

// alarmSays is true once an alarm matches the pattern.
func alarmSays(pattern string) string {
	return `[...document.querySelectorAll('[role=alert]')].some(e => /` + pattern + `/i.test(e.textContent))`
}

// alarmNames is true once an alarm matches the pattern and names the relay.
func alarmNames(pattern string) string {
	return `[...document.querySelectorAll('[role=alert]')].some(e => /` + pattern + `/i.test(e.textContent) && /relay “/i.test(e.textContent))`
}

// TestAdversarialRelay plays behaviours of core/light's list, by the same names, to a visitor: each liar is what the
// visitor knows of the world, page, list of relays and relay. The page says what is wrong and who said it, if anybody did,
// and shows nothing as proven that is not.
func TestAdversarialRelay(t *testing.T) {
	if missing := static.Built(); missing != nil {
		t.Fatalf("not built: %s; run make build", strings.Join(missing, ", "))
	}
	n, first := honest(t), browser(t, "")
	lie := func(o lying.Options) func(*testing.T) string {
		return func(t *testing.T) string { return n.lies(t, o) }
	}
	// A trust root below the heads that are lied about: what is false is not simply another block than the trusted one.
	from := func(o lying.Options) func(*testing.T) string {
		return func(t *testing.T) string { return n.lies(t, o) + "#trust=" + n.first(t).String() }
	}
	for _, c := range []struct {
		name  string
		open  func(*testing.T) string // starts it and returns where the visitor goes
		said  string                  // true once the page has said what is wrong
		blame bool                    // a relay is said to have lied
		shows bool                    // some figures are proven: what was true is still shown
	}{
		{"01_withheld_head", lie(lying.Options{Lie: lying.WithheldHead}), stalled + ` && ` + says(`no relay shows a block`), false, false},
		{"03_stale_head", lie(lying.Options{Lie: lying.StaleHead}), stalled + ` && ` + says(`no new block for`), false, true},
		{"04_head_from_the_future", from(lying.Options{Lie: lying.FutureHead}), stalled + ` && ` + says(`ahead of this computer.s clock`), false, true},
		{"05_forged_commit", lie(lying.Options{Lie: lying.ForgedCommit}), alarmNames(`signature`), true, false},
		{"13_equivocation", from(lying.Options{Lie: lying.Equivocation, Beside: []string{n.Multiaddr()}}), refused + ` && ` + alarmSays(`signed two different chains`), false, false},
		{"16_long_range_fork", func(t *testing.T) string {
			old := honestSince(t, 23*24*time.Hour, func(*relay.Config) {})
			return old.lies(t, lying.Options{Lie: lying.Equivocation}) + "#trust=" + old.first(t).String()
		}, refused + ` && ` + says(`too old to trust\.\s+It is 23 days old; the limit is 14\. Nothing is shown`), false, false},
		{"18_false_state_proof", func(t *testing.T) string {
			return n.lies(t, lying.Options{Lie: lying.FalseBalance}) + "#/account/" + largest
		}, alarmNames(`witness`), true, false},
		{"23_oversized_frame", lie(lying.Options{Lie: lying.OversizedFrame}), alarmNames(`announced|frame|bytes`), true, false},
		{"24_slowloris/handshake", lie(lying.Options{Lie: lying.Slowloris, AtOnce: 200}), stalled + ` && ` + says(`no relay answers`), false, false},
		{"24_slowloris/body", lie(lying.Options{Lie: lying.Slowloris, AtOnce: 1500}), stalled + ` && ` + says(`no relay (shows a block|answers)`), false, false},
		{"man_in_the_middle", lie(lying.Options{Lie: lying.ManInTheMiddle}), alarmNames(`somebody else answers`), true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tab := another(t, first)
			visit(t, tab, c.open(t))
			until(t, tab, "the page says what is wrong", c.said)
			shot(t, tab, "lie-"+strings.ReplaceAll(c.name, "/", "-"), 1440)
			nothingFalse(t, tab, c.blame, c.shows)
		})
	}
}

// nothingFalse looks at who is blamed, and whether anything is still shown as proven.
func nothingFalse(t *testing.T, tab context.Context, blame, shows bool) {
	t.Helper()
	if got := eval[bool](t, tab, accused); got != blame {
		t.Errorf("a relay is said to have lied: %t, want %t:\n%s", got, blame, eval[string](t, tab, `document.body.innerText`))
	}
	if got := eval[int](t, tab, proven+".length"); got != 0 && !shows {
		t.Errorf("%d figures are shown as proven:\n%s", got, eval[string](t, tab, proven+".map(e => e.outerHTML).join('\\n')"))
	}
}

// TestAdversarialProducers has a tab execute each block again. What two thirds of the producers signed is proven, until it
// turns out not to follow from the chain.
func TestAdversarialProducers(t *testing.T) {
	first := browser(t, "")
	for _, c := range []struct {
		name  string
		rules chain.Rules
	}{
		{"21_false_execution", lighttest.PayFriend.From(12)},
		{"22_epoch_off_by_one", lighttest.RaiseIncentive.From(2)},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := honestBut(t, func(config *relay.Config) {
				config.Rules, config.BlockTime = c.rules, 200*time.Millisecond
			})
			tab := another(t, first)
			visit(t, tab, fmt.Sprintf("http://%s/#/node", n.Addr()))
			until(t, tab, "the node is live", live)
			press(t, tab, "Every block")
			until(t, tab, "the fraud is told", refused+` && `+alarmSays(`block [\d,]+ does not lead to what`))
			shot(t, tab, "fraud-"+c.name, 1440)
			nothingFalse(t, tab, false, false)
		})
	}
}
