package light

import "fmt"

// ForkError says that two blocks contradict each other, by standing at one height, by B not following A though it is the
// next, or by the higher one not being dated after the other, and both carry valid proof: the producers, not the relays,
// have lied. Nothing on either side may be shown as proven. Inconclusive, and final for a client. [Client.Report] tells
// the relays.
type ForkError struct{ A, B Evidence }

// Evidence is one side of a fork: who showed it, and blocks that verify one after another from a trusted one.
type Evidence struct {
	Source string
	Trace  []*LightBlock // the trusted block first, the conflicting one last
}

// Block returns the conflicting block.
func (e Evidence) Block() *LightBlock { return e.Trace[len(e.Trace)-1] }

// Signed says of each producer of the conflicting block whether its valid signature is there.
func (e Evidence) Signed() []bool { return e.Block().signers(new(checked)) }

func (e *ForkError) Error() string {
	a, b := e.A.Block().Hash(), e.B.Block().Hash()
	return fmt.Sprintf("the block producers signed two chains: block %d is %x from %s, and block %d is %x from %s",
		e.A.Block().Height(), a[:6], e.A.Source, e.B.Block().Height(), b[:6], e.B.Source)
}
func (e *ForkError) Verdict() Verdict { return Inconclusive }
func (e *ForkError) Code() string     { return "fork" }

// Shared returns the last block that both sides share, nil as long as it is not known.
func (e *ForkError) Shared() *LightBlock {
	if len(e.A.Trace) < 2 || len(e.B.Trace) < 2 || e.A.Trace[0].Hash() != e.B.Trace[0].Hash() {
		return nil
	}
	return e.A.Trace[0]
}

// Kind says how the producers attacked; empty as long as the two sides are not known from one shared block on.
func (e *ForkError) Kind() Kind {
	if e.Shared() == nil {
		return ""
	}
	return kindOf(e.A.Block(), e.B.Block())
}

// Culprits are the producers behind a fork, as far as signatures show them; a signature that is not valid counts for
// nothing. Those who signed both sides are guilty whichever is right. Of a [Lunatic] header all signers are, but which of
// the two sides is one, only somebody with the chain's state can tell: then A and B are who signed only this side, of
// those in office at the block before. They are empty for the other kinds. Signers of both sides of an [Amnesia] may have
// had reason to vote again: they are not named.
type Culprits struct{ Both, A, B []Validator }

// Culprits names the producers behind the fork, in the order of CometBFT's validator sets.
func (e *ForkError) Culprits() (out Culprits) {
	common, kind := e.Shared(), e.Kind()
	if common == nil || kind == Amnesia {
		return out
	}
	office := &common.Validators
	if kind == Equivocation {
		office = &e.A.Block().Validators
	}
	a, b := e.A.who(), e.B.who()
	for _, v := range office.List {
		switch {
		case a[v.Address] && b[v.Address]:
			out.Both = append(out.Both, v)
		case a[v.Address] && kind == Lunatic:
			out.A = append(out.A, v)
		case b[v.Address] && kind == Lunatic:
			out.B = append(out.B, v)
		}
	}
	return out
}

func (e Evidence) who() map[[20]byte]bool {
	out := make(map[[20]byte]bool)
	for i, ok := range e.Signed() {
		out[e.Block().Validators.List[i].Address] = ok
	}
	return out
}
