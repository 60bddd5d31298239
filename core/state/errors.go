package state

import (
	"errors"
	"fmt"
)

// ErrInMemory says that a tree has no datastore to commit to: it came from [New] or stands on a witness.
var ErrInMemory = errors.New("state: the tree has no store")

// SizeError says that a key, a value or a witness is too short or too long. Size and limits are in bytes, those of
// "witness nodes" in nodes.
type SizeError struct {
	What           string
	Size, Min, Max int
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("state: %s of size %d, allowed are %d to %d", e.What, e.Size, e.Min, e.Max)
}

// VersionError says that a commit's version isn't above the last committed one.
type VersionError struct{ Version, Last uint64 }

func (e *VersionError) Error() string {
	return fmt.Sprintf("state: can't commit version %d after version %d", e.Version, e.Last)
}

// PrunedError says that a version isn't kept: it is older than Oldest, newer than Newest, or was never committed. For a
// root that belongs to no kept version, Root is set.
type PrunedError struct {
	Version, Oldest, Newest uint64
	Root                    Root
}

func (e *PrunedError) Error() string {
	what := fmt.Sprintf("version %d", e.Version)
	if e.Root != (Root{}) {
		what = "root " + e.Root.String()
	}
	return fmt.Sprintf("state: %s isn't kept, versions %d to %d are", what, e.Oldest, e.Newest)
}

// CorruptError says that the datastore returned something else than what was written there. Version is that of the
// commit that wrote it and Node its number in that commit; 0 means a record of the version itself.
type CorruptError struct {
	Version uint64
	Node    uint32
	Reason  string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("state: store is corrupt: version %d, node %d: %s", e.Version, e.Node, e.Reason)
}

// FalseNodeError says that a witness doesn't belong to the root it was asked for, or isn't a witness at all. Who sent it
// is to blame. Got is the root that its nodes have, zero if they could not be decoded.
type FalseNodeError struct {
	Want, Got Root
	Reason    string
}

func (e *FalseNodeError) Error() string {
	return fmt.Sprintf("state: false witness for root %s: %s", e.Want, e.Reason)
}

// MissingError says that a witness doesn't hold a node on the way to Key (for an iteration, the key or prefix where it
// began). It is inconclusive: the sender may have had another program in mind. Nothing computed so far can be used.
type MissingError struct{ Key []byte }

func (e *MissingError) Error() string {
	return fmt.Sprintf("state: the witness lacks a node on the way to key %x", e.Key)
}

// UnusedError says that a witness holds nodes that the program didn't touch. Who sent it is to blame.
type UnusedError struct{ Nodes int }

func (e *UnusedError) Error() string {
	return fmt.Sprintf("state: the witness has %d nodes that the program didn't use", e.Nodes)
}

// LimitError says that a recorded program reads more than [Recorder.Limit] allows.
type LimitError struct{ Nodes, Bytes, MaxNodes, MaxBytes int }

func (e *LimitError) Error() string {
	return fmt.Sprintf("state: the program reads over its limit: %d nodes of %d, %d bytes of %d", e.Nodes, e.MaxNodes, e.Bytes, e.MaxBytes)
}
