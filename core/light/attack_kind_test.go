package light

import "testing"

// One header field that the rules decide makes a header lunatic, whichever it is; else the rounds tell.
func TestKindOf(t *testing.T) {
	header := func() *LightBlock {
		return &LightBlock{Header: Header{Height: 9, ValidatorsHash: []byte{1}, NextValidatorsHash: []byte{2}, ConsensusHash: []byte{3}, AppHash: []byte{4},
			LastResultsHash: []byte{5}, DataHash: []byte{6}}}
	}
	for name, c := range map[string]struct {
		change func(*LightBlock)
		want   Kind
	}{
		"producers":          {func(b *LightBlock) { b.Header.ValidatorsHash[0]++ }, Lunatic},
		"the next producers": {func(b *LightBlock) { b.Header.NextValidatorsHash[0]++ }, Lunatic},
		"parameters":         {func(b *LightBlock) { b.Header.ConsensusHash[0]++ }, Lunatic},
		"the state":          {func(b *LightBlock) { b.Header.AppHash[0]++ }, Lunatic},
		"results":            {func(b *LightBlock) { b.Header.LastResultsHash[0]++ }, Lunatic},
		"the state, and another round": {func(b *LightBlock) {
			b.Header.AppHash[0]++
			b.Commit.Round++
		}, Lunatic},
		"transactions": {func(b *LightBlock) { b.Header.DataHash[0]++ }, Equivocation},
		"transactions, and another round": {func(b *LightBlock) {
			b.Header.DataHash[0]++
			b.Commit.Round++
		}, Amnesia},
	} {
		changed := header()
		c.change(changed)
		if a, b := kindOf(changed, header()), kindOf(header(), changed); a != c.want || b != c.want {
			t.Errorf("%s: %s and %s, want %s", name, a, b, c.want)
		}
	}
}
