package node_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

func TestColdVisit(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{})
	s := p.until("live", func(s tab.Status) bool { return s.Sync == tab.Live })
	if s.ChainID != w.ID() || s.Head == nil || s.Head.Height != w.Height() || s.Head.Level != level.Proven || s.Target != w.Height() {
		t.Fatalf("head %+v of %s, target %d", s.Head, s.ChainID, s.Target)
	}
	if s.Trust.Source != "first use, from this page’s host" || s.Trust.Height != 1 || s.Trust.Time == 0 || s.Trust.Pinned == 0 {
		t.Errorf("trust %+v", s.Trust)
	}
	var names []string
	for _, phase := range s.Phases {
		names = append(names, phase.Name+" "+phase.State)
	}
	if got := strings.Join(names, ", "); got != "Trust root done, Saved head done, Relays done, Catch up done, Following now" {
		t.Errorf("phases: %s", got)
	}
	if s.Phases[1].Text != "none yet" || s.Phases[2].Text != "1 of 1 answered" {
		t.Errorf("%+v", s.Phases)
	}
	if s.Counts.Headers == 0 || s.Counts.Signatures == 0 {
		t.Errorf("counts %+v", s.Counts)
	}

	f, supply := p.supply()
	if f.Level != level.Proven || f.Height != w.Height()-1 || f.Relay != s.Relays[0].Name || f.Nodes == 0 || f.Bytes == 0 || supply.Accounts == 0 {
		t.Errorf("%+v: %+v", f, supply)
	}

	before := w.Height()
	w.grow(t, 3)
	p.until("new blocks", func(s tab.Status) bool { return s.Head.Height == before+3 })
	var list tab.BlockList
	p.ask(tab.Blocks, tab.BlocksParams{Count: 5}, &list)
	if len(list.Blocks) != 5 || list.Blocks[0].Height != before+3 || list.Blocks[4].Height != before-1 {
		t.Errorf("%d blocks", len(list.Blocks))
	}
	for _, b := range list.Blocks {
		if b.Level != level.Proven || b.Signed <= b.Total*2/3 || len(b.Signers) != 4 {
			t.Errorf("block %d: %s, %d of %d", b.Height, b.Level, b.Signed, b.Total)
		}
	}
}

func TestWarmVisitNeedsNoHost(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	p := w.page(t, shelf, tab.StartParams{})
	p.until("live", live)
	p.close()
	w.grow(t, 5)
	w.hostFails = errors.New("the host is away")
	p = w.page(t, shelf, tab.StartParams{})
	s := p.until("live again", live)
	if s.Phases[1].Text != "resumed at 3" || s.Trust.Source != "first use, from this page’s host" || s.Head.Height != w.Height() {
		t.Fatalf("%+v, head %+v", s.Phases, s.Head)
	}
	if f, _ := p.supply(); f.Level != level.Proven {
		t.Fatal(f)
	}
}

func TestTrustRoots(t *testing.T) {
	for name, test := range map[string]struct {
		start   func(w *world) tab.StartParams
		builtIn bool
		want    string
		sync    tab.Sync
	}{
		"address":  {func(w *world) tab.StartParams { return tab.StartParams{Trust: w.Trust(2).String()} }, true, "from the address", tab.Live},
		"typed":    {func(w *world) tab.StartParams { return tab.StartParams{Trust: w.Trust(2).String(), Typed: true} }, true, "typed in", tab.Live},
		"built in": {func(w *world) tab.StartParams { return tab.StartParams{} }, true, "built in", tab.Live},
		"host":     {func(w *world) tab.StartParams { return tab.StartParams{} }, false, "first use, from this page’s host", tab.Live},
		"garbage":  {func(w *world) tab.StartParams { return tab.StartParams{Trust: "12:zz"} }, false, "", tab.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if test.builtIn {
				w.builtIn = map[string]light.TrustRoot{w.ID(): w.Trust(3)}
			}
			s := w.page(t, newShelf(), test.start(w)).until(string(test.sync), func(s tab.Status) bool { return s.Sync == test.sync })
			if s.Trust.Source != test.want {
				t.Errorf("source %q", s.Trust.Source)
			}
			if test.sync == tab.Refused && s.Reason == "" {
				t.Error("refused without a reason")
			}
		})
	}
}

func TestPinGoesBeforeBuiltIn(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	p := w.page(t, shelf, tab.StartParams{})
	p.until("live", live)
	p.close()
	w.builtIn = map[string]light.TrustRoot{w.ID(): w.Trust(3)}
	if s := w.page(t, shelf, tab.StartParams{}).until("live", live); s.Trust.Height != 1 {
		t.Fatalf("%+v", s.Trust)
	}
}

