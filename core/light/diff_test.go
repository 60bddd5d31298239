//go:build !js

package light_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// These tests hold this package equal to CometBFT's own: types.Header.Hash and its sisters for hashes and sign bytes,
// light.Verify for verdicts, the generated protobuf for encodings.

func cmtID(id light.BlockID) cmttypes.BlockID {
	return cmttypes.BlockID{Hash: id.Hash, PartSetHeader: cmttypes.PartSetHeader{Total: id.PartsTotal, Hash: id.PartsHash}}
}

func cmtBlock(t *testing.T, b *light.LightBlock) (*cmttypes.LightBlock, error) {
	t.Helper()
	var pb cmtproto.LightBlock
	if err := pb.Unmarshal(b.Encode()); err != nil {
		return nil, err
	}
	return cmttypes.LightBlockFromProto(&pb)
}

func TestHashesAreCometBFTs(t *testing.T) {
	d := newDice(1)
	for range 3000 {
		h := light.Header{BlockVersion: d.Uint64() >> d.IntN(64), AppVersion: d.Uint64() >> d.IntN(64), ChainID: string(d.bytes(d.IntN(51))),
			Height: uint64(d.Int64()), Time: d.time(), LastBlockID: d.id(), LastCommitHash: d.bytes(d.IntN(33)), DataHash: d.bytes(32), ValidatorsHash: d.bytes(32),
			NextValidatorsHash: d.bytes(32), ConsensusHash: d.bytes(32), AppHash: d.bytes(d.IntN(65)), LastResultsHash: d.bytes(32), EvidenceHash: d.bytes(32), ProposerAddress: d.bytes(20)}
		theirs := cmttypes.Header{Version: cmtversion.Consensus{Block: h.BlockVersion, App: h.AppVersion}, ChainID: h.ChainID, Height: int64(h.Height), Time: h.Time,
			LastBlockID: cmtID(h.LastBlockID), LastCommitHash: h.LastCommitHash, DataHash: h.DataHash, ValidatorsHash: h.ValidatorsHash, NextValidatorsHash: h.NextValidatorsHash,
			ConsensusHash: h.ConsensusHash, AppHash: h.AppHash, LastResultsHash: h.LastResultsHash, EvidenceHash: h.EvidenceHash, ProposerAddress: h.ProposerAddress}
		if got := h.Hash(); !bytes.Equal(got[:], theirs.Hash()) {
			t.Fatalf("header hash %x, want %x, of %+v", got, theirs.Hash(), h)
		}
		c := light.Commit{Height: h.Height, Round: d.Int32() >> d.IntN(31) & math.MaxInt32, BlockID: d.id()}
		tc := cmttypes.Commit{Height: int64(c.Height), Round: c.Round, BlockID: cmtID(c.BlockID)}
		for i := range d.IntN(4) {
			s := light.CommitSig{Flag: light.Flag(2 + d.IntN(2)), Address: d.bytes(20), Time: d.time(), Signature: d.bytes(64)}
			c.Signatures = append(c.Signatures, s)
			tc.Signatures = append(tc.Signatures, cmttypes.CommitSig{BlockIDFlag: cmttypes.BlockIDFlag(s.Flag), ValidatorAddress: s.Address, Timestamp: s.Time, Signature: s.Signature})
			if got, want := c.SignBytes(h.ChainID, i), tc.VoteSignBytes(h.ChainID, int32(i)); !bytes.Equal(got, want) {
				t.Fatalf("sign bytes %x, want %x", got, want)
			}
		}
		checkRoots(t, d)
	}
}

