//go:build !js

package e2e

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/chromedp"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/weights"
	"github.com/taolight/taolight/relay"
	"golang.org/x/crypto/blake2b"
)

// A full market: every subnet has all its uids taken, and every validator says something of every miner.
const (
	subnets    = 32
	uids       = 256
	validators = 64
)

// TestFullMarket keeps one tab replaying every block of a full market for as long as TAOLIGHT_SOAK says, and prints what
// that costs: bytes, computing, memory of tab and relay, tasks that held up the page. Each block has a dense row of weights
// of each validator for one subnet, and every 32nd one has the epochs of all subnets at once. With tempo's default of 360 and
// epochs that are spread it would be a tenth of that, and no block as large.
func TestFullMarket(t *testing.T) {
	length, err := time.ParseDuration(cmp.Or(os.Getenv("TAOLIGHT_SOAK"), "0"))
	if err != nil {
		t.Fatalf("TAOLIGHT_SOAK: %v", err)
	}
	if length == 0 {
		t.Skip("runs with make soak")
	}
	every, err := time.ParseDuration(cmp.Or(os.Getenv("TAOLIGHT_BLOCK_TIME"), relay.DefaultBlockTime.String()))
	if err != nil {
		t.Fatalf("TAOLIGHT_BLOCK_TIME: %v", err)
	}
	voters := make([]*sign.Key, validators)
	for i := range voters {
		if voters[i], err = sign.FromSeed(sign.Sr25519, someone(255, i)); err != nil {
			t.Fatal(err)
		}
	}
	n := honestBut(t, func(c *relay.Config) { c.Genesis, c.BlockTime = crowded(t, c.Genesis, voters), every })
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	refused := make(chan map[string]int, 1)
	go func() { refused <- vote(ctx, n.Node, voters) }()

	tab := browser(t, "")
	visit(t, tab, n.URL()+"#/node")
	until(t, tab, "the node is live", live)
	eval[bool](t, tab, `(() => { window.held = []; window.blocks = new Set(); const last = [...document.querySelectorAll('[aria-labelledby=hx] dt')].at(-1).nextElementSibling; new MutationObserver(() => blocks.add(last.textContent)).observe(last, { childList: true, characterData: true, subtree: true }); new PerformanceObserver(l => l.getEntries().forEach(e => held.push(Math.round(e.duration)))).observe({ type: 'longtask' }); return true })()`)
	press(t, tab, "Every block")
	var seen []sample
	begun := time.Now()
	for time.Since(begun) < length {
		time.Sleep(min(max(length/60, time.Second), time.Minute))
		s := look(t, tab, n.Node, begun)
		seen = append(seen, s)
		t.Log(s)
	}
	if got := eval[bool](t, tab, alarm+" !== null"); got {
		t.Error("an alarm was raised")
	}
	until(t, tab, "the tab is up with the chain", fmt.Sprintf(`/^[01] block/.test((%s)('Behind'))`, fact))
	stop()
	t.Log("transactions refused, by code:", <-refused)
	if half := seen[len(seen)/2:]; length >= time.Hour/2 { // before that, caches fill
		t.Logf("an hour adds %.1f%% to the tab's memory and %.1f%% to the relay's heap, by the second half",
			100*slope(half, func(s sample) float64 { return s.tab }), 100*slope(half, func(s sample) float64 { return s.heap }))
	}
	t.Log("the slowest block:", slowest(eval[[]string](t, tab, "[...blocks]")))
	t.Log("tasks over 50 ms on the page, in ms:", eval[[]int](t, tab, "held"))
}

// fact is a function of the page that reads a term of the panel about replays.
const fact = `name => [...document.querySelectorAll('[aria-labelledby=hx] dt')].find(e => e.textContent === name).nextElementSibling.textContent`

// slowest finds the block that took longest to execute among lines such as "62: 64 transactions, 77 ms, 464.1 kB".
func slowest(lines []string) (line string) {
	most := time.Duration(-1)
	for _, l := range lines {
		parts := strings.Split(l, ", ")
		if took, err := time.ParseDuration(strings.ReplaceAll(parts[max(0, len(parts)-2)], " ", "")); err == nil && took > most {
			most, line = took, l
		}
	}
	return line
}

// sample is what one moment of a soak looks like.
type sample struct {
	hours  float64
	height uint64
	facts  []string // as the page shows them
	tab    float64  // bytes resident in the tab's process
	cpu    float64  // seconds that the tab's process computed, page and node
	heap   float64  // bytes of the relay's heap, after a collection
	held   int      // tasks over 50 ms on the page so far
}

func (s sample) String() string {
	return fmt.Sprintf("%6.2f h, block %d: %s; tab %.0f MB, %.0f s of CPU; relay's heap %.0f MB; %d tasks over 50 ms", s.hours, s.height, strings.Join(s.facts, ", "), s.tab/1e6, s.cpu, s.heap/1e6, s.held)
}

