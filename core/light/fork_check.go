package light

// Check verifies by itself what the fork claims, without a network and whenever: both sides begin with the same block,
// the blocks of each verify one after another from there, and the last ones can't be on one chain. It returns that first
// block, which the caller must know to be one of the chain: the fork convicts the producers of that block's time, of no
// other. Its date was not longer ago than the trusting period when the others were made.
func (e *ForkError) Check(chainID string, p Params) (shared *LightBlock, err error) {
	a, b := e.A.Trace, e.B.Trace
	if len(a) == 0 || len(b) == 0 {
		return nil, &DecodeError{Path: "fork", Reason: "a side without blocks"}
	}
	shared = a[0]
	if err := verifyAlone(shared, chainID, new(checked)); err != nil {
		return nil, err
	}
	if shared.Hash() != b[0].Hash() {
		return nil, &InvalidError{Height: b[0].Height(), Reason: "the two sides begin with different blocks"}
	}
	for _, trace := range [...][]*LightBlock{a, b} {
		for i, next := range trace[1:] {
			if err := Verify(trace[i], next, next.Header.Time, p); err != nil {
				return nil, err
			}
		}
	}
	if !exclude(e.A.Block(), e.B.Block()) {
		return nil, &InvalidError{Height: e.B.Block().Height(), Reason: "both sides can be of one chain"}
	}
	return shared, nil
}

// exclude says that two blocks can't be on one chain.
func exclude(a, b *LightBlock) bool {
	if a.Height() > b.Height() {
		a, b = b, a
	}
	hash := a.Hash()
	switch b.Height() - a.Height() {
	case 0:
		return hash != b.Hash()
	case 1:
		return string(b.Header.LastBlockID.Hash) != string(hash[:]) || !after(b, a)
	}
	return !after(b, a)
}

func after(b, a *LightBlock) bool { return b.Header.Time.After(a.Header.Time) }
