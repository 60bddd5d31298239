// Package level names how far a figure was checked.
//
// A level is never rounded up: an answer over a witness is [Proven] even where its program is cheap to run again, and
// only a block or an epoch that was executed here is [Replayed]. Only core/light may name a level other than [Claimed]
// (a test of this package reads the sources and holds everybody to it); all others pass on what they were given.
package level

import "fmt"

// Level says how far a figure was checked. The zero value is the lowest.
type Level uint8

const (
	// Claimed: a relay says so.
	Claimed Level = iota
	// Proven: over a witness under a state root that two thirds of the block producers signed.
	Proven
	// Replayed: computed again here.
	Replayed
)

var names = [...]string{"claimed", "proven", "replayed"}

// String returns the level's name as it stands in JSON, in data-level attributes and in class names.
func (l Level) String() string {
	if int(l) < len(names) {
		return names[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// MarshalText writes the level's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a level's name.
func (l *Level) UnmarshalText(b []byte) error {
	for i, n := range names {
		if n == string(b) {
			*l = Level(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a level: want claimed, proven or replayed", b)
}
