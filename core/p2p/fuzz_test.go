package p2p

import (
	"bytes"
	"testing"

	"github.com/taolight/taolight/core/p2p/p2ptest"
)

// FuzzHandshake: a message of the handshake is read up to its end and no further, or refused.
func FuzzHandshake(f *testing.F) {
	f.Add(p2ptest.Frame([]byte("a message")))
	f.Add([]byte{0xff, 0xff, 0})
	f.Add([]byte{0, 5, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readHandshake(bytes.NewReader(b))
		if err == nil && !bytes.HasPrefix(b, p2ptest.Frame(m)) {
			t.Fatalf("%x was read from %x", m, b)
		}
	})
}

// FuzzProposal: nothing but the answer that was waited for passes as one, however it is cut.
func FuzzProposal(f *testing.F) {
	f.Add(proposal(noiseProtocol))
	f.Add(proposal("na"))
	f.Add(proposal(yamuxProtocol)[:9])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := expectProposal(bytes.NewReader(b), noiseProtocol); err == nil && !bytes.HasPrefix(b, proposal(noiseProtocol)) {
			t.Fatalf("%q passes", b)
		}
	})
}

// FuzzExtensions: whatever follows a signature that is right, muxers are few and are named in the bytes.
func FuzzExtensions(f *testing.F) {
	f.Add(appendField(nil, extensionMuxer, []byte(yamuxProtocol)))
	f.Add(bytes.Repeat(appendField(nil, extensionMuxer, nil), maxMuxers+1))
	f.Add([]byte{0x0b, 0x0b, 0x0c})
	f.Fuzz(func(t *testing.T, b []byte) {
		muxers, err := parseMuxers(b)
		if err != nil {
			return
		}
		if len(muxers) > maxMuxers {
			t.Fatalf("%d muxers", len(muxers))
		}
		for _, m := range muxers {
			if !bytes.Contains(b, []byte(m)) {
				t.Fatalf("%q is not in %x", m, b)
			}
		}
	})
}
