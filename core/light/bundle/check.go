package bundle

import (
	"fmt"
	"slices"
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
)

// Options are what a caller brings to a check.
type Options struct {
	Params     light.Params                           // under which signatures are relied on; zero values: the chain's defaults
	ChainID    string                                 // the chain to be about; empty: any
	Trust      []light.TrustRoot                      // blocks that the caller trusts, such as its trust root and its newest verified ones
	TrustOf    func(chainID string) []light.TrustRoot // more of them, for callers that follow several chains; may be nil
	AcceptRoot bool                                   // take the bundle's trust root as true where none of Trust is on its path
	Clock      func() time.Time                       // to say how long each step took; nil: nobody asks
}

// check is one step: it says what was found.
type check struct {
	name, title string
	run         func(*run) (string, error)
}

// run is a check in progress.
type run struct {
	b   *Bundle
	now time.Time
	o   Options
	r   *Report

	trust   []light.TrustRoot
	path    light.PathCheck
	pathErr error // of everything but the top's signatures
}

const fileStep, fileTitle = "file", "The file reads cleanly"

// Check reads a file and checks all that it says, at the time now. The report is never nil, and its Err is the error that is
// returned: nil only for a bundle that holds. [light.VerdictOf] sorts the errors: they are those of [Decode], of
// [light.Path.Verify], of [light.Answer], and the types of this package.
//
// A failed step ends the check, unless nothing but the trust root is in doubt: then the rest is checked as far as it goes, as
// a file that contradicts itself is false whoever is trusted.
func Check(raw []byte, now time.Time, o Options) (*Report, error) {
	var started time.Time
	if o.Clock != nil {
		started = o.Clock()
	}
	b, err := Decode(raw)
	if err != nil {
		r := &Report{Bytes: len(raw), Err: err, Verdict: light.VerdictOf(err), Standing: Foreign}
		r.Steps = []Step{{Name: fileStep, Title: fileTitle, Detail: err.Error(), Outcome: outcomeOf(err)}}
		return r, err
	}
	r, err := b.check(now, o, len(raw))
	if o.Clock != nil {
		r.Steps[0].Took += o.Clock().Sub(started)
		for _, s := range r.Steps[1:] {
			r.Steps[0].Took -= s.Took
		}
	}
	return r, err
}

// Check is [Check] for a bundle that was read or made.
func (b *Bundle) Check(now time.Time, o Options) (*Report, error) { return b.check(now, o, 0) }

func (b *Bundle) check(now time.Time, o Options, size int) (*Report, error) {
	r := &Report{Kind: b.Body.Kind(), Bytes: size, ChainID: b.ChainID, Root: b.Root, Standing: Foreign, Body: b.Body}
	c := &run{b: b, now: now, o: o, r: r, trust: slices.Clone(o.Trust)}
	if o.TrustOf != nil {
		c.trust = append(c.trust, o.TrustOf(b.ChainID)...)
	}
	all := append([]check{
		{fileStep, fileTitle, (*run).readable}, {"chain", "Same chain", (*run).sameChain},
		{"signed", "Two thirds signed", (*run).signed}, {"reached", "Reached from the trust root", (*run).reached},
	}, b.Body.checks()...)
	for _, s := range all {
		r.Steps = append(r.Steps, Step{Name: s.name, Title: s.title})
	}
	for i, s := range all {
		err := c.step(&r.Steps[i], s)
		if err == nil {
			continue
		}
		if r.Err == nil || light.VerdictOf(err) == light.Blame {
			r.Err = err
		}
		if s.name != "reached" || light.VerdictOf(err) == light.Blame {
			break
		}
	}
	r.Verdict = light.VerdictOf(r.Err)
	if r.Err == nil {
		r.Level = level.Proven
	}
	b.Body.conclude(r, &b.Path)
	return r, r.Err
}

func (c *run) step(s *Step, do check) error {
	var started time.Time
	if c.o.Clock != nil {
		started = c.o.Clock()
	}
	detail, err := do.run(c)
	if c.o.Clock != nil {
		s.Took = c.o.Clock().Sub(started)
	}
	s.Detail, s.Outcome = detail, outcomeOf(err)
	if foreign, ok := err.(*ForeignRootError); ok {
		s.Detail = fmt.Sprintf("block %s is not trusted here", number(foreign.Root.Height))
	} else if err != nil {
		s.Detail = err.Error()
	}
	return err
}

func outcomeOf(err error) Outcome {
	switch light.VerdictOf(err) {
	case light.Accept:
		return Held
	case light.Blame:
		return Failed
	}
	return Unsure
}

