package tab_test

import (
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/fuzztest"
	"github.com/taolight/taolight/core/tab"
)

func read[V any](b []byte) (v V, err error) { return v, codec.Decode(b, &v) }

func write[V any](v V) []byte { return codec.MustEncode(v) }

// FuzzRequest: what the page asks has one encoding, and so have its parameters, which are carried as they are.
func FuzzRequest(f *testing.F) {
	fuzztest.Canonical(f, read[tab.Request], write,
		codec.MustEncode(tab.Request{ID: 7, Method: tab.Query, Params: codec.MustEncode(tab.QueryParams{Program: "supply@1", Args: tab.Raw{0x80}})}),
		codec.MustEncode(tab.Request{}), []byte{0x83, 0x00, 0x60, 0xff})
}

func FuzzMessage(f *testing.F) {
	fuzztest.Canonical(f, read[tab.Message], write,
		codec.MustEncode(tab.Message{Answer: &tab.Answer{ID: 1, Body: tab.Raw{0x81, 1}}}),
		codec.MustEncode(tab.Message{Answer: &tab.Answer{ID: 1, Error: &tab.Error{Code: "refused", Message: "no"}}}),
		codec.MustEncode(tab.Message{Status: &tab.Status{ChainID: "c", Relays: []tab.Relay{{Name: "r"}}, Alarms: []tab.Alarm{{Relay: "r"}}}}),
		codec.MustEncode(tab.Message{Block: &tab.Block{Height: 9, Signers: []tab.Signer{{Power: 1, Signed: true}}}}))
}

func FuzzFigure(f *testing.F) {
	fuzztest.Canonical(f, read[tab.Figure], write, codec.MustEncode(tab.Figure{Height: 3, Relay: "r"}))
}
