//go:build !js

package look

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// replayed is what the light node would say of an epoch that it computed again; only a test may name it.
var replayed = func() (l level.Level) {
	if err := l.UnmarshalText([]byte("replayed")); err != nil {
		panic(err)
	}
	return l
}()

// trust answers what is asked about replays, epochs and files.
func (s *script) trust(req tab.Request) (any, error) {
	switch req.Method {
	case tab.Replay:
		var p tab.ReplayParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		s.status.Replay = tab.Replaying{Mode: p.Mode}
		if p.Mode == tab.ReplayEvery {
			s.status.Replay = running(p.Mode, s.status.Head.Height)
		}
		copied := s.status
		s.news = append(s.news, tab.Message{Status: &copied})
		select {
		case s.wake <- struct{}{}:
		default:
		}
		return struct {
			_ struct{} `cbor:",toarray"`
		}{}, nil
	case tab.Once:
		var p tab.OnceParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		if p.Height < 100 {
			return nil, fmt.Errorf("No relay keeps the state before block %d any more.", p.Height)
		}
		return tab.Executed{Level: proven, Height: p.Height, Root: sha256.Sum256([]byte("root")), Txs: 3, Nodes: 412, Bytes: 48_112, Micros: 7_200, Relay: "Birch"}, nil
	case tab.Audit:
		var p tab.AuditParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		if p.Netuid > 9 {
			return nil, fmt.Errorf("subnet %d has had no epoch yet", p.Netuid)
		}
		return report(p.Netuid), nil
	case tab.Explain:
		var p tab.ExplainParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		return explanation(p.UID), nil
	case tab.Series:
		var p tab.SeriesParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		return history(p), nil
	case tab.Save:
		return tab.ProofFile{Name: "account-5Grwv-10311.taoproof", File: []byte("taoproof")}, nil
	case tab.Check:
		var p tab.CheckParams
		if err := codec.Decode(req.Params, &p); err != nil {
			return nil, err
		}
		return proofReport(string(p.File), p.AcceptRoot), nil
	}
	return nil, fmt.Errorf("no method %q", req.Method)
}

// history is a page of figures over time: two of them, and no relay has more.
func history(p tab.SeriesParams) tab.SeriesPage {
	from := p.From
	if from == 0 {
		from = 10_300
	}
	out := tab.SeriesPage{Points: []tab.Figure{}}
	for i := range p.Count {
		h := from - 10*i
		f := tab.Figure{Level: proven, Height: h, Relay: "Birch", Bytes: 900, Nodes: 9}
		wave := (h / 10 * h / 10) % 23
		var result any
		switch p.Kind {
		case tab.NeuronSeries:
			e := view.NeuronEpoch{Netuid: p.Netuid, UID: p.UID, Height: h, Time: 1_700_000_000_000 + 2000*h, Epochs: h / 100, Exists: true, Emission: tao.Amount(200_000_000 + 4_000_000*wave), Incentive: uint16(1400 + 20*wave), RegisteredAt: 7}
			if h < 9_960 {
				e.RegisteredAt = 3
			}
			result = e
		case tab.SharesSeries:
			v := view.Shares{Height: h, Time: 1_700_000_000_000 + 2000*h, Epochs: h / 100, Emission: tao.TAO}
			for s := range uint16(4) {
				v.Shares = append(v.Shares, view.Share{Netuid: s + 1, Emission: tao.Amount(100_000_000*uint64(s+1) + wave*uint64(s)*1_000_000)})
			}
			result = v
		default:
			v := view.Totals{Height: h, Time: 1_700_000_000_000 + 2000*h, Issuance: tao.Amount(h) * tao.TAO, Free: tao.Amount(h) * tao.TAO / 3, Staked: tao.Amount(h)*tao.TAO/2 + tao.Amount(wave)*tao.TAO}
			result = v
		}
		f.Result = codec.MustEncode(result)
		out.Points = append(out.Points, f)
		out.Next = h - 10
	}
	if p.From != 0 {
		out.End = &tab.Error{Code: "state_gone", Message: "no relay asked keeps it"}
	}
	return out
}

func running(mode string, head uint64) tab.Replaying {
	return tab.Replaying{Mode: mode, From: head - 40, To: head - 1, Blocks: 40, Bytes: 1_900_112, Micros: 288_000, Last: head - 1, LastTxs: 3, LastFor: 7_200, LastOf: 48_112}
}

