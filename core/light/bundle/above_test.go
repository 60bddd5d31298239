package bundle

import (
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/light"
)

// A transaction and a block need the header right above theirs, and a transaction's rules are known only if both headers'
// are.
func TestHeaderAbove(t *testing.T) {
	const known = chain.AppVersion
	for name, c := range map[string]struct {
		above            uint64
		ownApp, aboveApp uint64
		code             string
	}{
		"right above":      {6, known, known, ""},
		"two above":        {7, known, known, "false_proof"},
		"the same height":  {5, known, known, "false_proof"},
		"own rules newer":  {6, known + 1, known, "unknown_version"},
		"next rules newer": {6, known, known + 1, "unknown_version"},
	} {
		top := &light.LightBlock{Header: light.Header{Height: c.above, AppVersion: c.aboveApp}}
		path := light.Path{Up: []*light.LightBlock{top}, Down: []*light.Header{{Height: 5, AppVersion: c.ownApp}}}
		if _, _, err := new(Transaction).headers(&path); light.Code(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if c.code != "false_proof" {
			continue
		}
		if _, _, err := new(Block).blocks(&run{b: &Bundle{Path: path}}); light.Code(err) != c.code {
			t.Errorf("%s, of a block: %v", name, err)
		}
	}
}
