package relay

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// freePort returns a port that was free a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// quartet is the homes of four block producers of one chain, and how to run them.
func quartet(t testing.TB) (homes []string, config func(i int) Config) {
	t.Helper()
	var addrs []string
	for range 4 {
		home := t.TempDir()
		id, err := PeerID(home)
		if err != nil {
			t.Fatal(err)
		}
		homes, addrs = append(homes, home), append(addrs, fmt.Sprintf("%s@127.0.0.1:%d", id, freePort(t)))
	}
	g := newGenesis(t, homes...)
	return homes, func(i int) Config {
		c := testConfig(homes[i], g)
		c.BlockTime = 250 * time.Millisecond
		for k, addr := range addrs {
			if _, listen, _ := strings.Cut(addr, "@"); k == i {
				c.PeerListen = listen
			} else {
				c.Peers = append(c.Peers, addr)
			}
		}
		return c
	}
}

// TestFourProducers runs four block producers: all make the same chain and three go on without the fourth. With
// RELAY_LONG set, it comes back and catches up.
func TestFourProducers(t *testing.T) {
	if testing.Short() {
		t.Skip("four nodes")
	}
	const count = 4
	_, config := quartet(t)
	var nodes []*Node
	for i := range 3 {
		nodes = append(nodes, startNode(t, config(i)))
	}
	// The one to be killed is another process: only its end closes all of CometBFT's connections at once.
	kill := runHelper(t, config(3))
	same := func(height uint64) {
		t.Helper()
		want := headerHash(t, nodes[0], height)
		for i, n := range nodes {
			waitFor(t, n, height)
			if got := headerHash(t, n, height); got != want {
				t.Errorf("block %d: producer %d has %x, producer 0 has %x", height, i, got, want)
			}
		}
	}
	for _, n := range nodes {
		waitFor(t, n, 3)
	}
	same(2)
	if set := lightBlock(t, nodes[1], "/v1/lightblock/2").ValidatorSet; set.Size() != count {
		t.Errorf("%d block producers, want %d", set.Size(), count)
	}

	kill()
	waitFor(t, nodes[0], nodes[0].Height()+3)
	if os.Getenv("RELAY_LONG") == "" {
		return // CometBFT takes some 10 s to find its way back
	}
	nodes = append(nodes, startNode(t, config(3)))
	target := nodes[0].Height() + 1
	for _, n := range nodes {
		waitFor(t, n, target)
	}
	same(target - 1)
}
