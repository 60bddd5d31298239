package bundle

import (
	"fmt"

	"github.com/taolight/taolight/core/light"
)

// ForkKind is the kind of [Fork].
const ForkKind = "fork"

// maxSide is how many blocks one side of a fork may have, maxRelay how many bytes a relay's name.
const (
	maxSide  = 128
	maxRelay = 256
)

// Fork is two chains that go on from the last block of the path: who signed both has signed what can't both be.
type Fork struct {
	_    struct{} `cbor:",toarray"`
	A, B Side
}

// Side is one of the two.
type Side struct {
	_      struct{} `cbor:",toarray"`
	Relay  string   // who showed it; nobody vouches for that
	Blocks [][]byte // CometBFT LightBlock, protobuf, heights rising; the last one is in conflict with the other side's
}

// ForFork makes the bundle of the fork that a client has found. It fails with [NoForkError] as long as it has none, or
// nobody has shown where the chains part.
func ForFork(client *light.Client) (*Bundle, error) {
	path, fork, ok := client.ForkPath()
	if !ok {
		return nil, &NoForkError{}
	}
	f := new(Fork)
	f.A.take(fork.A)
	f.B.take(fork.B)
	return under(path, f), nil
}

func (s *Side) take(from light.Evidence) {
	s.Relay = from.Source[:min(len(from.Source), maxRelay)]
	for _, b := range from.Trace[1:] {
		s.Blocks = append(s.Blocks, b.Encode())
	}
}

// NoForkError says that a client has no fork to put into a file. Inconclusive.
type NoForkError struct{}

func (e *NoForkError) Error() string          { return "no fork was found, or not yet where it begins" }
func (e *NoForkError) Verdict() light.Verdict { return light.Inconclusive }
func (e *NoForkError) Code() string           { return "no_fork" }

// Kind implements [Body].
func (f *Fork) Kind() string { return ForkKind }

func (f *Fork) checkShape() error {
	fork, err := f.Sides(nil)
	if err != nil {
		return err
	}
	signatures := 0 // of both, as each is verified
	for _, side := range [...]light.Evidence{fork.A, fork.B} {
		for _, b := range side.Trace {
			signatures += len(b.Commit.Signatures)
		}
	}
	if signatures > light.MaxPathSignatures {
		return &FormatError{Reason: fmt.Sprintf("its sides have %d signatures, at most %d are allowed", signatures, light.MaxPathSignatures)}
	}
	return nil
}

// Sides returns the fork as a light client knows it, from the block that both sides share on; nil for that block leaves it
// out. It says nothing about its truth.
func (f *Fork) Sides(shared *light.LightBlock) (*light.ForkError, error) {
	out := new(light.ForkError)
	var err error
	if out.A, err = f.A.evidence(shared); err != nil {
		return nil, err
	}
	if out.B, err = f.B.evidence(shared); err != nil {
		return nil, err
	}
	return out, nil
}

func (s *Side) evidence(shared *light.LightBlock) (out light.Evidence, err error) {
	if n := len(s.Blocks); n == 0 || n > maxSide || len(s.Relay) > maxRelay {
		return out, &FormatError{Reason: fmt.Sprintf("a side has %d blocks from a relay of %d bytes, 1 to %d and at most %d are allowed", n, len(s.Relay), maxSide, maxRelay)}
	}
	out.Source = s.Relay
	if shared != nil {
		out.Trace = append(out.Trace, shared)
	}
	for _, raw := range s.Blocks {
		b, err := light.DecodeLightBlock(raw)
		if err != nil {
			return out, err
		}
		out.Trace = append(out.Trace, b)
	}
	return out, nil
}

func (f *Fork) above() int { return 0 }

func (f *Fork) checks() []check {
	var fork *light.ForkError
	return []check{
		{"sides", "Both sides are signed, and can't both be", func(c *run) (string, error) {
			if len(c.b.Path.Down) > 0 {
				return "", &BodyError{Reason: "a fork begins at a block whose producers are known, not at a header alone"}
			}
			var err error
			if fork, err = f.Sides(c.b.Path.Top()); err != nil {
				return "", err
			}
			if _, err = fork.Check(c.b.ChainID, c.o.Params); err != nil {
				return "", err
			}
			a, b := fork.A.Block(), fork.B.Block()
			x, y := a.Hash(), b.Hash()
			return fmt.Sprintf("block %s is %s, and block %s is %s", number(a.Height()), short(x[:]), number(b.Height()), short(y[:])), nil
		}},
		{"guilty", "Who signed both is named", func(*run) (string, error) {
			if fork.Kind() == light.Amnesia {
				return "nobody: the blocks are of different rounds", nil
			}
			both := fork.Culprits().Both
			power := int64(0)
			for _, v := range both {
				power += v.Power
			}
			return fmt.Sprintf("%s, %s of power (%s)", some(len(both), "producer"), percent(power, fork.A.Block().Validators.Power()), fork.Kind()), nil
		}},
	}
}

func (f *Fork) conclude(r *Report, p *light.Path) {
	if len(p.Up) == 0 {
		return
	}
	if fork, err := f.Sides(p.Top()); err == nil {
		b := fork.A.Block()
		r.Height, r.Time, r.Fork = b.Height(), b.Header.Time, fork
	}
	r.Silent = []string{
		"which of the two sides is right",
		"whether the chain has removed the producers who signed both",
	}
}
