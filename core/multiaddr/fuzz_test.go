package multiaddr

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/fuzztest"
)

func FuzzPeerID(f *testing.F) {
	fuzztest.Text[PeerID](f, self.String(), "12D3Koo"+strings.Repeat("1", 45), "12D3Koo"+strings.Repeat("z", 45), "16Uiu2HAmPLe7Mzm8TsYUubgCAW1aJoeFScxrLj8ppHFivPo97bUZ")
}

// FuzzFromProto: libp2p's form of a key is accepted in one way only.
func FuzzFromProto(f *testing.F) {
	f.Add(self.Proto())
	f.Add(append(self.Proto(), 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, ok := FromProto(b); ok && string(p.Proto()) != string(b) {
			t.Fatalf("%x is %s, which is written %x", b, p, p.Proto())
		}
	})
}
