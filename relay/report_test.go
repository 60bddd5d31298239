package relay

import (
	"context"
	"errors"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// A chain whose only producer signed twice goes on with him: without him nobody would make a block.
func TestEvidenceAgainstTheLastProducer(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	home := t.TempDir()
	n := startNode(t, testConfig(home, newGenesis(t, home)))
	waitFor(t, n, 2)
	_, source := visit(t, n)
	truth := settledBlock(t, ctx, source, n)
	keys := keysOf(t, []string{home})
	attack := func(change func(*light.LightBlock)) []byte {
		return light.NewAttack(twisted(t, truth, change, keys), truth, oneBlock(t, ctx, source, truth.Height()-1)).Encode()
	}
	expect := func(name, code string, raw []byte) {
		t.Helper()
		err := n.chain.Report(raw)
		var no *wire.Refusal
		if errors.As(err, &no); code == "" && err != nil || code != "" && (no == nil || no.Code != code) {
			t.Errorf("%s: %v, want %q", name, err, code)
		}
	}
	expect("another round", wire.CodeInvalidEvidence, attack(func(b *light.LightBlock) { b.Header.DataHash[0] ^= 1; b.Commit.Round++ }))
	expect("another chain", wire.CodeInvalidEvidence, attack(func(b *light.LightBlock) { b.Header.DataHash[0] ^= 1; b.Header.ChainID = "other" }))
	expect("a crowd of strangers", wire.CodeTooLarge, attack(func(b *light.LightBlock) {
		var crowd []lighttest.Producer
		for i := range 900 {
			crowd = append(crowd, lighttest.Producer{Key: lighttest.KeyOf("crowd", i), Power: 1})
		}
		b.Validators = lighttest.Set(crowd)
		hash := b.Validators.Hash()
		b.Header.ValidatorsHash = hash[:]
		signature := b.Commit.Signatures[0]
		b.Commit.Signatures = nil
		for range crowd {
			b.Commit.Signatures = append(b.Commit.Signatures, signature)
		}
	}))
	good := attack(func(b *light.LightBlock) { b.Header.DataHash[0] ^= 1 })
	expect("the evidence", "", good)
	expect("at once again", wire.CodeKnownEvidence, good)
	at := blockWithEvidence(t, ctx, source, n, truth.Height()+1)
	expect("after a block holds it", wire.CodeKnownEvidence, good)
	waitFor(t, n, at+3)
	if set := oneBlock(t, ctx, source, at+3).Validators.List; len(set) != 1 || set[0].Address != truth.Validators.List[0].Address {
		t.Errorf("producers afterwards: %+v", set)
	}
}
