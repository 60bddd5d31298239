package light

import (
	"bytes"

	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519"
	"google.golang.org/protobuf/encoding/protowire"
)

// zip215 is the rule by which CometBFT accepts signatures; it is the same for one and for a batch.
var zip215 = &ed25519.Options{Verify: ed25519.VerifyOptionsZIP_215}

// SignBytes returns what the producer of entry i of the commit signed: a length-prefixed CanonicalVote, a precommit.
func (c *Commit) SignBytes(chainID string, i int) []byte {
	s := &c.Signatures[i]
	vote := appendUint(make([]byte, 0, 192), 1, 2) // type: precommit
	vote = appendFixed(vote, 2, c.Height)
	vote = appendFixed(vote, 3, uint64(c.Round))
	if s.Flag == FlagCommit && !c.BlockID.empty() {
		vote = appendMessage(vote, 4, appendBlockID(nil, c.BlockID))
	}
	vote = appendMessage(vote, 5, appendTime(nil, s.Time))
	vote = appendBytes(vote, 6, []byte(chainID))
	return protowire.AppendBytes(make([]byte, 0, len(vote)+2), vote)
}

// checked remembers for one commit which entries were verified against which key, so that a producer who is in two
// sets is verified once. Entry and key fix message and signature.
type checked struct {
	keys  map[int][32]byte
	count int // signatures verified
}

func (c *checked) has(i int, key [32]byte) bool {
	k, ok := c.keys[i]
	return ok && k == key
}

func (c *checked) add(i int, key [32]byte) {
	if c.keys == nil {
		c.keys = make(map[int][32]byte)
	}
	c.keys[i] = key
}

// verifyOwn checks that more than two thirds of the set, by power, signed the commit, whose entries are in the set's
// order. Like CometBFT's light client it stops once there is enough; entries after that are not looked at.
func (s *ValidatorSet) verifyOwn(chainID string, c *Commit, done *checked) error {
	if err := s.checkEntries(c); err != nil {
		return err
	}
	needed := s.Power() * 2 / 3 // at most maxPower * 2: no overflow
	got, err := s.tally(chainID, c, needed, done, func(i int) (int, bool, error) {
		if !bytes.Equal(c.Signatures[i].Address, s.List[i].Address[:]) {
			return 0, false, &InvalidError{Height: c.Height, Reason: "a signature stands where another producer's belongs"}
		}
		return i, true, nil
	})
	if err != nil {
		return err
	}
	if got <= needed {
		return &PowerError{Got: got, Needed: needed}
	}
	return nil
}

func (s *ValidatorSet) checkEntries(c *Commit) error {
	if len(s.List) != len(c.Signatures) {
		return &InvalidError{Height: c.Height, Reason: "the commit has not one entry for each producer"}
	}
	return nil
}

// checkClaim checks all of verifyOwn that costs no signature: that as much power as is needed claims to have signed.
func (s *ValidatorSet) checkClaim(c *Commit) error {
	if err := s.checkEntries(c); err != nil {
		return err
	}
	got, needed := int64(0), s.Power()*2/3
	for i := range s.List {
		if c.Signatures[i].Flag == FlagCommit && bytes.Equal(c.Signatures[i].Address, s.List[i].Address[:]) {
			got += s.List[i].Power
		}
	}
	if got <= needed {
		return &PowerError{Got: got, Needed: needed}
	}
	return nil
}

// verifyTrusting checks that more than the given fraction of the set, by power, signed the commit of a later block.
// Producers are found by address; strangers are passed over; a producer who appears twice makes the commit false.
func (s *ValidatorSet) verifyTrusting(chainID string, c *Commit, level Fraction, done *checked) error {
	index := make(map[[20]byte]int, len(s.List))
	for i := range s.List {
		index[s.List[i].Address] = i
	}
	seen := make(map[int]bool, len(s.List))
	needed := level.of(s.Power())
	got, err := s.tally(chainID, c, needed, done, func(i int) (int, bool, error) {
		if len(c.Signatures[i].Address) != 20 {
			return 0, false, nil
		}
		at, ok := index[[20]byte(c.Signatures[i].Address)]
		if ok && seen[at] {
			return 0, false, &InvalidError{Height: c.Height, Reason: "a producer signed twice"}
		}
		seen[at] = seen[at] || ok
		return at, ok, nil
	})
	if err != nil {
		return err
	}
	if got <= needed {
		return &TrustError{Height: c.Height, Got: got, Needed: needed}
	}
	return nil
}

// tally collects entries for the block until their power exceeds needed, and only if it does verifies them; a commit of
// a single entry is verified in any case, as CometBFT does. It returns the power collected.
func (s *ValidatorSet) tally(chainID string, c *Commit, needed int64, done *checked, find func(i int) (validator int, ok bool, err error)) (int64, error) {
	var got int64
	var todo []signed
	for i := range c.Signatures {
		if c.Signatures[i].Flag != FlagCommit {
			continue
		}
		at, ok, err := find(i)
		if err != nil {
			return 0, err
		}
		if !ok {
			continue
		}
		if !done.has(i, s.List[at].PubKey) {
			todo = append(todo, signed{i, &s.List[at]})
		}
		if got += s.List[at].Power; got > needed {
			break
		}
	}
	if got <= needed && len(c.Signatures) > 1 {
		return got, nil
	}
	valid := verifySignatures(chainID, c, todo)
	done.count += len(todo)
	for i, t := range todo {
		if !valid[i] {
			return 0, &SignatureError{Index: t.entry, Address: t.by.Address}
		}
	}
	for _, t := range todo {
		done.add(t.entry, t.by.PubKey)
	}
	return got, nil
}

type signed struct {
	entry int
	by    *Validator
}

// verifySignatures verifies entries of a commit, several at once where there are several, and says of each whether it
// is valid.
func verifySignatures(chainID string, c *Commit, todo []signed) []bool {
	valid := make([]bool, len(todo))
	if len(todo) < 2 {
		for i, t := range todo {
			valid[i] = ed25519.VerifyWithOptions(t.by.PubKey[:], c.SignBytes(chainID, t.entry), c.Signatures[t.entry].Signature, zip215)
		}
		return valid
	}
	batch := ed25519.NewBatchVerifierWithCapacity(len(todo))
	for _, t := range todo {
		batch.AddWithOptions(t.by.PubKey[:], c.SignBytes(chainID, t.entry), c.Signatures[t.entry].Signature, zip215)
	}
	if all, each := batch.Verify(nil); !all && len(each) == len(valid) {
		return each // verified one by one
	} else if all {
		for i := range valid {
			valid[i] = true
		}
	}
	return valid
}

// signers says for each producer of the block whether the commit holds its valid signature for it, verifying those that
// done has not. Unlike verification it looks at every entry, so that what is shown as signed was checked.
func (b *LightBlock) signers(done *checked) []bool {
	var todo []signed
	out := make([]bool, len(b.Validators.List))
	for i := range min(len(out), len(b.Commit.Signatures)) {
		v, s := &b.Validators.List[i], &b.Commit.Signatures[i]
		switch {
		case s.Flag != FlagCommit || !bytes.Equal(s.Address, v.Address[:]):
		case done.has(i, v.PubKey):
			out[i] = true
		default:
			todo = append(todo, signed{i, v})
		}
	}
	done.count += len(todo)
	for i, ok := range verifySignatures(b.Header.ChainID, &b.Commit, todo) {
		out[todo[i].entry] = ok
	}
	return out
}
