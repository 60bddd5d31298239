package chain

import (
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/relays"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/view"
)

// RelaysArgs asks for a page of the relays on the list from a peer id on, from its beginning when that is left out.
type RelaysArgs struct {
	_    struct{}         `cbor:",toarray"`
	From multiaddr.PeerID `json:"from,omitempty"`
}

const relaysPerPage = 256

func queryRelays(r state.Reader, args *RelaysArgs) (*view.Relays, error) {
	out := new(view.Relays)
	page, next, err := relays.List(r, args.From, relaysPerPage)
	if err != nil {
		return out, err
	}
	out.Next = next
	for _, e := range page {
		out.Relays = append(out.Relays, view.Relay{
			Peer: e.Peer, Addr: e.Addr, Name: e.Name, Owner: e.Owner, Since: e.Since, Expires: e.Expires, Deposit: e.Deposit,
		})
	}
	return out, nil
}