func TestRelayRestarts(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	w.relay.stop()
	s := p.until("stalled", func(s tab.Status) bool { return s.Sync == tab.Stalled })
	if !strings.Contains(s.Reason, "No relay answers") {
		t.Errorf("reason %q", s.Reason)
	}
	w.relay.start()
	p.until("live again", live)
	w.grow(t, 1)
	p.until("a new block", func(s tab.Status) bool { return s.Head.Height == w.Height() })
	if f, _ := p.supply(); f.Height != w.Height()-1 {
		t.Errorf("figure of height %d", f.Height)
	}
}

func TestForgedCommit(t *testing.T) {
	w := newWorld(t)
	w.relay.source.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 3 {
			for i := range b.Commit.Signatures {
				b.Commit.Signatures[i].Signature[5] ^= 1
			}
		}
		return b
	}
	p := w.page(t, newShelf(), tab.StartParams{})
	s := p.until("an alarm", func(s tab.Status) bool { return len(s.Alarms) > 0 })
	a := s.Alarms[0]
	if a.Code != "false_signature" || a.Height != 3 || a.Relay != s.Relays[0].Name || !strings.Contains(a.What, "signature") {
		t.Errorf("%+v", a)
	}
	if s.Relays[0].State != "blocked" || s.Relays[0].Lies != 1 || s.Relays[0].Height != 0 || s.Sync == tab.Live || s.Target != 0 {
		t.Errorf("%+v, target %d, %s", s.Relays[0], s.Target, s.Sync)
	}
	if err := p.fail(tab.Query, tab.QueryParams{Program: "supply@1", Args: none}); err.Code == "" {
		t.Error("no code")
	}
}

func TestFlippedBit(t *testing.T) {
	w := newWorld(t)
	truth := w.relay.source.Witnesses
	w.relay.source.Witnesses = func(ctx context.Context, r wire.WitnessRequest) (state.Witness, error) {
		witness, err := truth(ctx, r)
		witness = bytes.Clone(witness)
		if len(witness) > 0 && r.Program == "supply@1" {
			witness[len(witness)/2] ^= 4
		}
		return witness, err
	}
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	err := p.fail(tab.Query, tab.QueryParams{Program: "supply@1", Args: none})
	s := p.until("an alarm", func(s tab.Status) bool { return len(s.Alarms) == 1 })
	if err.Code != s.Alarms[0].Code || s.Relays[0].State != "blocked" || s.Sync == tab.Live {
		t.Errorf("%+v: %+v, %s", err, s.Alarms, s.Sync)
	}
}

func TestHonestRelayAnswersForALiar(t *testing.T) {
	w := newWorld(t)
	liar := w.addRelay()
	liar.source.Tamper = func(b *light.LightBlock) *light.LightBlock {
		b.Header.AppHash[0] ^= 1 // and so another hash than was signed
		return b
	}
	p := w.page(t, newShelf(), tab.StartParams{})
	s := p.until("blocked and live", func(s tab.Status) bool { return s.Sync == tab.Live && len(s.Alarms) == 1 })
	if s.Alarms[0].Relay == s.Relays[0].Name {
		t.Errorf("the honest one is blamed: %+v", s.Alarms)
	}
	if f, _ := p.supply(); f.Level != level.Proven || f.Relay != s.Relays[0].Name {
		t.Error(f)
	}
}

func TestStaleHead(t *testing.T) {
	w := newWorld(t)
	w.setClock(w.Now().Add(time.Hour))
	s := w.page(t, newShelf(), tab.StartParams{}).until("stalled", func(s tab.Status) bool { return s.Sync == tab.Stalled })
	if !strings.HasPrefix(s.Reason, "No new block for 60 min") {
		t.Error(s.Reason)
	}
}

func TestWithheldHead(t *testing.T) {
	w := newWorld(t)
	w.relay.source.Newest = func() uint64 { return 0 } // says nothing at all
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("verifying", func(s tab.Status) bool { return s.Sync == tab.Verifying })
	w.setClock(w.Now().Add(15 * time.Second))
	s := p.until("stalled", func(s tab.Status) bool { return s.Sync == tab.Stalled })
	if !strings.Contains(s.Reason, "no relay shows a block") || len(s.Alarms) > 0 || s.Relays[0].State != "connected" {
		t.Errorf("%q, %+v", s.Reason, s.Alarms)
	}
}