func checkRoots(t *testing.T, d dice) {
	t.Helper()
	var txs [][]byte
	var theirTxs cmttypes.Txs
	var results []wire.TxResult
	var theirs []*abci.ExecTxResult
	for range d.IntN(9) {
		tx := d.bytes(d.IntN(50))
		r := wire.TxResult{Code: d.Uint32() >> d.IntN(33), Data: d.bytes(d.IntN(10)), GasUsed: d.Uint64() >> (1 + d.IntN(63))}
		txs, theirTxs = append(txs, tx), append(theirTxs, tx)
		results = append(results, r)
		theirs = append(theirs, &abci.ExecTxResult{Code: r.Code, Data: r.Data, GasWanted: int64(r.GasUsed), GasUsed: int64(r.GasUsed), Log: "not hashed", Codespace: "neither"})
	}
	if got := light.DataHash(txs); !bytes.Equal(got[:], theirTxs.Hash()) {
		t.Fatalf("data hash of %x", txs)
	}
	if got, err := light.ResultsHash(results); err != nil || !bytes.Equal(got[:], cmttypes.NewResults(theirs).Hash()) {
		t.Fatalf("results hash of %+v: %v", results, err)
	}
}

func TestEvidenceHashIsCometBFTs(t *testing.T) {
	d := newDice(2)
	val := cmttypes.NewValidator(cmttypes.NewMockPV().PrivKey.PubKey(), 10)
	for n := range 4 {
		var list cmttypes.EvidenceList
		for range n {
			vote := func() *cmttypes.Vote {
				return &cmttypes.Vote{Type: cmtproto.PrecommitType, Height: 5, BlockID: cmtID(light.BlockID{Hash: d.bytes(32), PartsTotal: 1, PartsHash: d.bytes(32)}),
					Timestamp: d.time(), ValidatorAddress: val.Address, Signature: d.bytes(64)}
			}
			ev, err := cmttypes.NewDuplicateVoteEvidence(vote(), vote(), time.Unix(9, 0), cmttypes.NewValidatorSet([]*cmttypes.Validator{val}))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, ev)
		}
		pb, err := (&cmttypes.EvidenceData{Evidence: list}).ToProto()
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := pb.Marshal()
		if got, err := light.EvidenceHash(raw); err != nil || !bytes.Equal(got[:], list.Hash()) {
			t.Errorf("%d pieces: %x, want %x, %v", n, got, list.Hash(), err)
		}
		for i := range raw {
			raw[i] ^= 1
			if got, err := light.EvidenceHash(raw); err == nil && bytes.Equal(got[:], list.Hash()) {
				t.Errorf("byte %d changed, same hash", i)
			}
			raw[i] ^= 1
		}
	}
}

// The state machine is told of the same convictions here as by CometBFT.
func TestConvictionsAreCometBFTs(t *testing.T) {
	d := newDice(3)
	var all []*cmttypes.Validator
	for range 4 {
		all = append(all, cmttypes.NewValidator(cmttypes.NewMockPV().PrivKey.PubKey(), 10))
	}
	chain := lighttest.New(lighttest.Options{}).Extend(9)
	conflicting, err := cmtBlock(t, chain.Block(9))
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		var list cmttypes.EvidenceList
		for range d.IntN(4) {
			vote := func() *cmttypes.Vote {
				return &cmttypes.Vote{Type: cmtproto.PrevoteType, Height: int64(d.Uint32()), Round: d.Int32() & 7, BlockID: cmtID(d.id()),
					Timestamp: d.time(), ValidatorAddress: all[d.IntN(4)].Address, ValidatorIndex: 3, Signature: d.bytes(64)}
			}
			if d.IntN(2) == 0 {
				list = append(list, &cmttypes.DuplicateVoteEvidence{VoteA: vote(), VoteB: vote(), TotalVotingPower: 40, ValidatorPower: 10, Timestamp: d.time()})
			} else {
				list = append(list, &cmttypes.LightClientAttackEvidence{ConflictingBlock: conflicting, CommonHeight: int64(1 + d.IntN(9)),
					ByzantineValidators: all[:d.IntN(5)], TotalVotingPower: 40, Timestamp: d.time()})
			}
		}
		pb, err := (&cmttypes.EvidenceData{Evidence: list}).ToProto()
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := pb.Marshal()
		got, err := light.Convictions(raw)
		want := list.ToABCI()
		if err != nil || len(got) != len(want) {
			t.Fatalf("%v, %d of %d", err, len(got), len(want))
		}
		for i, m := range want {
			if got[i].Height != uint64(m.Height) || !bytes.Equal(got[i].Address[:], m.Validator.Address) {
				t.Errorf("%d: %+v, want %+v", i, got[i], m)
			}
		}
	}
}
