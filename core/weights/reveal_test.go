package weights

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/yuma"
)

func secretMarket(t testing.TB) *market {
	return newMarket(t, func(p *hyper.Params) { p.CommitReveal, p.WeightsRateLimit = true, 0 })
}

// opening is a row of all weight to one uid.
func opening(to uint16, salt ...uint16) Opening {
	return Opening{UIDs: []uint16{to}, Values: []uint16{1}, Salt: salt}
}

func commit(uid int, o Opening) Commit { return Commit{Netuid: 1, Hash: Seal(hotkey(uid), 1, o)} }

func show(o Opening) Reveal {
	return Reveal{Netuid: 1, UIDs: o.UIDs, Values: o.Values, Salt: o.Salt, Version: o.Version}
}

func TestP24CommitHash(t *testing.T) {
	alice, err := sign.FromURI("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	o := Opening{UIDs: []uint16{0, 1}, Values: []uint16{10, 10}, Salt: []uint16{1, 2, 3, 4, 5, 6, 7, 8}}
	const want = "d9bf9b22a51844e113d525eaadc9ae576918c6590431b199dd8534c19cebc517"
	if got := Seal(alice.Account(), 1, o).String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Lengths of 64 and of 16384 are where SCALE's compact form takes more bytes.
func TestCompactLengths(t *testing.T) {
	for n, want := range map[uint32]string{0: "00", 1: "04", 63: "fc", 64: "0101", 16_383: "fdff", 16_384: "02000100", 65_535: "feff0300"} {
		if got := fmt.Sprintf("%x", appendCompact(nil, n)); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

// P25: a commit is revealed in one epoch only.
func TestP25CommitTiming(t *testing.T) {
	m := secretMarket(t)
	first, second := opening(2, 1), opening(3, 2)
	m.epoch(7)
	m.want(0, commit(1, first), 1)
	m.want(ledger.RevealTooEarly, show(first), 1)
	m.epoch(8)
	m.want(0, show(first), 1)
	m.want(ledger.NoWeightsCommitFound, show(first), 1)
	m.want(0, commit(1, second), 1)
	m.epoch(10)
	m.want(ledger.ExpiredWeightCommit, show(second), 1)
	m.want(ledger.NoWeightsCommitFound, show(first), 1)
	if got, want := m.row(m.s.ID, 1), (yuma.Row{{UID: 2, Value: 65_535}}); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRevealsOfTheWrongThing(t *testing.T) {
	m := secretMarket(t)
	o := opening(2, 1, 2, 3)
	m.want(0, commit(1, o), 1)
	m.want(0, commit(0, o), 0)
	m.epoch(1)
	for name, wrong := range map[string]Opening{
		"salt": opening(2, 1, 2, 4), "uid": opening(3, 1, 2, 3),
		"value":   {UIDs: o.UIDs, Values: []uint16{2}, Salt: o.Salt},
		"version": {UIDs: o.UIDs, Values: o.Values, Salt: o.Salt, Version: 1},
	} {
		if got := m.run(show(wrong), 1); got != ledger.InvalidRevealCommitHashNotMatch {
			t.Errorf("another %s: %s", name, got)
		}
	}
	m.want(ledger.NoWeightsCommitFound, show(o), 2)
	m.want(ledger.NotRegistered, show(o), 9)
	m.want(ledger.WeightVecNotEqualSize, Reveal{Netuid: 1, UIDs: []uint16{1}}, 1)
	m.want(ledger.NetworkDoesNotExist, Reveal{Netuid: 7}, 1)
	m.want(ledger.CommitRevealDisabled, Reveal{}, 1)
	m.want(0, show(o), 1)
	m.want(0, show(o), 0)
}

// A reveal that a guard refuses keeps the commit, so that it can be tried again.
func TestRevealsAreGuardedAndFailuresKeepTheCommit(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) { p.CommitReveal, p.WeightsRateLimit, p.WeightsVersion = true, 0, 7 })
	for name, c := range map[string]struct {
		uid  int
		o    Opening
		want ledger.Code
	}{
		"version":    {1, Opening{UIDs: []uint16{2}, Values: []uint16{1}, Version: 6}, ledger.IncorrectNetworkVersionKey},
		"permit":     {2, Opening{UIDs: []uint16{1}, Values: []uint16{1}, Version: 7}, ledger.NoValidatorPermit},
		"duplicates": {1, Opening{UIDs: []uint16{2, 2}, Values: []uint16{1, 1}, Version: 7}, ledger.DuplicateUids},
		"uid":        {1, Opening{UIDs: []uint16{4}, Values: []uint16{1}, Version: 7}, ledger.InvalidUid},
		"too many":   {1, Opening{UIDs: make([]uint16, 5), Values: make([]uint16, 5)}, ledger.TooManyUids},
		"too few":    {1, Opening{Version: 7}, ledger.NotSettingEnoughWeights},
	} {
		m.epoch(10)
		m.want(0, commit(c.uid, c.o), c.uid)
		m.epoch(11)
		for range 2 {
			if got := m.run(show(c.o), c.uid); got != c.want {
				t.Errorf("%s: got %s, want %s", name, got, c.want)
			}
		}
		m.epoch(20)
	}
}

func TestGuardsOfACommit(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) { p.CommitReveal = true })
	c := commit(1, opening(2))
	m.want(ledger.NetworkDoesNotExist, Commit{Netuid: 7}, 1)
	m.want(ledger.CommitRevealDisabled, Commit{Netuid: 0}, 1)
	m.want(ledger.HotKeyNotRegisteredInSubNet, c, 9)
	m.want(0, c, 1)
	if got := m.lastUpdate(1); got != 1 {
		t.Errorf("last update in block %d: who commits is active", got)
	}
	m.Height = 10
	m.want(ledger.CommittingWeightsTooFast, c, 1)
	m.Height = 11
	m.want(0, c, 1)
	plain := newMarket(t, nil)
	plain.want(ledger.CommitRevealDisabled, c, 1)
}

// Reveals neither count for the rate limit nor wait for it.
func TestCommitsCountForTheRateLimitAndRevealsDoNot(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) { p.CommitReveal = true })
	first, second := opening(2, 1), opening(3, 2)
	m.want(0, commit(1, first), 1)
	m.epoch(1) // block 2
	m.want(0, show(first), 1)
	m.Height = 10
	m.want(ledger.CommittingWeightsTooFast, commit(1, second), 1)
	m.Height = 11
	m.want(0, commit(1, second), 1)
	if got := m.lastUpdate(1); got != 11 {
		t.Errorf("last update in block %d", got)
	}
}

