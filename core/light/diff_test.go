//go:build !js

package light_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtmath "github.com/cometbft/cometbft/libs/math"
	cmtlight "github.com/cometbft/cometbft/light"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// These tests hold this package equal to CometBFT's own: types.Header.Hash and its sisters for hashes and sign bytes,
// light.Verify for verdicts, the generated protobuf for encodings.

type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 1))} }

func (d dice) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(d.Uint32())
	}
	return b
}

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func (d dice) time() time.Time {
	switch d.IntN(8) {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(0, 0).UTC()
	case 2:
		return time.Unix(-d.Int64N(1<<35), d.Int64N(1e9)).UTC()
	default:
		return time.Unix(d.Int64N(1<<33), d.Int64N(1e9)).UTC()
	}
}

func (d dice) id() light.BlockID {
	if d.chance(10) {
		return light.BlockID{}
	}
	return light.BlockID{Hash: d.bytes(32), PartsTotal: d.Uint32(), PartsHash: d.bytes(32)}
}

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

// randomChain has six blocks whose producers change at random.
func randomChain(d dice) *lighttest.Chain {
	pick := func() (out []lighttest.Producer) {
		power := int64(1) << d.IntN(56)
		for i := range 1 + d.IntN(9) {
			if d.chance(70) || i == 0 {
				out = append(out, lighttest.Producer{Key: lighttest.KeyOf("diff", i+d.IntN(2)*20), Power: 1 + d.Int64N(power)})
			}
		}
		return out
	}
	c := lighttest.New(lighttest.Options{ChainID: "diff", Producers: pick()})
	for range 6 {
		s := lighttest.Spec{}
		if d.chance(40) {
			s.Next = pick()
		}
		c.Add(s)
	}
	return c
}

// spoil changes a block in one of many ways, some of them harmless, and says which and whether the change is one that
// only this package refuses.
func spoil(d dice, c *lighttest.Chain, b *light.LightBlock) (what string, stricter bool) {
	vals, sigs := b.Validators.List, b.Commit.Signatures
	i, j := d.IntN(len(vals)), d.IntN(len(vals))
	switch d.IntN(26) {
	case 0, 1, 2, 3, 4:
		return "nothing", false
	case 5, 6, 7, 8:
		var silent []int
		for n := range vals {
			if d.chance(30) {
				silent = append(silent, n)
			}
		}
		c.Seal(b, silent...)
		return "silent producers", false
	case 9:
		for n := range sigs {
			if d.chance(40) {
				b.Commit.Signatures[n].Flag = light.FlagNil
				b.Commit.Signatures[n].Signature = ed25519.Sign(c.KeyFor(vals[n].PubKey), b.Commit.SignBytes(b.Header.ChainID, n))
			}
		}
		return "votes for nil", false
	case 10:
		b.Commit.Round = d.Int32N(100)
		for n := range sigs {
			c.Sign(b, n, c.KeyFor(vals[n].PubKey))
		}
		return "another round", false
	case 11:
		sigs[i].Signature[d.IntN(64)] ^= 1 << d.IntN(8)
		return "false signature", false
	case 12:
		sigs[i], sigs[j] = sigs[j], sigs[i]
		return "swapped signatures", false
	case 13:
		sigs[i].Signature = sigs[j].Signature
		return "another's signature", false
	case 14:
		sigs[i] = sigs[j]
		return "a signer twice", false
	case 15:
		b.Header.AppHash[d.IntN(32)] ^= 1
		return "another header", false
	case 16:
		b.Header.AppHash[d.IntN(32)] ^= 1
		c.Seal(b)
		return "another header, signed", false
	case 17:
		b.Header.ChainID = "other"
		c.Seal(b)
		return "another chain", false
	case 18:
		b.Commit.Height++
		return "commit of another height", false
	case 19:
		b.Validators.List[i].Power++
		return "another power", false
	case 20:
		if i != j {
			vals[i], vals[j], sigs[i], sigs[j] = vals[j], vals[i], sigs[j], sigs[i]
		}
		return "another order", false
	case 21:
		extra := lighttest.Set([]lighttest.Producer{{Key: lighttest.KeyOf("extra", 0), Power: 1}}).List
		b.Validators.List = append(b.Validators.List, extra...)
		if d.chance(50) {
			h := b.Validators.Hash()
			b.Header.ValidatorsHash = h[:]
			c.Seal(b)
		}
		return "another producer", false
	case 22:
		b.Commit.Signatures = b.Commit.Signatures[:i]
		return "commit cut short", false
	case 23:
		c.Seal(b, rangeOf(len(vals))...)
		return "everybody absent", false
	case 24:
		b.Header.Time = b.Header.Time.Add(time.Duration(d.IntN(120)-60) * time.Second)
		c.Seal(b)
		return "another time", false
	default:
		b.Validators.List = append(vals, vals[i])
		b.Commit.Signatures = append(sigs, sigs[i])
		h := b.Validators.Hash()
		b.Header.ValidatorsHash = h[:]
		c.Seal(b)
		return "a producer listed twice", true
	}
}

