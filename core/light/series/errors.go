package series

import (
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
)

// BeginningError says that a series begins at a height: that nothing stands before was shown. Accept.
type BeginningError struct {
	Height uint64 // of the oldest point, or of the newest state where there is no point at all
	What   string // such as "the first epoch of subnet 3"
}

func (e *BeginningError) Error() string          { return fmt.Sprintf("%s (block %d)", e.What, e.Height) }
func (e *BeginningError) Verdict() light.Verdict { return light.Accept }
func (e *BeginningError) Code() string           { return "series_begins" }

// GoneError says that no relay keeps the state after a block any more: an archive relay would. Inconclusive.
type GoneError struct {
	Height uint64
	Err    error // what the relays said
}

func (e *GoneError) Error() string {
	return fmt.Sprintf("no relay asked keeps the state after block %d: %v", e.Height, e.Err)
}
func (e *GoneError) Unwrap() error          { return e.Err }
func (e *GoneError) Verdict() light.Verdict { return light.Inconclusive }
func (e *GoneError) Code() string           { return "state_gone" }

// BrokenError says that the state after a block is not what a later one says that it was. Both are proven, so the
// producers signed something that their rules forbid, and only a replay shows which. Inconclusive.
type BrokenError struct {
	Height uint64
	Reason string
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("the state after block %d contradicts a later one: %s", e.Height, e.Reason)
}
func (e *BrokenError) Verdict() light.Verdict { return light.Inconclusive }
func (e *BrokenError) Code() string           { return "series_broken" }

// CountError says that a series was asked for too many points. Inconclusive.
type CountError struct{ Most int }

func (e *CountError) Error() string {
	return fmt.Sprintf("a series has at most %d points: ask for the rest from where it ends", e.Most)
}
func (e *CountError) Verdict() light.Verdict { return light.Inconclusive }
func (e *CountError) Code() string           { return "too_many_points" }

// isGone says whether every relay that was asked does not have the state, or the block is older than can be checked.
func isGone(err error) bool {
	var reach *light.ReachError
	if errors.As(err, &reach) && reach.Err == nil && reach.Height < reach.Lowest {
		return true
	}
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		for _, one := range many.Unwrap() {
			if !isGone(one) {
				return false
			}
		}
		return true
	}
	var no *wire.Refusal
	return errors.As(err, &no) && no.Code == wire.CodeNotFound
}
