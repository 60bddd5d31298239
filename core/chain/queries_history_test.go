package chain

import (
	"slices"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/view"
)

func answerOf[T any](t *testing.T, w *world, p Program, args any) (value T) {
	t.Helper()
	raw, err := p.Run(w.tree, codec.MustEncode(args))
	if err == nil {
		err = codec.Decode(raw, &value)
	}
	if err != nil {
		t.Fatalf("%s: %v", p.ID(), err)
	}
	return value
}

// Right after each epoch its program says what the metagraph says, and where the epoch before it was.
func TestEpochQueryFollowsTheEpochs(t *testing.T) {
	g := testGenesis(t)
	g.Subnets[0].Params.Tempo = 5
	w := worldOf(t, g)
	metagraph, _ := Lookup("metagraph@1")
	last, epochs := uint64(0), 0
	for range 33 {
		w.block()
		e := answerOf[view.Epoch](t, w, Epoch, Netuid{Netuid: 1})
		if e.Height != w.height || e.Time == 0 || !e.Exists || e.Uids != 1 {
			t.Fatalf("%+v", e)
		}
		if e.Last == last {
			continue
		}
		if e.Last != w.height || e.Before != last || e.Next <= e.Last {
			t.Errorf("block %d: %+v; the last epoch was in block %d", w.height, e, last)
		}
		m := answerOf[view.Metagraph](t, w, metagraph, MetagraphArgs{Netuid: 1})
		if !slices.Equal(e.Emission, m.Emission) || !slices.Equal(e.Incentive, m.Incentive) || !slices.Equal(e.Dividends, m.Dividends) ||
			!slices.Equal(e.Consensus, m.Consensus) || !slices.Equal(e.ValidatorTrust, m.ValidatorTrust) ||
			!slices.Equal(e.StakeWeight, m.StakeWeight) || !slices.Equal(e.RegisteredAt, m.RegisteredAt) || e.Epochs != m.Epochs || e.Next != m.Next {
			t.Errorf("block %d: %+v, the metagraph says %+v", w.height, e, m)
		}
		last = e.Last
		epochs++
	}
	if epochs < 6 {
		t.Errorf("%d epochs", epochs)
	}
	if e := answerOf[view.Epoch](t, w, Epoch, Netuid{Netuid: 77}); e.Exists || e.Height != w.height {
		t.Errorf("of no subnet: %+v", e)
	}
}

func TestSharesAndTotals(t *testing.T) {
	g := testGenesis(t)
	g.Params.RootTempo = 4
	w := worldOf(t, g)
	last := uint64(0)
	for range 13 {
		w.block()
		s := answerOf[view.Shares](t, w, Shares, None{})
		if s.Last != last {
			if s.Last != w.height || s.Before != last {
				t.Errorf("block %d: %+v after a root epoch in block %d", w.height, s, last)
			}
			last = s.Last
		}
		if s.Height != w.height || len(s.Shares) != 2 || s.Shares[0].Emission != s.Emission || s.Emission == 0 || s.Shares[1].Netuid != 2 {
			t.Errorf("block %d: %+v", w.height, s)
		}
		got := answerOf[view.Totals](t, w, Totals, None{})
		want, err := ledger.ReadTotals(w.tree)
		if err != nil || got.Height != w.height || got.Issuance != want.Issuance || got.Free+got.Reserved+got.Staked+got.Pending != got.Issuance || got.Accounts != want.Accounts {
			t.Errorf("block %d: %+v, %+v, %v", w.height, got, want, err)
		}
	}
	if last == 0 {
		t.Error("no root epoch")
	}
}

// Columns that don't fit the subnet's size are none that a chain made.
func TestEpochQueryRefusesAMadeUpColumn(t *testing.T) {
	w := newWorld(t)
	s, err := subnet.Must(w.tree, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := ledger.Put(w.tree, subnet.Key(s.ID, subnet.FieldColumn).Byte(byte(subnet.Consensus)), []byte{}); err != nil {
		t.Fatal(err)
	}
	if answer, err := Epoch.Run(w.tree, codec.MustEncode(Netuid{Netuid: 1})); err == nil {
		t.Errorf("answered %x", answer)
	}
}
