package light

import (
	"crypto/sha256"
	"testing"
	"time"
)

// Record is what a client saves.
type Record = record

// OpenRecord reads a record without its checksum, and SealRecord writes one.
func OpenRecord(body []byte) (Record, error) {
	sum := sha256.Sum256(body)
	return decodeRecord(append(sum[:], body...))
}

// SealRecord is the way back of [OpenRecord].
func SealRecord(r Record) []byte { return encodeRecord(&r)[sha256.Size:] }

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

// RememberHashes has runs of replays remember no more than n blocks during a test.
func RememberHashes(t testing.TB, n int) {
	old := maxHashes
	maxHashes = n
	t.Cleanup(func() { maxHashes = old })
}

// Settled returns how many old blocks are remembered to be the chain's.
func (c *Client) Settled() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.settled)
}