func look(t *testing.T, tab context.Context, n *relay.Node, begun time.Time) sample {
	t.Helper()
	s := sample{hours: time.Since(begun).Hours(), height: n.Height()}
	for _, name := range []string{"Run", "Behind", "Replayed in this visit", "Computing, in all", "Fetched, in all", "Last block"} {
		s.facts = append(s.facts, name+": "+eval[string](t, tab, fmt.Sprintf("(%s)(%q)", fact, name)))
	}
	s.held = eval[int](t, tab, "held.length")
	got, err := chromedp.CallBrowser(tab, systeminfo.GetProcessInfo, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range got.ProcessInfo {
		if p.Type == "renderer" && p.CPUTime > s.cpu {
			s.cpu, s.tab = p.CPUTime, resident(p.ID)
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.heap = float64(m.HeapAlloc)
	return s
}

// resident is how much memory a process has, in bytes; 0 where the system does not tell.
func resident(pid int64) float64 {
	file, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fields := strings.Fields(string(file))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseFloat(fields[1], 64)
	return pages * float64(os.Getpagesize())
}

// slope is by which part of its mean a figure grows in an hour, by least squares.
func slope(of []sample, figure func(sample) float64) float64 {
	var x, y, xy, xx float64
	for _, s := range of {
		x += s.hours / float64(len(of))
		y += figure(s) / float64(len(of))
	}
	for _, s := range of {
		xy += (s.hours - x) * (figure(s) - y)
		xx += (s.hours - x) * (s.hours - x)
	}
	if xx == 0 || y == 0 {
		return 0
	}
	return xy / xx / y
}

// crowded is a genesis with a full market in place of its subnets: the same validators on every subnet, and miners of its own.
func crowded(t *testing.T, g *chain.Genesis, voters []*sign.Key) *chain.Genesis {
	g.Subnets, g.Params.EpochsPerBlock = nil, subnets
	for i, k := range voters {
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: someone(254, i), Hotkey: k.Account(), Amount: tao.Amount(5000+100*i) * tao.TAO})
	}
	for i := range subnets {
		s := chain.SubnetOf{Netuid: uint16(i + 1), Name: fmt.Sprint("subnet ", i+1), Owner: someone(253, i), Params: hyper.Defaults()}
		s.Params.Tempo, s.Params.WeightsRateLimit = subnets-1, 1
		s.Params.Yuma3, s.Params.LiquidAlpha = i%2 == 0, i%4 == 0
		for uid := range uids {
			hotkey := someone(252, i*uids+uid)
			if uid < validators {
				hotkey = voters[uid].Account()
			} else {
				g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: someone(251, i*uids+uid), Hotkey: hotkey, Amount: tao.TAO / 100})
			}
			s.Hotkeys = append(s.Hotkeys, hotkey)
		}
		g.Subnets = append(g.Subnets, s)
	}
	file, err := g.Encode()
	if err == nil {
		g, err = chain.ParseGenesis(file) // sorted
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// vote makes each validator set its weights on one subnet after the other, one in each block, until ctx ends. It returns
// how many transactions were refused, by code: all at the beginning, as permits come with a subnet's first epoch.
func vote(ctx context.Context, n *relay.Node, voters []*sign.Key) map[string]int {
	nonces, refused := make([]uint64, len(voters)), map[string]int{}
	follower := n.Answers().Heads().Follow()
	for {
		head, err := follower.Next(ctx)
		if ctx.Err() != nil {
			return refused
		}
		if err != nil {
			follower = n.Answers().Heads().Follow()
			continue
		}
		for v, k := range voters {
			set := chain.Body{
				Signer: k.Account(), Scheme: k.Scheme(), Nonce: nonces[v], ValidUntil: head.Height + 4,
				Call: "set_weights", Args: codec.MustEncode(opinion(v, head.Height)),
			}
			tx, err := set.Sign(n.ChainID(), k)
			if err != nil {
				panic(err)
			}
			switch reply, err := n.Answers().Submit(ctx, tx); {
			case err != nil:
				refused[err.Error()]++
			case reply.Refusal != nil:
				refused[reply.Refusal.Code]++
			default:
				nonces[v]++
			}
		}
	}
}

// opinion is what a validator says at a height: something of each miner of the subnet whose turn it is.
func opinion(v int, height uint64) weights.Set {
	set := weights.Set{Netuid: uint16(height%subnets) + 1}
	for uid := uint16(validators); uid < uids; uid++ {
		hash := someone(byte(v), int(height)*uids+int(uid))
		set.UIDs, set.Values = append(set.UIDs, uid), append(set.Values, 1+uint16(hash[0])<<7)
	}
	return set
}

// someone is an account that is nobody's, or a seed.
func someone(kind byte, i int) keys.Account {
	return blake2b.Sum256(fmt.Appendf(nil, "%d/%d", kind, i))
}