func TestBlocksStopComing(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	w.grow(t, 2)
	p.until("new block", func(s tab.Status) bool { return s.Head.Height == w.Height() })
	w.setClock(w.Now().Add(50 * time.Second)) // four times 12 s are 48
	s := p.until("stalled", func(s tab.Status) bool { return s.Sync == tab.Stalled })
	if !strings.Contains(s.Reason, "one is expected every 12 s") {
		t.Error(s.Reason)
	}
	w.grow(t, 1)
	p.until("live again", live)
}

func TestExpiredTrustRoot(t *testing.T) {
	w := newWorld(t)
	w.setClock(w.Now().Add(23 * 24 * time.Hour))
	p := w.page(t, newShelf(), tab.StartParams{})
	s := p.until("refused", func(s tab.Status) bool { return s.Sync == tab.Refused })
	if s.Reason != "This tab’s checkpoint is too old to trust. It is 23 days old; the limit is 14. Nothing is shown." {
		t.Error(s.Reason)
	}
	if err := p.fail(tab.Query, tab.QueryParams{Program: "supply@1", Args: none}); err.Code != "refused" {
		t.Error(err)
	}
}

func TestExpiredPinYieldsToTheReleases(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	p := w.page(t, shelf, tab.StartParams{})
	p.until("live", live)
	p.close()
	w.Step(lighttest.Spec{Wait: 23 * 24 * time.Hour}, nil)
	w.grow(t, 1)
	w.builtIn = map[string]light.TrustRoot{w.ID(): w.Trust(4)}
	s := w.page(t, shelf, tab.StartParams{}).until("live", live)
	if s.Trust.Source != "built in" || s.Trust.Height != 4 || s.Head.Height != w.Height() {
		t.Errorf("%+v", s.Trust)
	}
	w.page(t, newShelf(), tab.StartParams{Trust: w.Trust(1).String()}).until("refused: the visitor chose it", func(s tab.Status) bool { return s.Sync == tab.Refused })
}

func TestRetryAfterRefusal(t *testing.T) {
	w := newWorld(t)
	w.setClock(w.Now().Add(23 * 24 * time.Hour)) // this computer's clock, not the chain
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("refused", func(s tab.Status) bool { return s.Sync == tab.Refused })
	w.setClock(w.Now())
	p.ask(tab.Retry, nil, nil)
	p.until("live", live)
}

func TestProducersFork(t *testing.T) {
	w := newWorld(t)
	other := w.Fork(2, "other")
	other.Extend(1)
	rival := w.addRelay()
	rival.source.Chain = other
	p := w.page(t, newShelf(), tab.StartParams{})
	s := p.until("refused", func(s tab.Status) bool { return s.Sync == tab.Refused })
	if s.Reason != "Producers signed two different blocks at 3. Following stops here." || len(s.Alarms) == 0 {
		t.Error(s.Reason, s.Alarms)
	}
}

func TestSomebodyElseAnswers(t *testing.T) {
	w := newWorld(t)
	w.relay.impostor = true
	s := w.page(t, newShelf(), tab.StartParams{}).until("an alarm", func(s tab.Status) bool { return len(s.Alarms) > 0 })
	if s.Alarms[0].Code != "wrong_peer" || s.Head != nil {
		t.Errorf("%+v", s.Alarms)
	}
	w.relay.impostor = false // the true one again
}

func TestHostServesAnotherChain(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	p := w.page(t, shelf, tab.StartParams{})
	p.until("live", live)
	p.close()
	w2 := newWorldOf(t, "other-0123456789abcdef")
	w2.relay.addr = w.relay.addr // its successor on the same port
	s := w2.page(t, shelf, tab.StartParams{}).until("live on the new chain", func(s tab.Status) bool { return s.Sync == tab.Live && s.ChainID == w2.ID() })
	if len(s.Alarms) > 0 || s.Head.Hash != w2.Block(0).Hash() {
		t.Errorf("%+v", s)
	}
}

func TestForget(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	p := w.page(t, shelf, tab.StartParams{})
	p.until("live", live)
	p.ask(tab.Forget, nil, nil)
	p.close()
	if n := shelf.size(); n != 0 {
		t.Fatalf("%d values are left", n)
	}
}

func TestBrokenStore(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	shelf.broken = errors.New("no room")
	p := w.page(t, shelf, tab.StartParams{})
	s := p.until("live", live)
	told := 0
	for _, line := range s.Log {
		if strings.Contains(line.Text, "for this visit only") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times: %+v", told, s.Log)
	}
}

