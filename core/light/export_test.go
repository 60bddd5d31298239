package light

import "time"

// ResealRecord returns a saved record with another block in it and a right checksum; the hash noted beside the block
// stays.
func ResealRecord(raw []byte, b *LightBlock) []byte {
	r, err := decodeRecord(raw)
	if err != nil {
		panic(err)
	}
	r.Block = b.Encode()
	return encodeRecord(&r)
}

// PlantRecord is [ResealRecord] by somebody who notes the other block's hash, too.
func PlantRecord(raw []byte, b *LightBlock) []byte {
	r, err := decodeRecord(raw)
	if err != nil {
		panic(err)
	}
	r.Block, r.Head = b.Encode(), b.Hash()
	return encodeRecord(&r)
}

// Convictions is convictions.
var Convictions = convictions

// HurryReports shortens the wait between tries to hand in evidence, until the returned function is called.
func HurryReports(pause time.Duration) (restore func()) {
	old := reportPause
	reportPause = pause
	return func() { reportPause = old }
}

// Between is between.
var Between = between
