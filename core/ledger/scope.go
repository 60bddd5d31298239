package ledger

import (
	"errors"

	"github.com/taolight/taolight/core/state"
)

// Scope runs f so that it happens wholly or not at all: when f returns a [Refusal], everything that it wrote, summed up
// or reported is undone and the refusal is returned. Any other error means that the block can't go on.
func (l *Ledger) Scope(f func() error) (*Refusal, error) {
	base, totals, events, frail := l.Writer, l.Totals, len(l.events), len(l.frail)
	overlay := state.NewOverlay(base)
	l.Writer = overlay
	err := f()
	l.Writer = base
	var refusal *Refusal
	switch {
	case err == nil:
		return nil, overlay.Flush(base)
	case errors.As(err, &refusal):
		l.Totals, l.events, l.frail = totals, l.events[:events], l.frail[:frail]
		return refusal, nil
	}
	return nil, err
}