func TestAccount(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{})
	var account view.Account
	f := p.run("account@1", codec.MustEncode(accountArgs{Address: rich}), &account)
	if !account.Exists || account.Free != 1_000_000_000_000 || f.Level != level.Proven {
		t.Errorf("%+v", account)
	}
	f = p.run("account@1", codec.MustEncode(accountArgs{Address: keys.Account{9}}), &account)
	if account.Exists || account.Free != 0 || f.Level != level.Proven {
		t.Errorf("%+v", account)
	}
}

func TestOlderBlocks(t *testing.T) {
	w := newWorld(t)
	w.grow(t, 150)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	w.grow(t, 2)
	p.until("new blocks", func(s tab.Status) bool { return s.Head.Height == w.Height() })
	for _, ask := range []struct{ below, count, top, n uint64 }{{0, 72, 155, 72}, {100, 10, 100, 10}, {0, 200, 155, 155}, {3, 10, 3, 3}, {150, 1, 150, 1}, {999, 2, 155, 2}, {0, 0, 155, 0}} {
		before := w.relay.source.Asked.Load()
		var list tab.BlockList
		p.ask(tab.Blocks, tab.BlocksParams{Below: ask.below, Count: ask.count}, &list)
		if uint64(len(list.Blocks)) != ask.n {
			t.Fatalf("%+v: %d blocks", ask, len(list.Blocks))
		}
		for i, b := range list.Blocks {
			if b.Height != ask.top-uint64(i) || b.Hash != w.Block(b.Height).Hash() || b.Level != level.Proven || b.Signed == 0 {
				t.Fatalf("%+v: at place %d %+v", ask, i, b)
			}
		}
		if asked := w.relay.source.Asked.Load() - before; asked > 2*155 {
			t.Errorf("%+v: %d blocks were fetched", ask, asked)
		}
	}
}

func TestGarbageRequests(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	for _, b := range [][]byte{nil, {0}, {0xff}, bytes.Repeat([]byte{0x81}, 1000), make([]byte, 2<<20), []byte("hello")} {
		p.node.Handle(t.Context(), b)
	}
	for name, r := range map[string]struct {
		method string
		params any
	}{
		"unknown method":   {"fly", nil},
		"no parameters":    {tab.Query, nil},
		"wrong parameters": {tab.Blocks, "hello"},
		"unknown program":  {tab.Query, tab.QueryParams{Program: "fly@1"}},
		"bad arguments":    {tab.Query, tab.QueryParams{Program: "account@1", Args: []byte{1, 2, 3}}},
		"another start":    {tab.Start, tab.StartParams{Trust: "1:00"}},
		"future body":      {tab.Body, tab.BodyParams{Height: 1 << 60}},
		"body of nothing":  {tab.Body, tab.BodyParams{}},
	} {
		if err := p.fail(r.method, r.params); err.Code == "" || err.Message == "" {
			t.Errorf("%s: %+v", name, err)
		}
	}
	var list tab.BlockList
	p.ask(tab.Blocks, tab.BlocksParams{Below: 1 << 63, Count: 1 << 63}, &list)
	if uint64(len(list.Blocks)) != w.Height() {
		t.Errorf("%d blocks", len(list.Blocks))
	}
	p.until("still live", live)
}

func TestOtherRulesAreNotShown(t *testing.T) {
	w := newWorld(t)
	w.Step(lighttest.Spec{App: chain.AppVersion + 1}, nil)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	const want = "Block 4 follows version 2 of the rules, this program knows version 1. Update it."
	for method, params := range map[string]any{
		tab.Query: tab.QueryParams{Program: "supply@1", Args: none},
		tab.Body:  tab.BodyParams{Height: w.Height()},
	} {
		if err := p.fail(method, params); err.Code != "unknown_version" || err.Message != want {
			t.Errorf("%s: %s %q", method, err.Code, err.Message)
		}
	}
}

// One relay among others that claims an absurd height does not say how far there is to go.
func TestTargetIsNotOneRelaysWord(t *testing.T) {
	w := newWorld(t)
	w.relay.source.Boast = 1 << 40
	w.addRelay()
	w.addRelay().source.Newest = func() uint64 { return 1 } // stays behind
	s := w.page(t, newShelf(), tab.StartParams{}).until("all relays", func(s tab.Status) bool {
		heard := 0
		for _, r := range s.Relays {
			if r.Height > 0 {
				heard++
			}
		}
		return heard == 3 && s.Head != nil && s.Head.Height == w.Height()
	})
	if s.Target != w.Height() {
		t.Errorf("target %d, the newest block is %d", s.Target, w.Height())
	}
	if s.Relays[0].Height != w.Height()+1<<40 {
		t.Errorf("what the relay claims is not shown: %+v", s.Relays[0])
	}
}
