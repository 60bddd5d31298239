package series_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/light/series"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

const (
	blocks = 200
	tempo  = 10 // an epoch in every tenth block
)

// ledgerOf is a chain of executed blocks whose relays keep so many states, 0 for all. Subnet 1 has four neurons of
// different stake, subnet 2 none; the root network has an epoch in every 25th block.
func ledgerOf(t testing.TB, keep uint64) *lighttest.Ledger { return bentLedger(t, keep, nil) }

// bentLedger is a chain whose producers do with blocks what rules says.
func bentLedger(t testing.TB, keep uint64, rules chain.Rules) *lighttest.Ledger {
	t.Helper()
	alice, err := sign.FromURI("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	params := hyper.Defaults()
	params.Tempo = tempo
	g := &chain.Genesis{
		Name: "series", Time: 1_767_225_600_000, Source: "made up for a test", Params: ledger.DefaultParams(),
		Balances: []chain.Balance{{Address: alice.Account(), Free: 100 * tao.TAO}},
		Subnets: []chain.SubnetOf{
			{Netuid: 1, Name: "one", Owner: alice.Account(), Params: params},
			{Netuid: 2, Name: "two", Owner: alice.Account(), Params: hyper.Defaults()},
		},
	}
	g.Params.RootTempo = 25
	for i := range 4 {
		hot := keys.Account{1, byte(i)}
		g.Subnets[0].Hotkeys = append(g.Subnets[0].Hotkeys, hot)
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: alice.Account(), Hotkey: hot, Amount: tao.Amount(i+1) * tao.TAO})
	}
	l := lighttest.NewLedger(lighttest.Options{Keep: keep}, g)
	l.Rules = rules
	for range blocks + 1 {
		l.Execute(lighttest.Spec{})
	}
	return l
}

