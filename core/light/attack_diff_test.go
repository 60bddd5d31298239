//go:build !js

package light_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	cmtevidence "github.com/cometbft/cometbft/evidence"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// theirAttack is CometBFT's own newLightClientAttackEvidence, which it doesn't export, on its own types.
func theirAttack(conflicted, trusted, common *cmttypes.LightBlock) *cmttypes.LightClientAttackEvidence {
	ev := &cmttypes.LightClientAttackEvidence{ConflictingBlock: conflicted}
	from := trusted
	if ev.ConflictingHeaderIsInvalid(trusted.Header) {
		from = common
	}
	ev.CommonHeight, ev.Timestamp, ev.TotalVotingPower = from.Height, from.Time, from.ValidatorSet.TotalVotingPower()
	ev.ByzantineValidators = ev.GetByzantineValidators(common.ValidatorSet, trusted.SignedHeader)
	return ev
}

func TestAttacksAreCometBFTs(t *testing.T) {
	d := newDice(7)
	for range 60 {
		for _, as := range assaults(d) {
			ours := light.NewAttack(as.conflicting, as.trusted, as.common)
			conflicting, _ := cmtBlock(t, as.conflicting)
			trusted, _ := cmtBlock(t, as.trusted)
			common, err := cmtBlock(t, as.common)
			if err != nil {
				t.Fatal(err)
			}
			theirs := theirAttack(conflicting, trusted, common)
			if !bytes.Equal(ours.Encode(), theirs.Bytes()) {
				t.Fatalf("%s: %x, want %x", as.kind, ours.Encode(), theirs.Bytes())
			}
			if hash := ours.Hash(); !bytes.Equal(hash[:], theirs.Hash()) || ours.Kind() != as.kind {
				t.Fatalf("%s: hash %x, want %x; kind %s", as.kind, hash, theirs.Hash(), ours.Kind())
			}
			back, err := light.DecodeAttack(ours.Encode())
			if err != nil || !bytes.Equal(back.Encode(), ours.Encode()) {
				t.Fatalf("%s: read back: %v", as.kind, err)
			}
			accepted(t, as, ours)
		}
	}
}

// A block that ran ahead is convicted by the newest one of the chain that is not dated before it.
func TestForwardAttacksAreCometBFTs(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(20)
	ahead := c.Fork(17, "x")
	for range 8 {
		ahead.Add(lighttest.Spec{Wait: 2 * time.Second})
	}
	as := assault{light.Lunatic, ahead.Block(25), c.Block(20), c.Block(17)}
	ours := light.NewAttack(as.conflicting, as.trusted, as.common)
	conflicting, _ := cmtBlock(t, as.conflicting)
	trusted, _ := cmtBlock(t, as.trusted)
	common, err := cmtBlock(t, as.common)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ours.Encode(), theirAttack(conflicting, trusted, common).Bytes()) || ours.Kind() != light.Lunatic {
		t.Fatalf("%x", ours.Encode())
	}
	accepted(t, as, ours)
	early := as
	early.trusted = c.Block(18) // dated before the block that ran ahead: it may be the chain's yet
	if judgedBy(t, early, light.NewAttack(early.conflicting, early.trusted, early.common)) == nil {
		t.Error("convicted though it may be the chain's yet")
	}
}

// accepted has CometBFT's own verification judge our evidence, as it is and with each of its statements falsified.
func accepted(t *testing.T, as assault, ours *light.Attack) {
	t.Helper()
	verify := func(a *light.Attack) error { return judgedBy(t, as, a) }
	if err := verify(ours); err != nil {
		t.Fatalf("%s: CometBFT refuses: %v", as.kind, err)
	}
	for name, falsify := range map[string]func(*light.Attack){
		"power":          func(a *light.Attack) { a.TotalPower++ },
		"one more":       func(a *light.Attack) { a.Byzantine = append(a.Byzantine, light.NewValidator([32]byte{9}, 1)) },
		"the right one":  func(a *light.Attack) { a.Conflicting = as.trusted },
		"false power":    func(a *light.Attack) { a.Byzantine[0].Power++ },
		"somebody else":  func(a *light.Attack) { a.Byzantine[0] = light.NewValidator([32]byte{9}, a.Byzantine[0].Power) },
		"one left out":   func(a *light.Attack) { a.Byzantine = a.Byzantine[1:] },
		"common height":  func(a *light.Attack) { a.CommonHeight = a.Conflicting.Height() + 1 },
		"a bogus signer": func(a *light.Attack) { a.Conflicting.Commit.Signatures[0].Signature[3] ^= 1 },
	} {
		if len(ours.Byzantine) == 0 && slices.Contains([]string{"false power", "somebody else", "one left out"}, name) {
			continue
		}
		bad := *ours
		bad.Byzantine, bad.Conflicting = slices.Clone(ours.Byzantine), lighttest.Copy(ours.Conflicting)
		if falsify(&bad); verify(&bad) == nil {
			t.Errorf("%s: CometBFT accepts it with %s falsified", as.kind, name)
		}
	}
}

// judgedBy is what CometBFT's verification says to evidence, given what the victim holds for right.
func judgedBy(t *testing.T, as assault, a *light.Attack) error {
	t.Helper()
	trusted, _ := cmtBlock(t, as.trusted)
	common, _ := cmtBlock(t, as.common)
	if as.kind != light.Lunatic {
		common = trusted // full nodes take everything from the height that the evidence names
	}
	var p cmtproto.LightClientAttackEvidence
	if err := p.Unmarshal(a.Encode()); err != nil {
		return err
	}
	ev, err := cmttypes.LightClientAttackEvidenceFromProto(&p)
	if err != nil {
		return err
	}
	if len(ev.ByzantineValidators) == 0 {
		ev.ByzantineValidators = nil // CometBFT compares a decoded list with nil, and so refuses all amnesia from others
	}
	return cmtevidence.VerifyLightClientAttack(ev, common.SignedHeader, trusted.SignedHeader, common.ValidatorSet, time.Now(), time.Hour)
}
