package chain

import (
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/view"
)

// EventsRootQuery is the id of the program that light.Client.Events is handed.
const EventsRootQuery = "events_root@1"

// EventsRootArgs asks for the events root of one block.
type EventsRootArgs struct {
	_      struct{} `cbor:",toarray"`
	Height uint64   `json:"height"`
}

func queryEventsRoot(r state.Reader, args EventsRootArgs) (view.EventsRoot, error) {
	root, ok, err := ledger.ReadEventsRoot(r, args.Height)
	return view.EventsRoot{Height: args.Height, Root: root, Exists: ok}, err
}
