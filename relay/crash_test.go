package relay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/wire"
)

// TestKilledNodeKeepsWhatItPublished kills a node of another process at random moments under load, and starts it again:
// it must know each block that it has shown, and go on. RELAY_KILLS sets how often; 3 by default.
func TestKilledNodeKeepsWhatItPublished(t *testing.T) {
	kills := 3
	if text := os.Getenv("RELAY_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	home := t.TempDir()
	g := newGenesis(t, home)
	writeGenesis(t, home, g)
	published := map[uint64]string{}
	highest := uint64(0)
	for round := range kills {
		c := testConfig(home, nil)
		c.BlockTime = 30 * time.Millisecond
		cmd, out := startHelper(t, c)
		lines, first := bufio.NewScanner(out), uint64(0)
		stop := time.Duration(rand.IntN(400)) * time.Millisecond
		for lines.Scan() {
			height, hash, ok := strings.Cut(lines.Text(), " ")
			n, err := strconv.ParseUint(height, 10, 64)
			if !ok || err != nil {
				continue // the test's own output
			}
			if first == 0 {
				first = n
				if n < highest {
					t.Errorf("round %d: the node shows %d as its newest, it had shown %d before it was killed", round, n, highest)
				}
				time.AfterFunc(stop, func() { cmd.Process.Kill() })
			}
			if was, seen := published[n]; seen && was != hash {
				t.Errorf("round %d: block %d was %s, is %s", round, n, was, hash)
			}
			published[n], highest = hash, max(highest, n)
		}
		cmd.Wait()
		if first == 0 {
			t.Fatalf("round %d: the node showed no block", round)
		}
	}
	n := startNode(t, testConfig(home, nil))
	waitFor(t, n, highest+2)
	for height, hash := range published {
		if got := fmt.Sprintf("%x", headerHash(t, n, height)); got != hash {
			t.Errorf("block %d was %s, is %s", height, hash, got)
		}
	}
}

func writeGenesis(t testing.TB, home string, g *chain.Genesis) {
	t.Helper()
	raw, err := g.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(genesisPath(home), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// startHelper runs a node in another process, see TestHelperRun. The home has its genesis already.
func startHelper(t testing.TB, c Config) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperRun$")
	cmd.Env = append(os.Environ(), "RELAY_RUN_HOME="+c.Home, "RELAY_RUN_TIME="+c.BlockTime.String(),
		"RELAY_RUN_LISTEN="+c.PeerListen, "RELAY_RUN_PEERS="+strings.Join(c.Peers, ","))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

// runHelper runs a node in another process until kill is called.
func runHelper(t testing.TB, c Config) (kill func()) {
	t.Helper()
	writeGenesis(t, c.Home, c.Genesis)
	cmd, out := startHelper(t, c)
	read := make(chan struct{})
	go func() {
		defer close(read)
		io.Copy(io.Discard, out)
	}()
	kill = sync.OnceFunc(func() {
		cmd.Process.Kill()
		<-read
		cmd.Wait()
	})
	t.Cleanup(kill)
	return kill
}

// TestHelperRun is the node of another process. It prints what it publishes and submits transfers to itself.
func TestHelperRun(t *testing.T) {
	home := os.Getenv("RELAY_RUN_HOME")
	if home == "" {
		t.Skip("only runs as a helper")
	}
	c := testConfig(home, nil)
	var err error
	if c.BlockTime, err = time.ParseDuration(os.Getenv("RELAY_RUN_TIME")); err != nil {
		t.Fatal(err)
	}
	c.PeerListen = os.Getenv("RELAY_RUN_LISTEN")
	if peers := os.Getenv("RELAY_RUN_PEERS"); peers != "" {
		c.Peers = strings.Split(peers, ",")
	}
	n := startNode(t, c)
	go func() {
		alice, bob := key(t, "//Alice"), key(t, "//Bob").Account()
		for nonce := uint64(0); ; {
			r, err := n.Answers().Submit(context.Background(), transfer(t, n, alice, bob, tao.TAO/1000, nonce))
			if err == nil && (r.Refusal == nil || r.Refusal.Code == "NonceUsed") {
				nonce++
			}
			time.Sleep(2 * time.Millisecond) // 500 a second: four nodes on two processors check each of them
		}
	}()
	for f := n.Answers().Heads().Follow(); ; {
		h, err := f.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%d %x\n", h.Height, h.Hash)
	}
}

func TestBootstrapNamesTheRelayAsItWasReached(t *testing.T) {
	n := devNode(t)
	waitFor(t, n, 1)
	id := n.Multiaddr()[strings.LastIndexByte(n.Multiaddr(), '/'):]
	port := n.host.Addr().Port
	for host, want := range map[string]string{
		n.Addr():                           n.Multiaddr(),
		fmt.Sprintf("localhost:%d", port):  n.Multiaddr(),
		"localhost:9000":                   "/ip4/127.0.0.1/tcp/9000/ws/p2p" + id, // a forwarded port
		"127.0.0.1:9000":                   "/ip4/127.0.0.1/tcp/9000/ws/p2p" + id,
		"[::1]:9000":                       "/ip6/::1/tcp/9000/ws/p2p" + id,
		"192.168.1.5:8080":                 "/ip4/192.168.1.5/tcp/8080/ws/p2p" + id,
		"relay.example":                    "/dns/relay.example/tcp/80/ws/p2p" + id,
		"relay.example:0":                  n.Multiaddr(),
		"a/p2p/b:80":                       n.Multiaddr(),
		strings.Repeat("x", 300) + ":8080": n.Multiaddr(),
	} {
		r, err := http.NewRequest(http.MethodGet, n.URL()+"bootstrap.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode == http.StatusBadRequest { // a host that HTTP itself refuses
			continue
		}
		if !strings.Contains(string(body), fmt.Sprintf("%q", []string{want}[0])) {
			t.Errorf("%s: %s, want %s", host, body, want)
		}
	}
}

func TestAnnouncedAddresses(t *testing.T) {
	home := t.TempDir()
	c := testConfig(home, newGenesis(t, home))
	c.Announce = []string{"/dns/relay.example/tcp/443"}
	if n, err := Start(t.Context(), c); !errors.As(err, new(*multiaddr.Error)) {
		t.Errorf("%v, %v", n, err)
	}
	c.Announce = []string{"/dns/relay.example/tcp/443/tls/ws"}
	n := startNode(t, c)
	waitFor(t, n, 1)
	b := bootstrap(t, n)
	if len(b.Relays) != 1 || !strings.HasPrefix(b.Relays[0], c.Announce[0]+"/p2p/12D3Koo") {
		t.Errorf("relays %v", b.Relays)
	}
	if b.GenesisHash != fmt.Sprintf("%x", n.Answers().Identity().GenesisHash) || b.ChainID != n.ChainID() || wire.BootstrapPath != "/bootstrap.json" {
		t.Errorf("%+v", b)
	}
}
