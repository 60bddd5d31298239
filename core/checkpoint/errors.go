package checkpoint

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/taolight/taolight/core/keys"
)

// FormError says that something is not the text of a checkpoint, or can't be written as one.
type FormError struct{ Part, Value, Want string }

func (e *FormError) Error() string {
	value := strconv.Quote(e.Value)
	if len(e.Value) > 80 {
		value = strconv.Quote(e.Value[:80]) + "…"
	}
	return fmt.Sprintf("checkpoint: %s %s: want %s", e.Part, value, e.Want)
}

// Code names the error for programs.
func (e *FormError) Code() string { return "bad_checkpoint" }

// FalseError says that signatures are not what they should be: somebody changed the checkpoint or its signatures.
type FalseError struct{ Parties []keys.Account }

func (e *FalseError) Error() string {
	if len(e.Parties) == 1 {
		return fmt.Sprintf("checkpoint: the signature of %s is false", e.Parties[0])
	}
	return fmt.Sprintf("checkpoint: %d signatures are false, the first that of %s", len(e.Parties), e.Parties[0])
}

// Code names the error for programs.
func (e *FalseError) Code() string { return "false_checkpoint_signature" }

// RequireError says that fewer known parties signed than were required.
type RequireError struct{ Got, Want int }

func (e *RequireError) Error() string {
	return fmt.Sprintf("checkpoint: signed by %d known parties, %d are required", e.Got, e.Want)
}

// Code names the error for programs.
func (e *RequireError) Code() string { return "too_few_parties" }

// ChainError says that a checkpoint is of another chain.
type ChainError struct{ Got, Want string }

func (e *ChainError) Error() string {
	return fmt.Sprintf("checkpoint: it is of the chain %s, not of %s", e.Got, e.Want)
}

// Code names the error for programs.
func (e *ChainError) Code() string { return "wrong_chain" }

// Side is one of two checkpoints that contradict each other.
type Side struct {
	Height uint64
	Hash   [32]byte
	By     string   // who stands for it, in words
	Makes  [32]byte // the hash that it gives the block at ConflictError.Height
}

func (s Side) String() string {
	return fmt.Sprintf("%d:%s (%s)", s.Height, hex.EncodeToString(s.Hash[:]), s.By)
}

// ConflictError says that two checkpoints can't both be of one chain: they lead to different blocks at a height. Which of
// them is right nothing here can tell, so neither may be followed.
type ConflictError struct {
	Height uint64
	A, B   Side
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("checkpoints contradict each other: block %d is %x by %s, and %x by %s", e.Height, e.A.Makes[:6], e.A, e.B.Makes[:6], e.B)
}

// Code names the error for programs.
func (e *ConflictError) Code() string { return "checkpoint_conflict" }

// DateError says that a checkpoint gives its block a date that it can't have. It was not made from the block that it
// names.
type DateError struct {
	Height      uint64
	Date, Other uint64 // what it says and what shows that wrong, seconds since 1970
	By, OtherBy string // who says so, in words
}

func (e *DateError) Error() string {
	return fmt.Sprintf("checkpoint: block %d is dated %s (%s), which does not go with %s (%s)", e.Height, Date(e.Date), e.By, Date(e.Other), e.OtherBy)
}

// Code names the error for programs.
func (e *DateError) Code() string { return "wrong_date" }
