package chain

import (
	"errors"
	"math"

	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/view"
)

// errMadeUpProducers says that a state names producers as no chain does: one without power, or under another's address.
var errMadeUpProducers = errors.New("producers that no chain writes")

func queryProducers(r state.Reader, _ *None) (*view.Producers, error) {
	out := new(view.Producers)
	all, err := Producers(r)
	if err != nil {
		return out, err
	}
	for _, p := range all {
		if p.Power <= 0 || p.Power > math.MaxInt64-out.Power {
			return out, errMadeUpProducers
		}
		out.Power += p.Power
		out.Producers = append(out.Producers, view.Producer{Address: p.Address(), Key: p.PubKey, Power: p.Power})
	}
	return out, nil
}