func TestTenCommitsWaitAtMost(t *testing.T) {
	m := secretMarket(t)
	for i := range MaxCommits {
		m.want(0, commit(1, opening(2, uint16(i))), 1)
	}
	m.want(ledger.TooManyUnrevealedCommits, commit(1, opening(2, 99)), 1)
	m.epoch(1)
	m.want(0, show(opening(2, 4)), 1) // drops the five older ones
	m.want(ledger.InvalidRevealCommitHashNotMatch, show(opening(2, 3)), 1)
	for i := range 5 {
		m.want(0, commit(1, opening(3, uint16(i))), 1)
	}
	m.want(ledger.TooManyUnrevealedCommits, commit(1, opening(2, 99)), 1)
	m.epoch(2) // what was committed in epoch 0 is over
	m.want(0, commit(1, opening(2, 99)), 1)
	m.want(ledger.InvalidRevealCommitHashNotMatch, show(opening(2, 9)), 1)
	m.want(0, show(opening(3, 0)), 1)
}

func TestBatchReveal(t *testing.T) {
	m := secretMarket(t)
	a, b := opening(2, 1), opening(3, 2)
	m.want(0, commit(1, a), 1)
	m.want(0, commit(1, b), 1)
	m.epoch(1)
	m.want(ledger.InvalidBatchSize, BatchReveal{Netuid: 1}, 1)
	m.want(ledger.InvalidBatchSize, BatchReveal{Netuid: 1, Items: make([]Opening, MaxCommits+1)}, 1)
	m.want(ledger.NoWeightsCommitFound, BatchReveal{Netuid: 1, Items: []Opening{b, a}}, 1) // b dropped a
	m.want(0, BatchReveal{Netuid: 1, Items: []Opening{a, b}}, 1)
	if got, want := m.row(m.s.ID, 1), (yuma.Row{{UID: 3, Value: 65_535}}); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Who takes over a uid between commit and reveal is not given what was meant for somebody else.
func TestNewcomersGetNothingFromOldCommits(t *testing.T) {
	m := secretMarket(t)
	o := Opening{UIDs: []uint16{2, 3}, Values: []uint16{4, 1}}
	m.want(0, commit(1, o), 1)
	m.epoch(1)
	must(t, subnet.Replace(m.Ledger, &m.s, 2, hotkey(7)))
	m.want(0, commit(1, opening(2)), 1)
	m.want(0, show(o), 1)
	if got, want := m.row(m.s.ID, 1), (yuma.Row{{UID: 3, Value: 65_535}}); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCommitBlocks(t *testing.T) {
	m := secretMarket(t)
	m.want(0, commit(1, opening(2, 1)), 1) // block 1, epoch 0
	m.want(0, commit(3, opening(3, 1)), 3)
	m.epoch(1)
	m.want(0, commit(1, opening(2, 2)), 1) // block 2, epoch 1
	for epoch, want := range map[uint64][]uint64{
		1: {yuma.NoCommit, 1, yuma.NoCommit, 1},
		2: {yuma.NoCommit, 2, yuma.NoCommit, yuma.NoCommit},
		3: {yuma.NoCommit, yuma.NoCommit, yuma.NoCommit, yuma.NoCommit},
	} {
		got, err := CommitBlocks(m.Ledger, m.s.ID, 4, epoch, 1)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("epoch %d: got %v (%v), want %v", epoch, got, err, want)
		}
	}
	m.want(0, show(opening(2, 1)), 1)
	if got, _ := CommitBlocks(m.Ledger, m.s.ID, 4, 1, 1); got[1] != 2 {
		t.Errorf("after the reveal: block %d", got[1])
	}
}

func TestHashText(t *testing.T) {
	var c Commit
	const digits = "d9bf9b22a51844e113d525eaadc9ae576918c6590431b199dd8534c19cebc517"
	for _, text := range []string{digits, "0x" + digits} {
		if err := json.Unmarshal([]byte(`{"netuid":1,"hash":"`+text+`"}`), &c); err != nil || c.Hash.String() != digits {
			t.Errorf("%s: got %s (%v)", text, c.Hash, err)
		}
	}
	for _, text := range []string{"", digits[1:], digits + "00", "zz" + digits[2:]} {
		if err := json.Unmarshal([]byte(`{"hash":"`+text+`"}`), &c); err == nil {
			t.Errorf("%q was read as %s", text, c.Hash)
		}
	}
}
