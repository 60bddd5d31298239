package chain

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/multisig"
	"github.com/taolight/taolight/core/proxy"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/view"
)

// AddressArgs asks for one address.
type AddressArgs struct {
	_       struct{}     `cbor:",toarray"`
	Address keys.Account `json:"address"`
}

// ProxiesArgs asks for a page of the proxies of an address from a delegate on.
type ProxiesArgs struct {
	_       struct{}     `cbor:",toarray"`
	Address keys.Account `json:"address"`
	From    keys.Account `json:"from,omitempty"`
}

// OperationsArgs asks for a page of the operations of a group from one on.
type OperationsArgs struct {
	_       struct{}     `cbor:",toarray"`
	Address keys.Account `json:"address"`
	From    view.Place   `json:"from,omitempty"`
}

const (
	proxiesPerPage    = 256 // and what more a page's last delegate may do
	operationsPerPage = 64  // each with up to multisig.MaxSignatories approvals
)

func queryProxies(r state.Reader, args *ProxiesArgs) (*view.Proxies, error) {
	out := &view.Proxies{Address: args.Address}
	page, next, err := proxy.Of(r, args.Address, args.From, proxiesPerPage)
	out.Next = next
	for _, p := range page {
		out.Proxies = append(out.Proxies, view.Proxy{Delegate: p.Delegate, Type: p.Kind.String(), Deposit: p.Deposit})
	}
	return out, err
}

func queryOperations(r state.Reader, args *OperationsArgs) (*view.Operations, error) {
	out := &view.Operations{Address: args.Address}
	page, err := multisig.Of(r, args.Address, args.From.Height, args.From.Index, operationsPerPage+1)
	if len(page) > operationsPerPage {
		first := page[operationsPerPage]
		out.Next, page = view.Place{Height: first.Height, Index: first.Index}, page[:operationsPerPage]
	}
	for _, op := range page {
		out.Operations = append(out.Operations, view.Operation{
			Height: op.Height, Index: op.Index, Call: view.Hash(op.Call), Threshold: op.Threshold, Approvals: op.Approvals,
			Depositor: op.Depositor, Deposit: op.Deposit,
		})
	}
	return out, err
}

func queryColdkeySwap(r state.Reader, args *AddressArgs) (*view.ColdkeySwap, error) {
	out := &view.ColdkeySwap{Address: args.Address}
	s, ok, err := stake.ReadSwap(r, args.Address)
	if err != nil || !ok {
		return out, err
	}
	p, err := ledger.ReadParams(r)
	from := s.Since + p.ColdkeySwapDelay
	return &view.ColdkeySwap{
		Address: args.Address, Exists: true, Hash: view.Hash(s.Hash), Since: s.Since, From: from, Again: from + p.ColdkeySwapReannounce,
		Disputed: s.Disputed, Begun: s.Begun, New: s.New,
	}, err
}
