package checkpoint_test

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/checkpoint"
)

// FuzzParse: every text is an error, or a checkpoint that is written as the text was, white space apart.
func FuzzParse(f *testing.F) {
	c := signed(f, block(), "//Alice", "//BOB")
	f.Add(c.String())
	f.Add(c.Lines())
	f.Add(checkpoint.Checkpoint{Block: block()}.String())
	f.Fuzz(func(t *testing.T, text string) {
		c, err := checkpoint.Parse(text)
		if err != nil {
			if len(err.Error()) > 3*checkpoint.MaxText {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		bare := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(text)
		if c.String() != bare {
			t.Errorf("%q is written as %q", text, c)
		}
		if again, err := checkpoint.Parse(c.Lines()); err != nil || again.String() != c.String() {
			t.Errorf("%q: %v, %v", c.Lines(), again, err)
		}
		checkpoint.Parties{}.Check(c)
	})
}

// FuzzParseParties: every text is an error, or a list that is written as the text was.
func FuzzParseParties(f *testing.F) {
	f.Add("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY=Ana,5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty=Ben")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := checkpoint.ParseParties(text)
		if err != nil {
			return
		}
		var back []string
		for _, p := range list {
			back = append(back, p.Account.String()+"="+p.Name)
		}
		if strings.Join(back, ",") != text {
			t.Errorf("%q is written as %q", text, back)
		}
	})
}