func report(netuid uint16) tab.AuditReport {
	r := tab.AuditReport{Level: replayed, Netuid: netuid, Name: "prose", Height: 10_296, Index: 104, Emission: 40_500_000_000, OwnerCut: 8_900_000_000, Txs: 12, Bytes: 212_000, Micros: 38_000, Relay: "Birch", Differences: []tab.AuditDifference{}}
	for i := range 64 {
		r.Uids = append(r.Uids, tab.AuditUID{Hotkey: keys.Account(sha256.Sum256([]byte{byte(i), byte(netuid)})).String(), Server: uint64(i) * 3_000_000, Right: true})
	}
	if netuid == 3 {
		r.Level = proven
		r.Differences = []tab.AuditDifference{{UID: 37, Column: "incentive", Computed: 1530, Signed: 1531}, {UID: 37, Column: "emission", Computed: 214_725_935, Signed: 215_125_935}}
		r.Uids[37].Right = false
	}
	return r
}

func explanation(uid uint16) tab.Explanation {
	e := tab.Explanation{UID: uid, Stake: 91_000_000_000, StakeShare: 1 << 20, Active: true, Kappa: 1 << 31, Consensus: 90_800_000, Support: 1<<31 + 1<<28, Rank: 85_700_000, Incentive: 100_300_000, Trust: 3_300_000_000, Server: 214_725_935, Votes: []tab.Pair{}, Holdings: []tab.Pair{}}
	stake := uint64(700_000_000)
	for i := range 14 {
		w := uint64(60_000_000 + (i*i*37%29)*7_000_000)
		v := tab.Pair{UID: uint16(3 * i), Stake: stake, Weight: w, Clipped: min(w, e.Consensus), BondBefore: w * 3, BondAfter: w * 3 * uint64(14-i) / 10, Gives: w / 31, Sets: i == 4}
		stake = stake * 8 / 10
		e.Votes = append(e.Votes, v)
	}
	for i := range 5 {
		e.Holdings = append(e.Holdings, tab.Pair{UID: uint16(40 + i), Weight: 1 << 29, Clipped: 1 << 29, Gives: uint64(9-i) * 10_000_000})
	}
	return e
}

// proofReport is what the node would say of a file that says in words what it is.
func proofReport(file string, accept bool) tab.ProofReport {
	root := tab.ProofBlock{Height: 7_312, Hash: sha256.Sum256([]byte("trust"))}
	r := tab.ProofReport{
		Verdict: tab.ProofHolds, Level: proven, Micros: 20_100, Kind: "figure", Bytes: uint64(len(file)), ChainID: "taolight-dev-4be1", Root: root, Standing: "yours", Anchor: root,
		Hops: 2, Top: tab.ProofBlock{Height: 10_311}, Signers: 16, Of: 20, Power: 810, OfPower: 1000, Height: 10_310, Time: 1_700_000_000_000, Nodes: 14, Silent: []string{"anything about later blocks"},
		Figure: &tab.ProofFigure{Program: "account@1", Args: []byte{0x82}, Result: codec.MustEncode(account(keys.Account{4}, 0))},
	}
	names := []string{"file", "chain", "signed", "reached", "witness", "answer"}
	titles := []string{"The file reads cleanly", "Same chain", "Two thirds signed", "Reached from the trust root", "The witness hashes to the signed root", "The answer follows"}
	details := []string{"bundle, version 1, 6.8 kB, canonical encoding", "taolight-dev-4be1 is the one this tab follows", "block 10,311: 16 of 20 producers, 81.0 % of power", "2 hops from block 7,312, 3 days ago", "14 nodes under 7f3a91c4…e20b", "program account@1 run here over the witness"}
	for i := range names {
		r.Steps = append(r.Steps, tab.ProofStep{Name: names[i], Title: titles[i], Detail: details[i], Outcome: "held", Micros: uint64(900 * (i + 1))})
	}
	switch {
	case file == "lie":
		claimed := account(keys.Account{4}, 0)
		claimed.Free += 90_000 * tao.TAO
		r.Verdict, r.Level, r.Code, r.Error = tab.ProofFalse, level.Claimed, "false_answer", "The file claims another answer than account@1 gives over the signed state."
		r.Figure.Computed, r.Figure.Result = r.Figure.Result, codec.MustEncode(claimed)
		r.Steps[5].Outcome, r.Steps[5].Detail = "failed", r.Error
	case file == "foreign" && !accept:
		r.Verdict, r.Level, r.Code, r.Standing, r.Error = tab.ProofUnsure, level.Claimed, "foreign_trust_root", "foreign", "The file begins at block 7,312, which this tab does not trust."
		r.Steps[3].Outcome, r.Steps[3].Detail = "unsure", r.Error
	case file == "foreign":
		r.Standing = "accepted"
	case file == "junk":
		r = tab.ProofReport{Verdict: tab.ProofFalse, Code: "bad_file", Error: "This file is no proof: it is no .taoproof file.", Bytes: 4, Steps: []tab.ProofStep{{Name: "file", Title: titles[0], Detail: "it is no .taoproof file", Outcome: "failed"}}, Silent: []string{}}
	}
	return r
}

