//go:build !js

package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/client"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/render"
	"github.com/vugu/vugu"
	"github.com/vugu/vugu/staticrender"
)

// still is a browser that does nothing.
type still struct{}

func (still) Origin() string      { return "http://127.0.0.1:8080" }
func (still) SetSync(string)      {}
func (still) SetTitle(string)     {}
func (still) Arrived()            {}
func (still) Go(string)           {}
func (still) Reload()             {}
func (still) Copy(string)         {}
func (still) Save(string, []byte) {}
func (still) Theme() string       { return "" }
func (still) SetTheme(string)     {}

// deaf is a worker that never answers; the test puts what it would say into the App.
type deaf struct{}

func (deaf) Send([]byte) error          { return nil }
func (deaf) SendFile(_, _ []byte) error { return nil }

func (deaf) Close() {}

func app(t testing.TB, fragment string) *model.App {
	t.Helper()
	a := model.New(still{})
	a.Node = client.New(func(func([]byte), func(string)) (client.Port, error) { return deaf{}, nil }, a.Events(), time.Now, func(time.Duration, func()) {})
	a.Tick(time.Unix(1_700_000_100, 0))
	a.Start(fragment)
	return a
}

// draw builds the whole page, sends it through the renderer, which refuses what must not reach a page, and returns it
// as text.
func draw(t *testing.T, a *model.App) string {
	t.Helper()
	var out strings.Builder
	static := staticrender.New(&out)
	env, err := vugu.NewBuildEnv(static.EventEnv())
	if err != nil {
		t.Fatal(err)
	}
	built := env.RunBuild(&Root{App: a})
	var tree render.Tree
	if _, err := tree.Update(built); err != nil {
		t.Fatal(err)
	}
	if err := static.Render(built); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func named(t testing.TB, name string) (l level.Level) {
	t.Helper()
	if err := l.UnmarshalText([]byte(name)); err != nil {
		t.Fatal(err)
	}
	return l
}

const hostile = `<img src=x onerror=alert(1)>"'&<script>alert(2)</script>`

// full is an App that knows something of everything, with a hostile text wherever a text comes from elsewhere.
func full(t testing.TB, fragment, lvl string) *model.App {
	l := named(t, lvl)
	a := app(t, fragment)
	signers := []tab.Signer{{Power: 2, Signed: true}, {Power: 1}}
	for h := uint64(90); h > 0; h-- {
		a.Blocks = append(a.Blocks, tab.Block{Level: l, Height: h, Time: 1_700_000_000_000 + 2000*h, Signed: 2, Total: 3, Signers: signers})
	}
	a.Heard = true
	a.Status = tab.Status{
		Sync: tab.Live, ChainID: hostile, Build: hostile, Head: &a.Blocks[0], Target: 90,
		Phases: []tab.Phase{{Name: hostile, State: "done", Text: hostile, Micros: 5}, {Name: "x", State: "failed"}},
		Trust:  tab.Trust{Height: 1, Time: 1_700_000_000_000, Source: hostile, Period: 14 * 86400},
		Relays: []tab.Relay{{Name: hostile, Addr: hostile, State: "connected", Error: hostile, Height: 90}, {Name: "b", State: "waiting", Error: hostile, RetryAt: 1_700_000_200_000}},
		Log:    []tab.LogLine{{Kind: "warn", Text: hostile}},
	}
	f := tab.Figure{Level: l, Height: 89, Checked: 1_700_000_099_000, Relay: hostile, Nodes: 14, Bytes: 2100, Micros: 900}
	a.Supply.Has, a.Supply.Figure = true, f
	a.Supply.Value = view.Supply{Time: 1_700_000_000_000, Issuance: 5 * tao.TAO, Free: 5 * tao.TAO, BlockEmission: tao.TAO, NextHalving: 9 * tao.TAO, Cap: tao.Cap, Source: hostile}
	a.Subnets.Has, a.Subnets.Figure = true, f
	a.Subnets.Value.Subnets = []view.Subnet{{Netuid: 1, Name: hostile, Emission: 3}, {Netuid: 2, Name: "javascript:alert(1)", Emission: 1}}
	s := &a.Subnet
	s.Detail.Has, s.Detail.Figure, s.Neurons.Has, s.Neurons.Figure = true, f, true, f
	s.Detail.Value = view.SubnetDetail{Exists: true, Subnet: view.Subnet{Netuid: 1, Name: hostile, Tempo: 10, Next: 93, Uids: 2, MaxUids: 4}, URL: "javascript:alert(1)", Contact: hostile, Description: hostile, Hyperparameters: []view.Hyperparameter{{Name: hostile, Value: hostile}}}
	s.Neurons.Value = view.Metagraph{Netuid: 1, Exists: true, Name: hostile, Uids: 2, Hotkeys: []keys.Account{{1}, {2}}, Stake: []tao.Amount{1, 2}, Emission: []tao.Amount{3, 2_500_000_000}}
	acc := &a.Account.Answer
	acc.Has, acc.Figure = true, f
	acc.Value = view.Account{Exists: true, Free: 7, Staked: 3, Owner: keys.Account{1}, Stakes: []view.Stake{{Pool: 4, Value: 3}}}
	knowMore(a, l, f)
	a.Block.Header.Has, a.Block.Header.Value = true, tab.BlockList{Blocks: a.Blocks[:1]}
	a.Block.Body.Has = true
	a.Block.Body.Value = tab.BlockBody{Level: l, Relay: hostile, Height: 90, Txs: []tab.Tx{
		{Signer: hostile, Call: hostile, Args: []tab.Arg{{Name: hostile, Value: hostile}, {Name: "url", Value: "javascript:alert(1)"}}, Code: 3, Result: hostile},
		{Broken: hostile},
	}}
	return a
}

// knowMore adds what was computed again here and what came of files.
func knowMore(a *model.App, l level.Level, f tab.Figure) {
	a.Status.Replay = tab.Replaying{Mode: tab.ReplayEvery, From: 5, To: 89, Blocks: 85, Trouble: hostile}
	g := &a.Again
	g.Once.Has, g.Once.Value = true, tab.Executed{Level: l, Height: 5, Relay: hostile}
	g.Of, g.Audit.Has = tab.AuditParams{Netuid: 1}, true
	g.Audit.Value = tab.AuditReport{Level: l, Netuid: 1, Name: hostile, Relay: hostile, Height: 88, Uids: []tab.AuditUID{{Hotkey: hostile}, {Hotkey: hostile}}}
	a.Proof.Why.Has, a.Proof.Why.Value = true, tab.Explanation{UID: 1, Server: 3, Incentive: model.One}
	g.Why.Has = true
	g.Why.Value = tab.Explanation{UID: 1, Kappa: model.One / 2, Votes: []tab.Pair{{UID: 0, Stake: 5, Weight: 7, Clipped: 3, BondAfter: 9}, {UID: 9, Weight: 1}}, Holdings: []tab.Pair{{UID: 0, Gives: 4}}}
	a.Link.Query = tab.QueryParams{Program: "account@1", Height: 89, Args: []byte{0x80}}
	a.Link.Figure.Has, a.Link.Figure.Value = true, f
	a.Link.Figure.Value.Result = codec.MustEncode(view.Account{Free: 7, Stakes: []view.Stake{}})
	a.Proof.Name, a.Proof.Report.Has = hostile, true
	a.Proof.Report.Value = tab.ProofReport{Verdict: tab.ProofHolds, Level: l, Kind: "figure", Figure: &tab.ProofFigure{Program: "subnet@1", Result: codec.MustEncode(view.SubnetDetail{Exists: true, Subnet: view.Subnet{Name: hostile}, Hyperparameters: []view.Hyperparameter{}})},
		Steps: []tab.ProofStep{{Title: hostile, Detail: hostile, Outcome: "held"}, {Outcome: "open"}}, Silent: []string{hostile}, Epochs: []tab.ProofEpoch{{Netuid: 1, Index: 7, Neurons: 1, Emission: 9}}}
}

const alicePage = "#/account/" + alice

var fragments = []string{"#/", "#/account", alicePage, "#/account/5short", "#/subnets", "#/subnet/1", "#/subnet/9", "#/blocks", "#/blocks/50", "#/block/90", "#/block/7", "#/node", "#/nowhere", "#/verify", "#/fraud", "#/neuron/1/1", "#/neuron/1/9", "#/proof/89/account@1/80", "#/proof/89/supply@1/80"}

// doubts are states in which producers, or a file, are not what they should be.
var doubts = map[string]func(*model.App){
	"fraud": func(a *model.App) {
		a.Status.Sync, a.Status.Reason = tab.Refused, hostile
		a.Status.Fraud = &tab.Fraud{Height: 5, What: hostile, Computed: []byte{1}, Signed: []byte{2}, Reason: hostile, Signers: []tab.Signer{{Power: 1, Signed: true}, {}}}
		a.Status.Alarms = []tab.Alarm{{What: hostile, Code: "fraud", Height: 5}}
	},
	"fork": func(a *model.App) {
		side := tab.ForkSide{Relay: hostile, Block: a.Blocks[0]}
		a.Status.Sync, a.Status.Reason = tab.Refused, hostile
		a.Status.Fork = &tab.Fork{Kind: hostile, Shared: 80, A: side, B: side, Both: []tab.Signer{{Power: 2}}, Power: 2, Total: 3, Reports: []tab.ForkReport{{Relay: hostile, Answer: hostile, Taken: true}}}
		a.Status.Alarms = []tab.Alarm{{Relay: "b", What: hostile, Code: "fork", Height: 81}}
		a.Proof.Report.Value.Figure, a.Proof.Report.Value.Kind, a.Proof.Report.Value.Fork = nil, "fork", a.Status.Fork
	},
	"differs": func(a *model.App) {
		a.Again.Audit.Value.Differences = []tab.AuditDifference{{UID: 1, Column: hostile, Computed: 1, Signed: 2}, {UID: 300, Column: "emission", Signed: 1<<64 - 1}}
		a.Again.Once.Has, a.Again.Once.Err = false, &tab.Error{Message: hostile}
		a.Proof.Report.Value.Verdict, a.Proof.Report.Value.Error = tab.ProofFalse, hostile
		a.Proof.Report.Value.Figure.Computed = []byte{0xff}
	},
	"transaction": func(a *model.App) {
		r := &a.Proof.Report.Value
		r.Kind, r.Figure, r.Transaction = "transaction", nil, &tab.ProofTx{Tx: tab.Tx{Signer: hostile, Call: hostile, Result: hostile, Code: 4}, Shows: true, Events: []tab.ProofEvent{{Name: hostile, Data: []string{hostile}}}}
		r.Verdict, r.Standing, r.Code, r.Root.Height = tab.ProofUnsure, "foreign", "foreign_trust_root", 7
	},
}

// TestEveryPageInEveryState draws all there is: nothing is refused by the renderer, and each page has one heading.
func TestEveryPageInEveryState(t *testing.T) {
	states := map[string]func(*model.App){
		"full": func(*model.App) {},
		"alarm": func(a *model.App) {
			a.Status.Alarms = []tab.Alarm{{Relay: hostile, What: hostile, Code: hostile, Height: 3}}
		},
		"stalled": func(a *model.App) { a.Status.Sync, a.Status.Reason = tab.Stalled, hostile },
		"refused": func(a *model.App) { a.Status.Sync, a.Status.Reason = tab.Refused, hostile },
		"expired": func(a *model.App) {
			expire(a)
			a.Status.Trust.SignedBy = hostile
			a.Typed = model.TrustForm{Text: "7", Has: true, Said: tab.Examined{Fault: hostile}}
		},
		"contradiction": func(a *model.App) {
			a.Status.Sync, a.Status.Reason, a.Status.Refusal = tab.Refused, hostile, &tab.Refusal{Code: tab.CheckpointConflict, Height: 3}
			a.Status.Alarms = []tab.Alarm{{What: hostile, Code: tab.CheckpointConflict, Height: 3}}
			a.Status.Trust.Compared = []tab.Checkpoint{{Height: 3, By: hostile, State: tab.Conflicts, Why: hostile}, {State: tab.Waiting, By: hostile, Why: hostile}, {State: tab.Agrees, By: hostile}}
			a.Typed = model.TrustForm{Text: "7", Has: true, Said: tab.Examined{Height: 7, SignedBy: hostile}}
		},
		"behind":   func(a *model.App) { a.Status.Sync, a.Status.Target = tab.Verifying, 5000 },
		"no relay": func(a *model.App) { a.Status.Relays, a.Status.Phases, a.Status.Log = nil, nil, nil },
		"failed": func(a *model.App) {
			a.Supply.Has, a.Supply.Err = false, &tab.Error{Message: hostile}
			a.Account.Answer.Has, a.Account.Answer.Err = false, &tab.Error{Message: hostile}
			a.Block.Body.Has, a.Block.Body.Err = false, &tab.Error{Message: hostile}
			a.Block.Header.Value.Blocks, a.Block.Header.Err = nil, &tab.Error{Message: hostile}
			a.Subnets.Has, a.Subnets.Err = false, &tab.Error{Message: hostile}
			a.Subnet.Detail.Has, a.Subnet.Detail.Err = false, &tab.Error{Message: hostile}
			a.Subnet.Neurons.Has, a.Subnet.Neurons.Err = false, &tab.Error{Message: hostile}
			a.List.Err = &tab.Error{Message: hostile}
			a.Again.Audit.Has, a.Again.Audit.Err = false, &tab.Error{Message: hostile}
			a.Link.Figure.Has, a.Link.Figure.Err = false, &tab.Error{Message: hostile}
			a.Proof.Report.Has, a.Proof.Report.Err = false, &tab.Error{Message: hostile}
			a.Again.Err = &tab.Error{Message: hostile}
		},
		"empty": func(a *model.App) {
			a.Account.Answer.Value = view.Account{}
			a.Subnets.Value.Subnets = nil
			a.Subnet.Detail.Value, a.Subnet.Neurons.Value = view.SubnetDetail{}, view.Metagraph{}
			a.Block.Body.Value.Txs = nil
			a.Again.Audit.Value, a.Again.Why.Value, a.Link.Figure.Value, a.Proof.Report.Value = tab.AuditReport{}, tab.Explanation{}, tab.Figure{}, tab.ProofReport{}
		},
		"not a number": func(a *model.App) {
			for i := range a.Blocks {
				a.Blocks[i].Signers, a.Blocks[i].Total, a.Blocks[i].Time = nil, 0, 1<<63
			}
			a.Supply.Value = view.Supply{Issuance: 1<<64 - 1, Free: 1<<64 - 1, Time: 1 << 63, BlockEmission: 1, NextHalving: 1<<64 - 1, Cap: tao.Cap}
			a.Subnets.Value.Subnets[0].Emission, a.Subnets.Value.Subnets[0].Next = 1<<64-1, 1<<64-1
			a.Subnet.Detail.Value.Subnet.Next, a.Subnet.Detail.Value.Subnet.Epochs = 1<<64-1, 1<<64-1
			a.Subnet.Neurons.Value.Emission = []tao.Amount{1<<64 - 1, 1}
			a.Account.Answer.Value.Free, a.Account.Answer.Value.Staked = 1<<64-1, 1<<64-1
			a.Status.Trust.Time, a.Status.Trust.Period = 1<<63, 1<<63
			a.Status.Replay = tab.Replaying{Mode: hostile, From: 1<<64 - 1, To: 1<<64 - 1, Behind: 1<<64 - 1, Blocks: 1<<64 - 1, Bytes: 1<<64 - 1, Micros: 1<<64 - 1, Last: 1<<64 - 1, LastFor: 1<<64 - 1}
			a.Again.Why.Value.Votes[0] = tab.Pair{Stake: 1<<64 - 1, Weight: 1<<64 - 1, Clipped: 1<<64 - 1, BondAfter: 1<<64 - 1, Gives: 1<<64 - 1}
			a.Again.Audit.Value.Emission, a.Proof.Report.Value.Time = 1<<64-1, 1<<63
		},
	}
	maps.Copy(states, doubts)
	for _, fragment := range fragments {
		fresh := draw(t, app(t, fragment))
		if n := strings.Count(fresh, "<h1"); n != 1 {
			t.Errorf("%s before anything is known: %d headings", fragment, n)
		}
		if strings.Contains(fresh, "data-level") {
			t.Errorf("%s shows a level before anything is known", fragment)
		}
		for name, change := range states {
			a := full(t, fragment, "proven")
			change(a)
			page := draw(t, a)
			if n := strings.Count(page, "<h1"); n != 1 {
				t.Errorf("%s %s: %d headings", fragment, name, n)
			}
			if strings.Contains(page, "<img") || strings.Contains(page, "<script") || strings.Contains(page, `href="javascript`) {
				t.Errorf("%s %s: a text became markup", fragment, name)
			}
		}
	}
}

// expire makes the trust root 23 days old, which is too old.
func expire(a *model.App) {
	a.Now = a.Status.Trust.Time + 23*86_400_000
	a.Status.Sync, a.Status.Reason = tab.Refused, "This tab’s checkpoint is too old to trust. It is 23 days old; the limit is 14. Nothing is shown."
	a.Status.Refusal = &tab.Refusal{Code: tab.TrustExpired, Height: 1, Time: a.Status.Trust.Time}
}

// TestTrustRootIsOnEveryPage: its age and source stand on every page, also when there is no network or nothing is shown.
func TestTrustRootIsOnEveryPage(t *testing.T) {
	for name, change := range map[string]func(*model.App){
		"live":    func(*model.App) {},
		"offline": func(a *model.App) { a.Status.Sync, a.Status.Relays = tab.Stalled, nil },
		"lied to": func(a *model.App) { a.Status.Alarms, a.Status.Relays = []tab.Alarm{{Relay: "Gannet"}}, nil },
		"behind":  func(a *model.App) { a.Status.Sync = tab.Verifying },
		"refused": func(a *model.App) { a.Status.Sync = tab.Refused },
		"expired": expire,
	} {
		for _, fragment := range fragments {
			a := full(t, fragment, "proven")
			a.Status.Trust.Source = "typed in"
			change(a)
			line := regexp.MustCompile(`<p class="root"><a href="#/node">([^<]*)</a></p></aside>`).FindStringSubmatch(draw(t, a))
			if want := "Trust root " + old(a.Now, a.Status.Trust.Time) + ", typed in"; line == nil || line[1] != want {
				t.Errorf("%s, %s: %q, want %q", fragment, name, line, want)
			}
		}
	}
}

// TestGuidedReset: a refusal that another trust root may mend offers the field on every page, once, with what it is about.
func TestGuidedReset(t *testing.T) {
	for _, fragment := range fragments {
		a := full(t, fragment, "proven")
		expire(a)
		page := draw(t, a)
		for want, n := range map[string]int{`id="cp"`: 1, `role="alert"`: 1, "Use this checkpoint": 1, "Ask two people who do not know each other": 1, `class="f-alarm"`: 1,
			"limit, 14 days": 1, "This tab’s checkpoint is too old to trust.": 1, "It is 23 days old; the limit is 14.": 1, "Starting from it forgets the trust root at block 1": 1} {
			if got := strings.Count(page, want); got != n {
				t.Errorf("%s: %q stands there %d times", fragment, want, got)
			}
		}
		if fragment != "#/node" && strings.Count(draw(t, full(t, fragment, "proven")), `id="cp"`) != 0 {
			t.Errorf("%s: a field for a trust root where nothing is refused", fragment)
		}
	}
	a := full(t, "#/node", "proven")
	if page := draw(t, a); strings.Count(page, `id="cp"`) != 1 || !strings.Contains(page, "Another trust root") {
		t.Error("the node's page has no field for another trust root")
	}
	a.Typed = model.TrustForm{Text: "7:1", Has: true, Said: tab.Examined{Fault: "This has 1."}}
	page := draw(t, a)
	if !strings.Contains(page, `aria-invalid="true"`) || !strings.Contains(page, `class="error">This has 1.`) || !strings.Contains(page, `disabled`) {
		t.Error("what is wrong with the text is not said")
	}
	a.Typed.Said = tab.Examined{Height: 10_214_201, Hash: [32]byte{0x5c, 0x1e, 0x09, 0xfa, 0xb7}, Time: a.Now - 3*86_400_000, SignedBy: "signed by Ana and Ben"}
	page = draw(t, a)
	if !strings.Contains(page, "Block 10,214,201, 11 Nov 2023, 3 days old, signed by Ana and Ben. Its hash: 5c1e09fa b7000000 ") || strings.Contains(page, "aria-invalid") {
		t.Error("what the text says is not said")
	}
}

var leveled = regexp.MustCompile(`data-level="(\w+)"`)

// TestLevelsAreTheNodes holds the pages to the level that the node named, and to none when nothing may be shown.
func TestLevelsAreTheNodes(t *testing.T) {
	for _, fragment := range []string{"#/", alicePage, "#/subnets", "#/subnet/1", "#/blocks", "#/block/90", "#/neuron/1/1", "#/proof/89/account@1/80"} {
		for _, lvl := range []string{"claimed", "proven", "replayed"} {
			found := leveled.FindAllStringSubmatch(draw(t, full(t, fragment, lvl)), -1)
			if len(found) == 0 {
				t.Errorf("%s: no figure has a level", fragment)
			}
			for _, f := range found {
				if f[1] != lvl {
					t.Errorf("%s: a figure that is %s is shown as %s", fragment, lvl, f[1])
				}
			}
		}
		for name, change := range map[string]func(*model.App){
			"refused": func(a *model.App) { a.Status.Sync, a.Status.Reason = tab.Refused, "It is too old." },
			"lied to": func(a *model.App) {
				a.Status.Alarms, a.Status.Relays = []tab.Alarm{{Relay: "Gannet", What: "It is too old."}}, nil
			},
		} {
			a := full(t, fragment, "proven")
			change(a)
			page := draw(t, a)
			if leveled.MatchString(page) || strings.Contains(page, "0.000000007") {
				t.Errorf("%s, %s: a figure is shown", fragment, name)
			}
			if !strings.Contains(page, `role="alert"`) || !strings.Contains(page, "It is too old.") {
				t.Errorf("%s, %s: the page does not say why", fragment, name)
			}
		}
	}
}

func TestWords(t *testing.T) {
	for fragment, want := range map[string][]string{
		"#/":               {"is signed by <b>1 of 2</b>", "66.6 % of power signed", "Live"},
		alicePage:          {"0.000000003", "14</span> of the tree’s nodes", "The list is complete"},
		"#/account/5short": {"This address is cut short: 6 of 47 or 48 characters."},
		"#/block/90":       {"failed: ", "not signed"},
		"#/node":           {"Forget what is saved", "14 days"},
	} {
		page := draw(t, full(t, fragment, "proven"))
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q", fragment, w)
			}
		}
	}
	a := full(t, alicePage, "proven")
	a.Account.Answer.Value = view.Account{}
	if page := draw(t, a); !strings.Contains(page, "The absence is proven too.") {
		t.Error("an absent account is not said to be proven")
	}
}

// TestNoMarkupInTemplates finds, with its line, what the renderer would refuse only when the page is drawn.
func TestNoMarkupInTemplates(t *testing.T) {
	files, err := filepath.Glob("*_gen.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d generated files, %v", len(files), err)
	}
	markup := regexp.MustCompile(`(literal\(vgn, "|\\x1e)[^"]*\\x3[Cc]`)
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if markup.MatchString(line) {
				t.Errorf("%s:%d: a static element holds elements: give it a dynamic attribute such as :class='\"x\"'", name, i+1)
			}
		}
	}
}