// client follows the chain from its newest blocks on, so that it knows of none far below.
func client(t testing.TB, l *lighttest.Ledger, sources ...light.Source) *light.Client {
	t.Helper()
	c, err := light.NewClient(t.Context(), light.Config{ChainID: l.ID(), Trust: l.Trust(blocks), Now: l.Now, Sources: sources, AppVersion: chain.AppVersion})
	if err == nil {
		_, err = c.Sync(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// collect reads a series to its end.
func collect[T any](t *testing.T, s series.Series, ask series.Asker, from uint64, points int) (out []light.Proven[T], end error) {
	t.Helper()
	before := uint64(0)
	for p, err := range s.Points(t.Context(), ask, series.Span{From: from, Points: points}) {
		if end != nil {
			t.Fatal("a series goes on behind its end")
		}
		if end = err; err == nil {
			if len(out) > 0 && p.Height() != before {
				t.Errorf("a point at %d, it should be at %d", p.Height(), before)
			}
			before = p.Before
			value, err := light.As[T](p.Proven)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, value)
		}
	}
	if errors.As(end, new(*series.BeginningError)) && before != 0 {
		t.Errorf("it begins before block %d", before)
	}
	return out, end
}

func heights[T any](points []light.Proven[T]) (all []uint64) {
	for _, p := range points {
		all = append(all, p.Height())
	}
	return all
}

func falling(from, to, step uint64) (all []uint64) {
	for h := from; h >= to && h > 0; h -= step {
		all = append(all, h)
	}
	return all
}

func TestEpochsGoBackToTheFirst(t *testing.T) {
	l := ledgerOf(t, 0)
	c := client(t, l, l.Source("a"))
	if got := series.Newest(c); got != blocks {
		t.Fatalf("newest %d", got)
	}
	metagraph, _ := chain.Lookup("metagraph@1")
	for name, from := range map[string]uint64{"in an epoch's block": 200, "between": 199} {
		points, end := collect[view.Epoch](t, series.Epochs(1), series.Ask(c), from, 100)
		var begins *series.BeginningError
		if !errors.As(end, &begins) || begins.Height != tempo || light.VerdictOf(end) != light.Accept {
			t.Errorf("%s: it ends with %v", name, end)
		}
		if want := falling(from-from%tempo, 1, tempo); !slices.Equal(heights(points), want) {
			t.Fatalf("%s: at %d, want %d", name, heights(points), want)
		}
		for _, p := range points {
			if p.Level() != level.Proven || p.Source() != "a" || p.Value().Epochs != p.Height()/tempo || p.Value().Emission[3] == 0 {
				t.Errorf("%s: %s %+v", name, p.Level(), p.Value())
			}
			h, err := c.At(t.Context(), p.Height()+1)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := c.QueryAt(t.Context(), h, metagraph, codec.MustEncode(chain.MetagraphArgs{Netuid: 1}))
			if err != nil {
				t.Fatal(err)
			}
			if m, err := light.As[view.Metagraph](raw); err != nil || !slices.Equal(m.Value().Emission, p.Value().Emission) || m.Value().Last != p.Height() {
				t.Errorf("%s: the metagraph of block %d says otherwise, %v", name, p.Height(), err)
			}
		}
	}
	// So many as were asked for, and no more is fetched: for each a witness, and for old blocks that of their hash.
	before := c.Counts().Witnesses
	points, end := collect[view.Epoch](t, series.Epochs(1), series.Ask(c), 190, 3)
	if end != nil || !slices.Equal(heights(points), []uint64{190, 180, 170}) || c.Counts().Witnesses != before+6 {
		t.Errorf("three: %d, %v, %d witnesses", heights(points), end, c.Counts().Witnesses-before)
	}
	// Another page goes on where the first ended.
	points, end = collect[view.Epoch](t, series.Epochs(1), series.Ask(c), points[2].Value().Before, 1)
	if end != nil || !slices.Equal(heights(points), []uint64{160}) {
		t.Errorf("the next page: %d, %v", heights(points), end)
	}
	before = c.Counts().Witnesses
	if points, end = collect[view.Epoch](t, series.Epochs(1), series.Ask(c), 200, 1); len(points) != 1 || end != nil || c.Counts().Witnesses != before+1 {
		t.Errorf("the newest: %d, %v, %d witnesses", heights(points), end, c.Counts().Witnesses-before)
	}
	for _, netuid := range []uint16{2, 77} {
		var begins *series.BeginningError
		if points, end := collect[view.Epoch](t, series.Epochs(netuid), series.Ask(c), 200, 5); len(points) != 0 || !errors.As(end, &begins) || begins.Height != 200 {
			t.Errorf("subnet %d: %d, %v", netuid, heights(points), end)
		}
	}
}

func TestTotalsAndShares(t *testing.T) {
	l := ledgerOf(t, 0)
	c := client(t, l, l.Source("a"))
	var begins *series.BeginningError
	totals, end := collect[view.Totals](t, series.Totals(30), series.Ask(c), 200, 100)
	if !slices.Equal(heights(totals), []uint64{180, 150, 120, 90, 60, 30}) || !errors.As(end, &begins) || begins.Height != 30 {
		t.Errorf("totals at %d, %v", heights(totals), end)
	}
	for i, p := range totals {
		v := p.Value()
		if v.Height != p.Height() || v.Free+v.Reserved+v.Staked+v.Pending != v.Issuance || p.Level() != level.Proven || i > 0 && v.Issuance >= totals[i-1].Value().Issuance {
			t.Errorf("%+v", v)
		}
	}
	if totals, end = collect[view.Totals](t, series.Totals(300), series.Ask(c), 200, 100); len(totals) != 0 || !errors.As(end, &begins) || begins.Height != 200 || begins.What == "the chain begins" {
		t.Errorf("before the first: %d, %v", heights(totals), end)
	}
	if totals, end = collect[view.Totals](t, series.Totals(30), series.Ask(c), 100, 2); !slices.Equal(heights(totals), []uint64{90, 60}) || end != nil {
		t.Errorf("two: %d, %v", heights(totals), end)
	}
	shares, end := collect[view.Shares](t, series.Shares(0), series.Ask(c), 199, 100)
	if !slices.Equal(heights(shares), falling(175, 1, 25)) || !errors.As(end, &begins) || begins.Height != 25 {
		t.Errorf("shares at %d, %v", heights(shares), end)
	}
	for _, p := range shares {
		if s := p.Value().Shares; len(s) != 2 || s[0].Emission == 0 || s[0].Emission+s[1].Emission != p.Value().Emission {
			t.Errorf("%+v", p.Value())
		}
	}
	if shares, end = collect[view.Shares](t, series.Shares(50), series.Ask(c), 199, 2); !slices.Equal(heights(shares), []uint64{150, 100}) || end != nil {
		t.Errorf("by blocks: %d, %v", heights(shares), end)
	}
	// Any program.
	supply, _ := chain.Lookup(chain.SupplyQuery)
	every, end := collect[view.Supply](t, series.Every(90, supply, chain.None{}), series.Ask(c), 200, 2)
	at90, _ := collect[view.Totals](t, series.Totals(90), series.Ask(c), 90, 1)
	if !slices.Equal(heights(every), []uint64{180, 90}) || end != nil || len(at90) != 1 || every[1].Value().Issuance != at90[0].Value().Issuance {
		t.Errorf("of the supply: %d, %v", heights(every), end)
	}
}

// Where relays have thrown states away the series ends, and says so.
func TestSeriesEndsWhereStatesAreGone(t *testing.T) {
	l := ledgerOf(t, 35) // after blocks 167 to 201
	c := client(t, l, l.Source("a"), l.Source("b"))
	points, end := collect[view.Epoch](t, series.Epochs(1), series.Ask(c), 200, 100)
	var gone *series.GoneError
	var refusal *wire.Refusal
	if !slices.Equal(heights(points), []uint64{200, 190, 180, 170}) || !errors.As(end, &gone) || gone.Height != 160 ||
		light.Code(end) != "state_gone" || light.VerdictOf(end) != light.Inconclusive || !errors.As(end, &refusal) {
		t.Errorf("at %d, %v", heights(points), end)
	}
	// One that is only busy is another matter: it may have them.
	busy := l.Source("c")
	busy.Witnesses = func(context.Context, wire.WitnessRequest) (state.Witness, error) {
		return nil, &wire.Refusal{Code: wire.CodeBusy, Message: "later"}
	}
	c.Add(busy)
	if _, end := collect[view.Epoch](t, series.Epochs(1), series.Ask(c), 160, 1); end == nil || errors.As(end, &gone) {
		t.Errorf("with a busy one: %v", end)
	}
	// An archive has them all.
	full := ledgerOf(t, 0)
	c.Add(full.Source("archive"))
	if points, end := collect[view.Epoch](t, series.Epochs(1), series.Ask(c), 200, 20); len(points) != 20 || end != nil {
		t.Errorf("with an archive: %d, %v", heights(points), end)
	}
}

// A lie about one point ends the series with its blame; with an honest relay beside the liar every point is right.
func TestAttackOnOnePoint(t *testing.T) {
	l := ledgerOf(t, 0)
	liar := l.Source("liar")
	liar.Witnesses = func(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
		w, err := l.Witness(ctx, req)
		if root, _ := l.Block(171).StateRoot(); err == nil && req.Root == root {
			w[len(w)-1] ^= 1
		}
		return w, err
	}
	points, end := collect[view.Epoch](t, series.Epochs(1), series.Ask(client(t, l, liar)), 200, 20)
	if len(points) != 3 || light.VerdictOf(end) != light.Blame {
		t.Errorf("at %d, %s: %v", heights(points), light.VerdictOf(end), end)
	}
	points, end = collect[view.Epoch](t, series.Epochs(1), series.Ask(client(t, l, liar, l.Source("honest"))), 200, 20)
	if len(points) != 20 || end != nil || points[3].Source() != "honest" {
		t.Errorf("with an honest relay: %d, %v", heights(points), end)
	}
}

// What signed states say of each other must fit: nothing is passed over.
func TestBrokenSeries(t *testing.T) {
	l := ledgerOf(t, 0)
	ask := series.Ask(client(t, l, l.Source("a")))
	for name, other := range map[string]uint64{"the epoch before": 180, "a block later": 191, "a later one": 200} {
		bent := func(ctx context.Context, p chain.Program, args []byte, height uint64) (light.Proven[[]byte], error) {
			if height == 190 {
				height = other
			}
			return ask(ctx, p, args, height)
		}
		points, end := collect[view.Epoch](t, series.Epochs(1), bent, 200, 20)
		var broken *series.BrokenError
		if len(points) != 1 || !errors.As(end, &broken) || broken.Height != 190 || light.VerdictOf(end) != light.Inconclusive {
			t.Errorf("%s: at %d, %v", name, heights(points), end)
		}
	}
}

// schedules are those of subnets 1 and 2 in a state.
type schedules [2]struct {
	subnet.Entry
	subnet.Schedule
}

func (s *schedules) read(w state.Writer) error {
	for i := range s {
		var problem error
		s[i].Entry, _, problem = subnet.Get(w, uint16(i+1))
		if problem == nil {
			s[i].Schedule, problem = subnet.ReadSchedule(w, s[i].ID)
		}
		if problem != nil {
			return problem
		}
	}
	return nil
}

func (s *schedules) write(w state.Writer) error {
	for i := range s {
		err := subnet.PutSchedule(&ledger.Ledger{Writer: w}, s[i].ID, s[i].Schedule)
		if err == nil {
			err = ledger.Put(w, ledger.TableNetuid.Key().U16(uint16(i+1)), s[i].ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A state after an epoch that says something else about it in one respect alone breaks the series, too.
func TestSeriesOverBentStates(t *testing.T) {
	for name, bend := range map[string]func(s *schedules){
		"one more epoch":        func(s *schedules) { s[0].Index++ },
		"one epoch less":        func(s *schedules) { s[0].Index-- },
		"no epoch in it":        func(s *schedules) { s[0].Last-- },
		"itself before it":      func(s *schedules) { s[0].Before = s[0].Last },
		"a later one before it": func(s *schedules) { s[0].Before = s[0].Last + 5 },
		"another's subnet": func(s *schedules) {
			s[1].Schedule = s[0].Schedule
			s[0].ID, s[1].ID = s[1].ID, s[0].ID
		},
	} {
		var before schedules
		l := bentLedger(t, 0, func(w state.Writer, b chain.Block, verify sign.Verifier) (out chain.Outcome, err error) {
			if b.Height == 191 {
				err = before.write(w)
			}
			if err == nil {
				out, err = chain.Execute(w, b, verify)
			}
			if b.Height == 190 && err == nil {
				err = before.read(w)
				bent := before
				bend(&bent)
				err = errors.Join(err, bent.write(w))
			}
			return out, err
		})
		points, end := collect[view.Epoch](t, series.Epochs(1), series.Ask(client(t, l, l.Source("a"))), 200, 20)
		var broken *series.BrokenError
		if len(points) != 1 || !errors.As(end, &broken) || broken.Height != 190 || light.VerdictOf(end) != light.Inconclusive {
			t.Errorf("%s: at %d, %v", name, heights(points), end)
		}
	}
}

func TestSeriesIsBoundedAndEnds(t *testing.T) {
	l := ledgerOf(t, 0)
	ask := series.Ask(client(t, l, l.Source("a")))
	var count *series.CountError
	if points, end := collect[view.Totals](t, series.Totals(1), ask, 200, series.MaxPoints+1); len(points) != 0 || !errors.As(end, &count) {
		t.Errorf("too many: %d, %v", len(points), end)
	}
	if _, end := collect[view.Epoch](t, series.Epochs(1), ask, 200, series.MaxPoints+1); !errors.As(end, &count) {
		t.Errorf("too many: %v", end)
	}
	for _, points := range []int{0, -1} {
		if _, end := collect[view.Epoch](t, series.Epochs(1), ask, 200, points); end != nil {
			t.Errorf("%d points: %v", points, end)
		}
		if got, end := collect[view.Totals](t, series.Totals(1), ask, 200, points); end != nil || len(got) != 0 {
			t.Errorf("%d points: %v", points, end)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	enough := errors.New("enough")
	n := 0
	var end error
	for _, err := range series.Totals(1).Points(ctx, ask, series.Span{From: 200, Points: 100}) {
		if n++; n == 3 {
			cancel(enough)
		}
		end = err
	}
	if n != 4 || end != enough {
		t.Errorf("cancelled: %d, %v", n, end)
	}
	// Heights that no state is known of.
	var reach *light.ReachError
	for _, from := range []uint64{201, 1 << 40, 1<<64 - 1} {
		if _, end := collect[view.Totals](t, series.Totals(1), ask, from, 1); !errors.As(end, &reach) {
			t.Errorf("from %d: %v", from, end)
		}
	}
}