// drop gives the page a file as a visitor does who drops it.
func (p *page) drop(name, contents string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => { const d = new DataTransfer(); d.items.add(new File([%q], %q)); for (const kind of ['dragover', 'drop']) document.querySelector('.drop').dispatchEvent(new DragEvent(kind, { dataTransfer: d, bubbles: true, cancelable: true })); return true })()`, contents, name))
}

func TestVerify(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	s.status.Replay = tab.Replaying{Mode: tab.ReplaySampled, Blocks: 38, Last: 10_305, LastTxs: 2, LastFor: 3_000, LastOf: 30_000, Bytes: 999_000, Micros: 80_000}
	p := open(t, s, "#/verify")
	p.until("the page counts replays", `document.body.innerText.includes('38 replays in this visit, all matched')`)
	p.shots("verify-empty")
	p.drop("account-5Grwv-10310.taoproof", "honest")
	p.until("the proof holds", `document.querySelector('#hp').innerText === 'This proof holds.' && document.querySelectorAll('.steps .mark-proven').length === 6`)
	p.until("it says what the file says", `document.querySelector('.kv').innerText.includes('1,284.500312775')`)
	p.shots("verify")
	p.drop("lie.taoproof", "lie")
	p.until("the proof is false", `document.querySelector('#hp').innerText === 'This proof is false.' && document.querySelector('.lied s').innerText.includes('91,284.500312775')`)
	if n := eval[int](p, `document.querySelectorAll('main [data-level=proven]').length`); n != 0 {
		t.Errorf("%d figures of a lie are shown as proven", n)
	}
	p.shots("verify-lie")
	p.drop("foreign.taoproof", "foreign")
	p.until("it is not conclusive", `document.querySelector('#hp').innerText === 'Not conclusive.'`)
	p.shots("verify-foreign")
	eval[bool](p, `[...document.querySelectorAll('button')].find(b => b.innerText.startsWith('I have compared it')).click() ?? true`)
	p.until("it holds from the root that was accepted", `document.querySelector('#hp').innerText === 'This proof holds.'`)
	p.drop("cat.png", "junk")
	p.until("what is no proof is refused", `document.querySelector('#hp').innerText === 'This is no proof.' && !document.querySelector('.panel-alarm') && document.body.innerText.includes('This file is no proof')`)
	typed := func(id, text string) {
		eval[bool](p, fmt.Sprintf(`(() => { const q = document.getElementById(%q); q.value = %q; q.form.requestSubmit(); return true })()`, id, text))
	}
	typed("bh", "10,300")
	p.until("the block matches", `document.querySelector('#bh-say .mark-replayed')?.innerText === 'Block 10,300 replayed. It matches what was signed.'`)
	typed("bh", "99,999")
	p.until("a block ahead is refused", `document.querySelector('#bh-say .error')?.innerText.includes('from 2 to 10,311')`)
	typed("bh", "50")
	p.until("the node's refusal is told", `document.querySelector('#bh-say').innerText.includes('No relay keeps the state')`)
	typed("se", "1")
	p.until("the epoch matches", `document.body.innerText.includes('Epoch 104 replayed. All 64 results match.')`)
	p.shots("verify-epoch")
	eval[bool](p, `document.getElementById('file').focus() ?? true`)
	if !eval[bool](p, `getComputedStyle(document.querySelector('.drop')).outlineStyle === 'solid'`) {
		t.Error("the keyboard’s place is not shown on the file chooser")
	}
}

func TestAuditAndNeuron(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/subnet/3")
	p.until("the neurons are proven", `document.querySelectorAll('[data-program="metagraph@1"][data-level=proven]').length > 64`)
	eval[bool](p, `[...document.querySelectorAll('button')].find(b => b.innerText === 'Replay epoch').click() ?? true`)
	p.until("what differs is told", `document.querySelector('.panel-alarm [role=alert]')?.innerText.includes('Epoch 104 does not follow from its inputs: 2 figures differ. Computed here: 1,530. On chain: 1,531.')`)
	p.shots("audit-differs")
	p.visit("#/neuron/1/37")
	p.until("it is explained", `document.querySelector('h1').innerText === 'Why did uid 37 earn 0.214725935 τ?'`)
	if n := eval[int](p, `document.querySelectorAll('main [data-level]:not([data-level=replayed])').length`); n != 0 {
		t.Errorf("%d figures of a replayed epoch have another level", n)
	}
	p.shots("neuron")
	p.visit("#/neuron/1/99")
	p.until("there is no such uid", `document.querySelector('h1').innerText === 'There was no uid 99'`)
	p.visit("#/neuron/12/0")
	p.until("no epoch is told", `document.querySelector('.lead').innerText.includes('no epoch yet')`)
}

func TestReplayControls(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	s.status.Replay.Mode = tab.ReplaySampled
	p := open(t, s, "#/node")
	p.until("the mode is shown", `document.querySelector('.segment [aria-pressed=true]')?.innerText === 'Sampled'`)
	s.mu.Lock()
	s.level = replayed
	s.mu.Unlock()
	eval[bool](p, `[...document.querySelectorAll('.segment button')].find(b => b.innerText === 'Every block').click() ?? true`)
	p.until("each block is replayed", `document.querySelector('.segment [aria-pressed=true]')?.innerText === 'Every block' && document.body.innerText.includes('blocks 10,272 to 10,311')`)
	p.shots("replay")
	p.visit("#/")
	p.until("figures are replayed", `document.querySelector('[data-program="supply@1"][data-level=replayed]')`)
	eval[bool](p, `document.querySelector('details.menu summary').click() ?? true`)
	p.until("the card says since when", `document.querySelector('details.menu[open]').innerText.includes('Replayed here since block 10,272')`)
	eval[bool](p, `[...document.querySelectorAll('details.menu[open] button')].find(b => b.innerText === 'Save proof').click() ?? true`)
	p.until("the file is made", `document.querySelector('details.menu[open]').innerText.includes('Saved as account-5Grwv-10311.taoproof, 8 B.')`)
	p.shots("card")
	eval[bool](p, `document.querySelector('details.menu[open] a').click() ?? true`)
	p.until("the permalink shows the figure", `location.hash.startsWith('#/proof/10311/supply') && document.querySelector('[data-level=replayed]')`)
	p.shots("permalink")
	s.tell(func(st *tab.Status) { st.Replay.Trouble = "No relay has the state before block 10,312." })
	p.visit("#/node")
	p.until("trouble is told", `document.body.innerText.includes('The next block waits. No relay has')`)
}

// TestFraud holds every page to the alarm, and one to saying what happened.
func TestFraud(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/")
	p.until("a figure is proven", `document.querySelector('[data-level=proven]')`)
	computed, signed := sha256.Sum256([]byte("computed")), sha256.Sum256([]byte("signed"))
	s.tell(func(st *tab.Status) {
		st.Sync, st.Reason = tab.Refused, "Block 10,310 does not lead to what two thirds of the producers signed. Following stops here."
		st.Alarms = []tab.Alarm{{Time: 1, What: "Block 10310 does not lead to what was signed.", Code: "fraud", Height: 10_310}}
		st.Fraud = &tab.Fraud{Height: 10_310, What: "state root", Computed: computed[:], Signed: signed[:], Hash: computed, Next: signed, Signers: s.blocks[1].Signers}
	})
	p.until("every page tells it", `document.querySelector('[role=alert]')?.innerText.includes('Block producers signed something false.')`)
	if n := eval[int](p, `document.querySelectorAll('[data-level]').length`); n != 0 {
		t.Errorf("%d figures still carry a level", n)
	}
	eval[bool](p, `document.querySelector('[role=alert] a').click() ?? true`)
	p.until("the page says what differs", `location.hash === '#/fraud' && document.body.innerText.includes('Signed by producers')`)
	p.shots("fraud")
	s.tell(func(st *tab.Status) {
		st.Fraud.What, st.Fraud.Computed, st.Fraud.Signed, st.Fraud.Reason = "outcome", nil, nil, "a transaction is malformed"
	})
	eval[bool](p, `[...document.querySelectorAll('button')].find(b => b.innerText === 'Save evidence').click() ?? true`)
	p.until("the evidence is saved", `document.body.innerText.includes('Saved as account-5Grwv-10311.taoproof')`)
	p.until("a block that can't be executed is told", `document.body.innerText.includes('a transaction is malformed') && !document.body.innerText.includes('Computed here')`)
}

// TestHistory loads figures over time, to where no relay has more.
func TestHistory(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/neuron/1/37")
	load := func() {
		const button = `[...document.querySelectorAll('button:not([disabled])')].find(b => b.innerText.startsWith('Load 20'))`
		p.until("there is more to load", button)
		eval[bool](p, button+`.click() ?? true`)
	}
	for fragment, want := range map[string]string{"#/neuron/1/37": "Earned 0.", "#/subnets": "Subnet 4", "#/": "Issued 10,"} {
		p.visit(fragment)
		load()
		p.until("it is drawn", `[...document.querySelectorAll('figure.plot')].some(f => f.innerText.startsWith('`+want+`')) && document.querySelectorAll('.plot circle.f-proven').length >= 60`)
		if button := eval[string](p, `[...document.querySelectorAll('button')].find(b => b.innerText.startsWith('Load')).innerText`); !strings.HasPrefix(button, "Load 20 more ") {
			t.Errorf("the button says %q", button)
		}
		load()
		p.until("it ends honestly", `document.body.innerText.includes('No relay keeps older states.') && ![...document.querySelectorAll('button')].some(b => b.innerText.startsWith('Load'))`)
		eval[bool](p, `[...document.querySelectorAll('summary')].find(e => e.innerText === 'Read as a table').click() ?? true`)
		p.until("the table has all", `document.querySelectorAll('details[open] tbody tr').length === 40`)
		p.shots("history-" + strings.Trim(strings.ReplaceAll(fragment, "/", "-"), "#-"))
	}
}

// TestFork tells of two chains, and accuses no relay.
func TestFork(t *testing.T) {
	s := newScript()
	s.status, s.blocks = live(10_312, 20)
	p := open(t, s, "#/")
	p.until("a figure is proven", `document.querySelector('[data-level=proven]')`)
	s.tell(func(st *tab.Status) {
		st.Sync, st.Reason = tab.Refused, "Producers signed two different blocks at 10,311. Following stops here."
		st.Alarms = []tab.Alarm{{Time: 1, Relay: "Birch", What: "two blocks of one height", Code: "fork", Height: 10_311}}
		st.Fork = &tab.Fork{Kind: "equivocation", Shared: 10_310, A: tab.ForkSide{Relay: "Birch", Block: s.blocks[1]}, B: tab.ForkSide{Relay: "Cairn", Block: s.blocks[2]}, Both: s.blocks[1].Signers[:9], Power: 500, Total: 1200,
			Reports: []tab.ForkReport{{Relay: "Birch", Against: "Cairn", Taken: true, Answer: "It found the evidence right."}}}
	})
	p.until("every page tells it", `document.querySelector('[role=alert]')?.innerText.includes('After block 10,310, block producers signed two different chains.')`)
	if eval[bool](p, `/lied/.test(document.body.innerText.replace('A relay lied.', ''))`) {
		t.Error("a relay is accused")
	}
	eval[bool](p, `document.querySelector('[role=alert] a').click() ?? true`)
	p.until("the page says who signed both", `location.hash === '#/fraud' && document.body.innerText.includes('9 producers, 41.6 % of the power') && document.body.innerText.includes('1 relay has taken the evidence')`)
	p.shots("fork")
}