func rangeOf(n int) (out []int) {
	for i := range n {
		out = append(out, i)
	}
	return out
}

// verdicts of both sides, in words that they share.
func ourWord(err error) string {
	var expired *light.ExpiredError
	var trust *light.TrustError
	switch {
	case err == nil:
		return "accept"
	case errors.As(err, &expired):
		return "expired"
	case errors.As(err, &trust):
		return "not enough trust"
	case light.VerdictOf(err) == light.Blame || light.Code(err) == "future_block":
		return "refuse"
	default:
		return "unsorted: " + err.Error()
	}
}

func theirWord(err error) string {
	var expired cmtlight.ErrOldHeaderExpired
	var trust cmtlight.ErrNewValSetCantBeTrusted
	switch {
	case err == nil:
		return "accept"
	case errors.As(err, &expired):
		return "expired"
	case errors.As(err, &trust):
		return "not enough trust"
	default:
		return "refuse"
	}
}

func TestVerdictsAreCometBFTs(t *testing.T) {
	d := newDice(3)
	seen := map[string]int{}
	var c *lighttest.Chain
	for n := range 6000 {
		if n%10 == 0 {
			c = randomChain(d)
		}
		low := 1 + d.Uint64N(5)
		trusted, next := c.Block(low), c.Block(low+1+d.Uint64N(6-low))
		what, stricter := spoil(d, c, next)
		now := trusted.Header.Time.Add(time.Duration(d.IntN(150)) * time.Second)
		p := light.Params{TrustingPeriod: time.Duration(60+d.IntN(100)) * time.Second, MaxClockDrift: 10 * time.Second}
		if d.chance(30) {
			p.TrustLevel = light.Fraction{Num: 2, Den: 3}
		} else {
			p.TrustLevel = light.Fraction{Num: 1, Den: 3}
		}
		ours := func() error {
			b, err := light.DecodeLightBlock(next.Encode())
			if err != nil {
				return err
			}
			return light.Verify(trusted, b, now, p)
		}()
		theirs := func() error {
			a, err := cmtBlock(t, trusted)
			if err != nil {
				t.Fatal(err)
			}
			b, err := cmtBlock(t, next)
			if err != nil {
				return err
			}
			return cmtlight.Verify(a.SignedHeader, a.ValidatorSet, b.SignedHeader, b.ValidatorSet, p.TrustingPeriod, now, p.MaxClockDrift,
				cmtmath.Fraction{Numerator: p.TrustLevel.Num, Denominator: p.TrustLevel.Den})
		}()
		if got, want := ourWord(ours), theirWord(theirs); got != want && !(stricter && got == "refuse") {
			// Decoding comes first here, so what it refuses there is no time to look at the trusted block's age.
			t.Fatalf("%s, %d from %d: %s (%v), CometBFT: %s (%v)", what, next.Height(), low, got, ours, want, theirs)
		}
		seen[ourWord(ours)]++
		seen[what]++
	}
	t.Log(seen)
	for _, word := range []string{"accept", "refuse", "expired", "not enough trust"} {
		if seen[word] < 100 {
			t.Errorf("%s: only %d cases", word, seen[word])
		}
	}
}

func TestEncodingsAreCometBFTs(t *testing.T) {
	d := newDice(4)
	accepted := 0
	var c *lighttest.Chain
	for n := range 3000 {
		if n%30 == 0 {
			c = randomChain(d)
		}
		b := c.Block(1 + d.Uint64N(6))
		raw := b.Encode()
		for range d.IntN(3) {
			raw[d.IntN(len(raw))] ^= 1 << d.IntN(8)
		}
		got, err := light.DecodeLightBlock(raw)
		if err != nil {
			continue
		}
		accepted++
		var pb cmtproto.LightBlock
		if err := pb.Unmarshal(raw); err != nil {
			t.Fatalf("accepted, CometBFT: %v", err)
		}
		theirs, err := cmttypes.LightBlockFromProto(&pb)
		if err != nil {
			t.Fatalf("accepted, CometBFT: %v", err)
		}
		back, err := theirs.ToProto()
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := back.Marshal(); !bytes.Equal(again, raw) {
			t.Fatalf("CometBFT writes %x for %x", again, raw)
		}
		hash, set := got.Hash(), got.Validators.Hash()
		if !bytes.Equal(hash[:], theirs.Hash()) || !bytes.Equal(set[:], theirs.ValidatorSet.Hash()) {
			t.Fatal("hashes differ")
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d accepted", accepted)
	}
}