// readable: that it could be read was found by Decode; a path has a first block, which is the trust root's.
func (c *run) readable() (string, error) {
	if c.b.Path.Len() == 0 {
		return "", &FormatError{Reason: "it has no path"}
	}
	detail := fmt.Sprintf("%s, version %d, canonical encoding", c.b.Body.Kind(), Version)
	if c.r.Bytes > 0 {
		detail = fmt.Sprintf("%s, version %d, %s, canonical encoding", c.b.Body.Kind(), Version, size(c.r.Bytes))
	}
	return detail, nil
}

func (c *run) sameChain() (string, error) {
	for i := range c.b.Path.Len() {
		if got := c.b.Path.Header(i).ChainID; got != c.b.ChainID {
			return "", &light.InvalidError{Height: c.b.Path.Header(i).Height, Err: &light.ChainError{Got: got, Want: c.b.ChainID}}
		}
	}
	if c.o.ChainID == "" {
		return c.b.ChainID, nil
	}
	if c.o.ChainID != c.b.ChainID {
		return "", &OtherChainError{Got: c.b.ChainID, Want: c.o.ChainID}
	}
	return c.b.ChainID + " is the one followed here", nil
}

// anchors returns the places on the path of the first and the last block that the caller trusts. Where there is none both are
// that of the first block, which the caller takes the bundle's word for, or which is checked from for the sake of what follows.
func (c *run) anchors() (first, last int, err error) {
	p := &c.b.Path
	if got := p.Header(0).Hash(); p.Header(0).Height != c.b.Root.Height || got != c.b.Root.Hash {
		return 0, 0, &BodyError{Reason: fmt.Sprintf("the path begins at another block than the file's trust root %d", c.b.Root.Height)}
	}
	c.r.RootTime = p.Header(0).Time
	found := false
	for i := range p.Len() {
		h := p.Header(i)
		for _, t := range c.trust {
			if t.IsZero() || t.Height != h.Height {
				continue
			}
			if hash := h.Hash(); hash != t.Hash {
				return 0, 0, &light.RootError{Root: t, Got: hash}
			}
			if i >= p.Len()-c.b.Body.above() {
				continue // what it leans on higher up doesn't follow from there
			}
			if last = i; !found {
				first, found = i, true
			}
		}
	}
	switch {
	case found && first == 0:
		c.r.Standing = Yours
	case found:
		c.r.Standing = Passes
	case c.o.AcceptRoot:
		c.r.Standing = Accepted
	}
	return first, last, nil
}

// signed verifies the path and tells of its top's signatures; what they are worth is said by the next step. It is verified from
// the first trusted block on it, or, where that is too old, from the last.
func (c *run) signed() (string, error) {
	at, last, err := c.anchors()
	if err != nil {
		return "", err
	}
	p := &c.b.Path
	c.path, err = p.Verify(at, c.now, c.o.Params)
	if err != nil && light.VerdictOf(err) == light.Inconclusive && last > at {
		at = last
		c.path, err = p.Verify(at, c.now, c.o.Params)
	}
	if c.r.Standing != Foreign {
		c.r.Anchor = light.TrustRoot{Height: p.Header(at).Height, Hash: p.Header(at).Hash()}
	}
	if at >= len(p.Up) {
		c.pathErr = err
		return fmt.Sprintf("not needed: block %s below is trusted already", number(p.Header(at).Height)), nil
	}
	top := p.Top()
	c.r.Top = light.TrustRoot{Height: top.Height(), Hash: top.Hash()}
	if !c.path.TopHolds {
		return "", err
	}
	c.pathErr = err
	c.r.Of, c.r.OfPower = len(c.path.Signed), top.Validators.Power()
	for i, ok := range c.path.Signed {
		if ok {
			c.r.Signers++
			c.r.Power += top.Validators.List[i].Power
		}
	}
	return fmt.Sprintf("block %s: %d of %d producers, %s of power", number(top.Height()), c.r.Signers, c.r.Of, percent(c.r.Power, c.r.OfPower)), nil
}

// reached says whether the path leads from a block that the caller trusts.
func (c *run) reached() (string, error) {
	c.r.Hops, c.r.Links = c.path.Hops, c.path.Links
	switch {
	case c.pathErr != nil:
		return "", c.pathErr
	case c.r.Standing == Foreign:
		return "", &ForeignRootError{Root: c.b.Root, None: len(c.trust) == 0}
	}
	from := fmt.Sprintf("block %s, %s old", number(c.r.Anchor.Height), span(c.path.Trusted))
	if c.r.Standing == Accepted {
		from += ", on the file's own word"
	}
	switch {
	case c.path.Hops == 0 && c.path.Links == 0:
		return "it is trusted itself: " + from, nil
	case c.path.Links == 0:
		return hops(c.path.Hops) + " from " + from, nil
	case c.path.Hops == 0:
		return links(c.path.Links) + " down from " + from, nil
	}
	return hops(c.path.Hops) + " from " + from + ", then " + links(c.path.Links) + " down", nil
}
