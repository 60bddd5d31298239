package subnet_test

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/ledger/ledgertest"
	"github.com/taolight/taolight/core/subnet"
)

var owner, other = keys.Account{1}, keys.Account{2}

// owned returns a ledger with subnet 1, whose epoch is due every 100 blocks.
func owned(t *testing.T) (*ledger.Ledger, subnet.Entry) {
	t.Helper()
	l := ledgertest.New(t)
	p := hyper.Defaults()
	p.Tempo = 100
	l.Height = 0
	s, err := subnet.Create(l, subnet.Subnet{Netuid: 1, Owner: owner}, p)
	if err != nil {
		t.Fatal(err)
	}
	l.Height = 1
	return l, s
}

func TestSetHyperparameter(t *testing.T) {
	l, s := owned(t)
	set := func(want ledger.Code, netuid uint16, name, value string, signer keys.Account) {
		t.Helper()
		err := subnet.SetHyperparameter{Netuid: netuid, Name: name, Value: value}.Run(l, signer)
		if got := ledgertest.Code(t, err); got != want {
			t.Fatalf("block %d: %s %s: %v, want %s", l.Height, name, value, err, want)
		}
	}
	set(ledger.NetworkDoesNotExist, 2, "kappa", "1", owner)
	set(ledger.NotSubnetOwner, 1, "kappa", "1", other)
	set(ledger.UnknownHyperparameter, 1, "Kappa", "1", owner)
	set(ledger.NotRoot, 1, "tempo", "10", owner)
	set(ledger.StorageValueOutOfRange, 1, "kappa", "65536", owner)
	set(ledger.StorageValueOutOfRange, 1, "kappa", "many", owner)
	set(ledger.StorageValueOutOfRange, 1, "alpha_low", "60000", owner) // above alpha_high
	set(0, 1, "kappa", "1", owner)
	set(0, 1, "yuma3", "true", owner)
	set(0, 1, "alpha_sigmoid_steepness", "-5", owner)

	var last subnet.HyperparameterSet
	events := l.Events()
	if err := codec.Decode(events[len(events)-1].Data, &last); err != nil {
		t.Fatal(err)
	}
	if last.Netuid != 1 || last.Name != "alpha_sigmoid_steepness" || last.Old != "1000" || last.New != "-5" {
		t.Errorf("%+v", last)
	}
	p, err := subnet.ReadParams(l, s.ID)
	if err != nil || p.Kappa != 1 || !p.Yuma3 || p.AlphaSteepness != -5 {
		t.Errorf("%+v, %v", p, err)
	}

	l.Height = 89
	set(ledger.HyperparameterRateLimitExceeded, 1, "kappa", "2", owner)
	set(0, 1, "rho", "11", owner)
	for _, l.Height = range []uint64{90, 100, 101} { // the epoch of block 100 hasn't run
		set(ledger.AdminActionProhibitedDuringWeightsWindow, 1, "max_weight_limit", "2", owner)
	}
	if err := subnet.PutSchedule(l, s.ID, subnet.Schedule{Index: 1, Last: 101, Next: 300}); err != nil {
		t.Fatal(err)
	}
	set(0, 1, "max_weight_limit", "2", owner)
	l.Height = 200
	set(ledger.HyperparameterRateLimitExceeded, 1, "kappa", "2", owner)
	l.Height = 201 // two tempos after the first change
	set(0, 1, "kappa", "2", owner)
}

// Where every block is within ten of an epoch, owners can still set something.
func TestShortTempoLeavesTimeToSet(t *testing.T) {
	l, s := owned(t)
	p, err := subnet.ReadParams(l, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	p.Tempo = 4
	if err := subnet.PutParams(l, s.ID, p); err != nil {
		t.Fatal(err)
	}
	if err := subnet.PutSchedule(l, s.ID, subnet.Schedule{Next: 4}); err != nil {
		t.Fatal(err)
	}
	for height, want := range map[uint64]ledger.Code{1: 0, 2: ledger.AdminActionProhibitedDuringWeightsWindow, 3: ledger.AdminActionProhibitedDuringWeightsWindow} {
		l.Height = height
		refusal, err := l.Scope(func() error {
			return subnet.SetHyperparameter{Netuid: 1, Name: "kappa", Value: "1"}.Run(l, owner)
		})
		if err != nil || (refusal == nil) != (want == 0) || refusal != nil && refusal.Code != want {
			t.Errorf("block %d: %v, %v", height, refusal, err)
		}
	}
}

// Governance changes what owners can't, within the same ranges.
func TestUidsAllowedAreMoreThanThereAre(t *testing.T) {
	l, s := owned(t)
	for i := range 70 {
		if _, err := subnet.Append(l, &s, keys.Account{9, byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	_, spec, _ := hyper.Find("max_allowed_uids")
	for value, want := range map[uint64]ledger.Code{69: ledger.MaxAllowedUIDsNotAllowed, 70: ledger.MaxAllowedUIDsNotAllowed, 71: 0, 63: ledger.StorageValueOutOfRange} {
		if got := ledgertest.Code(t, subnet.Change(l, &s, spec, value)); got != want {
			t.Errorf("%d: %s, want %s", value, got, want)
		}
	}
}

func TestSetIdentity(t *testing.T) {
	l, s := owned(t)
	call := subnet.SetIdentity{Netuid: 1, Name: "prose", URL: "https://example.org", Contact: "@prose", Description: "Texts."}
	for want, err := range map[ledger.Code]error{
		ledger.NotSubnetOwner:      call.Run(l, other),
		ledger.NetworkDoesNotExist: subnet.SetIdentity{Netuid: 3}.Run(l, owner),
		ledger.InvalidIdentity:     subnet.SetIdentity{Netuid: 1, Name: "prose", Description: strings.Repeat("x", subnet.MaxDescription+1)}.Run(l, owner),
		0:                          call.Run(l, owner),
	} {
		if got := ledgertest.Code(t, err); got != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if got := ledgertest.Code(t, subnet.SetIdentity{Netuid: 1, Name: " "}.Run(l, owner)); got != ledger.InvalidIdentity {
		t.Errorf("without a name: %s", got)
	}
	want := subnet.Identity{Name: "prose", URL: "https://example.org", Contact: "@prose", Description: "Texts."}
	if got, err := subnet.ReadIdentity(l, s.ID); got != want || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
}
