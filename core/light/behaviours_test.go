package light_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// behaviour is one of the 28 ways in which a relay can be an adversary. Here is the list of them, and the one name of
// each: TestAdversarialRelay/13_equivocation here, natively and under GOOS=js, and in Chromium where it is starred.
type behaviour struct {
	number int
	name   string
	star   bool     // played in Chromium, too, by ui/e2e
	plays  []play   // the forms that it takes
	closer []string // tests that look closer at a part of it: folder.Test
}

func (b behaviour) id() string { return fmt.Sprintf("%02d_%s", b.number, b.name) }

// play is one form of a behaviour and how it must end for the client.
type play struct {
	name    string
	run     func(*arena) error // returns what the client was left with
	verdict light.Verdict
	code    string           // of the error
	typed   func(error) bool // its type
	final   bool             // nothing that another relay says could mend it: producers lied, or time has run out
}

var behaviours = []behaviour{
	{number: 1, name: "withheld_head", star: true, plays: []play{
		{"silent", silentHead, light.Inconclusive, "error", late, false},
		{"refused", refusedHead, light.Inconclusive, wire.CodeNotFound, kind[*wire.Refusal], false},
		{"announced only", announcedHead, light.Inconclusive, "error", is(errEnough), false},
	}, closer: []string{"wasm/node.TestWithheldHead"}},
	{number: 2, name: "withheld_middle", plays: []play{
		{"of a range", withheldMiddle, light.Inconclusive, wire.CodeNotFound, kind[*wire.Refusal], false},
	}},
	{number: 3, name: "stale_head", star: true, plays: []play{
		{"frozen for an hour", staleHead, light.Accept, "", nil, false},
	}, closer: []string{"wasm/node.TestStaleHead", "relay.TestLiarsAreCaught"}},
	{number: 4, name: "head_from_the_future", star: true, plays: []play{
		{"an hour ahead", futureHead, light.Inconclusive, "future_block", kind[*light.FutureError], false},
	}, closer: []string{"core/light.TestAttackFromTheFuture"}},
	{number: 5, name: "forged_commit", star: true, plays: []play{
		{"random signatures", forgedCommit, light.Blame, "false_signature", kind[*light.SignatureError], false},
		{"another header", anotherHeader, light.Blame, "wrong_hash", kind[*light.HashError], false},
	}, closer: []string{"core/light.TestAttackForgedCommit", "relay.TestLiarsAreCaught"}},
	{number: 6, name: "no_votes_in_commit", plays: []play{
		{"absent", absentCommit, light.Blame, "not_enough_signatures", kind[*light.PowerError], false},
		{"nil", nilCommit, light.Blame, "not_enough_signatures", kind[*light.PowerError], false},
	}, closer: []string{"core/light.TestAttackAbsentOnlyCommit", "core/light.TestAttackNilVotesCountForABlock"}},
	{number: 7, name: "exact_fractions_of_power", plays: []play{
		{"two thirds", signedBy([]int64{10, 10, 10}, 2), light.Blame, "not_enough_signatures", kind[*light.PowerError], false},
		{"two thirds and one", signedBy([]int64{11, 10, 10}, 2), light.Accept, "", nil, false},
		{"a third of the trusted", keptInOffice(10, true), light.Accept, "", nil, false},
		{"a third of the trusted and one", keptInOffice(11, false), light.Accept, "", nil, false},
	}, closer: []string{"core/light.TestAttackExactlyTwoThirds", "core/light.TestAttackExactlyOneThirdOfTrust"}},
	{number: 8, name: "duplicate_signer", plays: []play{
		{"in two entries", signsTwice, light.Blame, "invalid_block", kind[*light.InvalidError], false},
		{"listed twice", listedTwice, light.Blame, "malformed", kind[*light.DecodeError], false},
	}, closer: []string{"core/light.TestAttackDuplicateSigner"}},
	{number: 9, name: "bogus_extra_signature", plays: []play{
		{"after enough", bogusExtra, light.Accept, "", nil, false},
	}},
	{number: 10, name: "wrong_chain_id", plays: []play{
		{"signed by all", wrongChain, light.Blame, "wrong_chain", kind[*light.ChainError], false},
	}, closer: []string{"core/light.TestAttackWrongChainID"}},
	{number: 11, name: "wrong_validator_set_hash", plays: []play{
		{"more power to one", wrongSet, light.Blame, "wrong_hash", kind[*light.HashError], false},
	}, closer: []string{"core/light.TestAttackWrongValidatorSet", "core/light.TestAttackOverflowingPower"}},
	{number: 12, name: "lunatic_header", plays: []play{
		{"a quarter and accomplices", lunatic, light.Blame, "invalid_block", kind[*light.InvalidError], false},
		{"half and accomplices", halfLunatic, light.Inconclusive, "fork", kind[*light.ForkError], true},
	}, closer: []string{"core/light.TestAttackLunaticHeader"}},
	{number: 13, name: "equivocation", star: true, plays: []play{
		{"one each", equivocation, light.Inconclusive, "fork", kind[*light.ForkError], true},
	}, closer: []string{"core/light.TestAttackEquivocation", "wasm/node.TestProducersFork"}},
	{number: 14, name: "forward_lunatic", plays: []play{
		{"seen when the chain gets there", forwardLunatic(true), light.Inconclusive, "fork", kind[*light.ForkError], true},
		{"steps between withheld", forwardLunatic(false), light.Inconclusive, "fork", kind[*light.ForkError], true},
	}},
	{number: 15, name: "amnesia", plays: []play{
		{"another round", amnesia, light.Inconclusive, "fork", kind[*light.ForkError], true},
	}},
	{number: 16, name: "long_range_fork", star: true, plays: []play{
		{"from an expired set", longRange, light.Inconclusive, "trust_expired", kind[*light.ExpiredError], true},
	}, closer: []string{"core/light.TestAttackLongRange"}},
	{number: 17, name: "oversized_validator_set", plays: []play{
		{"ten thousand", tenThousand, light.Blame, "not_enough_signatures", kind[*light.InvalidError], false},
		{"thousands in each between", crowdsBetween, light.Blame, "invalid_block", kind[*light.InvalidError], false},
		{"more than fit", moreThanFit, light.Blame, "malformed", kind[*light.DecodeError], false},
		{"below the newest", giants(false, askAt), light.Blame, "invalid_block", kind[*light.InvalidError], false},
		{"several below the newest", absentees, light.Blame, "invalid_block", kind[*light.InvalidError], false},
		{"in a range", giants(false, askRange), light.Blame, "invalid_block", kind[*light.InvalidError], false},
		{"on a path", giants(false, askPath), light.Blame, "invalid_block", kind[*light.InvalidError], false},
		{"around true headers", giants(true, askAt), light.Blame, "wrong_hash", kind[*light.HashError], false},
		{"around true headers on a path", giants(true, askPath), light.Blame, "wrong_hash", kind[*light.HashError], false},
	}, closer: []string{"core/light.TestAttackOversizedValidatorSet"}},
	{number: 18, name: "false_state_proof", star: true, plays: []play{
		{"a bit in every byte", flippedBits, light.Blame, "false_node", kind[*state.FalseNodeError], false},
	}, closer: []string{"core/light.TestAttackFalseWitness", "wasm/node.TestFlippedBit"}},
	{number: 19, name: "proof_of_something_else", plays: []play{
		{"another key", proofOf("key93"), light.Inconclusive, "missing_node", kind[*state.MissingError], false},
		{"an earlier root", earlierRoot, light.Blame, "false_node", kind[*state.FalseNodeError], false},
		{"absent as present", absentAsPresent, light.Blame, "false_node", kind[*state.FalseNodeError], false},
		{"present as absent", presentAsAbsent, light.Blame, "false_node", kind[*state.FalseNodeError], false},
		{"absence of a neighbour", proofOf("key99999"), light.Inconclusive, "missing_node", kind[*state.MissingError], false},
	}},
	{number: 20, name: "spoiled_witness", plays: []play{
		{"truncated", spoiled(func(w state.Witness) state.Witness { return w[:len(w)-1] }), light.Blame, "false_node", kind[*state.FalseNodeError], false},
		{"empty", spoiled(func(state.Witness) state.Witness { return nil }), light.Inconclusive, "missing_node", kind[*state.MissingError], false},
		{"extra nodes", extraNodes, light.Blame, "unused_node", kind[*state.UnusedError], false},
		{"duplicate nodes", spoiled(func(w state.Witness) state.Witness { return append(w[:len(w):len(w)], w...) }), light.Blame, "false_node", kind[*state.FalseNodeError], false},
	}, closer: []string{"core/state.TestHostileWitnessesAreBounded"}},
	{number: 21, name: "false_execution", star: true, plays: []play{
		{"another root", falseBlock, light.Blame, "fraud", kind[*light.FraudError], true},
	}, closer: []string{"core/light.TestReplayFindsFraud", "relay.TestReplayFindsCheatingProducers"}},
	{number: 22, name: "epoch_off_by_one", star: true, plays: []play{
		{"one incentive by one unit", falseEpoch, light.Blame, "fraud", kind[*light.FraudError], true},
	}, closer: []string{"core/light.TestAuditFindsOneUnit"}},
	{number: 23, name: "oversized_frame", plays: []play{
		{"a light block", oversizedBlock, light.Blame, "bad_frame", kind[*light.ProtocolError], false},
		{"a head", oversizedHead, light.Blame, "bad_frame", kind[*light.ProtocolError], false},
		{"a witness", oversizedWitness, light.Blame, "bad_frame", kind[*light.ProtocolError], false},
		{"a window", oversizedWindow, light.Inconclusive, "error", connectionEnded, false},
	}, closer: []string{"core/wire.TestMemoryFollowsData", "core/p2p.TestHostileMuxer", "relay/host.TestBadFrames"}},
	{number: 24, name: "slowloris", star: true, plays: []play{
		{"handshake", slowHandshake, light.Inconclusive, "error", late, false},
		{"header", slowly(4), light.Inconclusive, "error", late, false},
		{"body", slowly(0), light.Inconclusive, "error", late, false},
		{"heads", slowHeads, light.Inconclusive, "error", late, false},
	}, closer: []string{"core/light.TestAttackSlowloris"}},
	{number: 25, name: "endless_empty_frames", plays: []play{
		{"signs of life", endlessSigns, light.Blame, "bad_answer", kind[*light.ProtocolError], false},
		{"empty frames", emptyFrame, light.Blame, "bad_frame", kind[*light.ProtocolError], false},
		{"pings", endlessPings, light.Accept, "", nil, false},
		{"empty noise", endlessNoise, light.Inconclusive, "error", connectionEnded, false},
	}, closer: []string{"core/light.TestAttackEndlessSignsOfLife"}},
	{number: 26, name: "stream_flood", plays: []play{
		{"ten thousand opened", streamFlood, light.Accept, "", nil, false},
	}, closer: []string{"core/light.TestRelayOpensAtMost32Streams", "relay/host.TestStreamsOfOnePeerAreBounded", "relay/host.TestStreamFlood"}},
	{number: 27, name: "misplaced_reply", plays: []play{
		{"to another request", replyToAnother, light.Blame, "bad_answer", kind[*light.ProtocolError], false},
		{"another block's body", bodyOfAnother, light.Blame, "wrong_hash", kind[*light.HashError], false},
		{"twice", replyTwice, light.Accept, "", nil, false},
		{"after close", replyAfterClose, light.Accept, "", nil, false},
	}},
	{number: 28, name: "compressed_bomb", plays: []play{
		{"deflated thousandfold", deflatedBomb, light.Blame, "bad_frame", kind[*light.ProtocolError], false},
		{"four thousand million items", announcedItems, light.Blame, "bad_frame", kind[*light.ProtocolError], false},
		{"nested ten thousand deep", nestedItems, light.Blame, "bad_frame", kind[*light.ProtocolError], false},
		{"as many items as fit", manyItems, light.Blame, "bad_answer", kind[*light.ProtocolError], false},
	}, closer: []string{"core/p2p.TestRelayMayNotCompress"}},
}

