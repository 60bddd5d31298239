//go:build !js

package e2e

import (
	"os/exec"
	"testing"

	"github.com/taolight/taolight/relay"
	"github.com/taolight/taolight/relay/lying"
)

// TestListedRelayEndsAnEclipse visits a page whose host keeps all newer blocks to itself and names no relay but its own.
// What it can't help proving lists an honest one; the tab finds it there and follows the chain by it.
func TestListedRelayEndsAnEclipse(t *testing.T) {
	home := ""
	n := honestBut(t, func(c *relay.Config) { home = c.Home })
	list := exec.Command(binary(t), "relay", "register", "--home", t.TempDir(), "--node", home, "--relay", "http://"+n.Addr(),
		"--trust", n.first(t).String(), "--from", "//Alice", "--addr", n.Multiaddr(), "--name", "honest", "--yes")
	if out, err := list.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tab := browser(t, "")
	visit(t, tab, n.lies(t, lying.Options{Lie: lying.StaleHead})+"#/node")
	row := `[...document.querySelectorAll('tr')].find(e => e.innerText.includes(` + "`" + n.Multiaddr() + "`" + `))?.innerText ?? ''`
	until(t, tab, "the listed relay is connected", `/on chain/.test(`+row+`) && /connected/.test(`+row+`)`)
	until(t, tab, "the tab follows", live)
	shot(t, tab, "eclipse", 1440)
	nothingFalse(t, tab, false, true)
}
