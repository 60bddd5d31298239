package light_test

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/fuzztest"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// FuzzParseTrust: a trust root that was read is one, and is read again from what is written.
func FuzzParseTrust(f *testing.F) {
	hash := strings.Repeat("0a", 32)
	for _, s := range []string{"1:" + hash, " 9223372036854775807:" + strings.ToUpper(hash), "+1:" + hash, "0:" + hash, "1:" + strings.Repeat("0", 64), "01:" + hash, ":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, err := light.ParseTrust(text)
		if err != nil {
			return
		}
		if again, err := light.ParseTrust(root.String()); err != nil || again != root || root.Height == 0 || root.Hash == ([32]byte{}) {
			t.Fatalf("%q is %s, which is read as %s: %v", text, root, again, err)
		}
	})
}

func FuzzTrustRoot(f *testing.F) { fuzztest.Text[light.TrustRoot](f, "1:"+strings.Repeat("0a", 32)) }

func FuzzDecodeHeader(f *testing.F) {
	c := lighttest.New(lighttest.Options{}).Extend(2)
	fuzztest.Canonical(f, light.DecodeHeader, (*light.Header).Encode, c.Block(1).Header.Encode(), c.Block(2).Header.Encode())
}

// FuzzRecord: what a client has saved, behind a right checksum.
func FuzzRecord(f *testing.F) {
	b := lighttest.New(lighttest.Options{}).Extend(2).Block(2)
	fuzztest.Canonical(f, light.OpenRecord, light.SealRecord,
		light.SealRecord(light.Record{Height: 1, Root: b.Hash(), Origin: "typed in", Head: b.Hash(), Block: b.Encode(), From: 1, To: 2}),
		light.SealRecord(light.Record{}))
}