func is(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }

// TestAdversarialRelay plays every behaviour. Each form ends in exactly one verdict, with the right error, the liar's
// name and nobody else's, without having taken over anything false, and with bounded memory.
func TestAdversarialRelay(t *testing.T) {
	for _, b := range behaviours {
		t.Run(b.id(), func(t *testing.T) {
			for _, p := range b.plays {
				t.Run(p.name, p.play)
			}
		})
	}
}

// play plays it, again if the heap grew too much: what is thrown away while the collector is at work counts as in use, and
// on a busy machine that is a lot. What is really in use is so each time, and when everybody waits for the collector.
func (p play) play(t *testing.T) {
	var growth uint64
	for try := range 6 {
		a := &arena{T: t, heap: watchHeap(t, try > 1)}
		p.judge(a)
		if growth = a.heap.growth(); growth < maxGrowth || t.Failed() {
			return
		}
	}
	t.Errorf("the heap grew by %d bytes, want less than %d", growth, maxGrowth)
}

func (p play) judge(a *arena) {
	err := p.run(a)
	a.heap.look()
	if got := light.VerdictOf(err); got != p.verdict || light.Code(err) != p.code || p.typed != nil && !p.typed(err) {
		a.Errorf("%s, %q, %T: %v; want %s, %q", got, light.Code(err), err, err, p.verdict, p.code)
	}
	if p.verdict == light.Blame && !p.final { // else it is not a relay that is to blame
		if len(a.blamed) != 1 || a.blamed[0].Source != "liar" {
			a.Errorf("blamed: %+v", a.blamed)
		}
	} else if len(a.blamed) != 0 {
		a.Errorf("blamed: %+v", a.blamed)
	}
	if a.client == nil {
		return
	}
	if h := a.client.Head(); h != nil && !p.final && (h.Block.Height() > a.chain.Height() || h.Hash != a.chain.Block(h.Block.Height()).Hash()) {
		a.Errorf("taken over: block %d", h.Block.Height())
	}
	if !p.final {
		a.truthWins()
	}
}
