package node

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	ds "github.com/ipfs/go-datastore"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// Where a trust root came from, in words; they are saved with it.
const (
	fromBuild   = "built in"
	fromAddress = "from the address"
	fromTyping  = "typed in"
	fromHost    = "first use, from this page’s host"
)

// errNoTrust says that only the page's host could name a trust root and it has not answered yet.
var errNoTrust = errors.New("no trust root yet")

// trust is the trust root that a session begins with.
type trust struct {
	root   light.TrustRoot
	origin string
	signed *checkpoint.Checkpoint // nil: it was named by height and hash
	by     checkpoint.Signers
}

// chooseTrust returns the trust root to begin with: what the visitor gave, else what this tab pinned for the chain, else
// what this program was built with, else the host's own checkpoint. The last is pinned from then on.
func (n *Node) chooseTrust(ctx context.Context, p tab.StartParams, chainID string, boot *wire.Bootstrap) (trust, error) {
	if p.Trust != "" {
		return n.givenTrust(ctx, p, chainID)
	}
	if pin, ok := light.SavedPin(ctx, n.store, chainID); ok {
		t := trust{root: pin.Root, origin: pin.Origin}
		if raw, err := n.store.Get(ctx, signedKey(chainID)); err == nil {
			// Which parties are known may have changed since it was pinned.
			if root, c, err := light.ReadTrust(string(raw)); err == nil && c != nil && root == pin.Root {
				t.signed, t.by = c, n.cfg.Parties.Check(*c)
			}
		}
		return t, nil
	}
	if root, ok := n.cfg.BuiltIn[chainID]; ok {
		return trust{root: root, origin: fromBuild}, nil
	}
	if boot == nil {
		return trust{}, errNoTrust
	}
	root := light.TrustRoot{Height: boot.Checkpoint.Height}
	if len(boot.Checkpoint.Hash) != 2*len(root.Hash) || root.Height == 0 {
		return trust{}, errors.New("this page’s host names no block to trust")
	}
	if _, err := hex.Decode(root.Hash[:], []byte(boot.Checkpoint.Hash)); err != nil {
		return trust{}, fmt.Errorf("this page’s host names no block to trust: %w", err)
	}
	return trust{root: root, origin: fromHost}, nil
}

// givenTrust reads what the visitor gave and keeps a signed checkpoint, so that later visits can tell who signed.
func (n *Node) givenTrust(ctx context.Context, p tab.StartParams, chainID string) (t trust, err error) {
	t.origin = fromAddress
	if p.Typed {
		t.origin = fromTyping
	}
	if t.root, t.signed, err = light.ReadTrust(p.Trust); err != nil || t.signed == nil {
		return t, err
	}
	if t.signed.ChainID != chainID {
		return t, &checkpoint.ChainError{Got: t.signed.ChainID, Want: chainID}
	}
	t.by = n.cfg.Parties.Check(*t.signed)
	if err := t.by.Require(0); err != nil {
		return t, err
	}
	if err := n.store.Put(ctx, signedKey(chainID), []byte(t.signed.String())); err != nil && ctx.Err() == nil {
		n.logf("warn", "Who signed the checkpoint could not be noted: %v", err)
	}
	return t, nil
}

// signedKey is where the checkpoint that a chain's trust root was given as is kept.
func signedKey(chainID string) ds.Key {
	return ds.NewKey("/node/signed").ChildString(hex.EncodeToString([]byte(chainID)))
}

// showTrust is the trust root in use, for the page, under the node's lock.
func (s *session) showTrust() (out tab.Trust) {
	if s.client == nil {
		return out
	}
	pin, ok := s.client.Pin()
	if !ok {
		return out
	}
	out = tab.Trust{
		Height: pin.Root.Height, Hash: pin.Root.Hash, Source: pin.Origin, Pinned: milli(pin.Pinned),
		Period: uint64(s.n.cfg.Params.TrustingPeriod / time.Second),
	}
	if !pin.Time.IsZero() {
		out.Time = milli(pin.Time)
	}
	if s.trust.signed != nil {
		out.SignedBy, out.Known = s.trust.by.String(), uint64(len(s.trust.by.Known))
	}
	for _, o := range s.others {
		out.Compared = append(out.Compared, tab.Checkpoint{Height: o.root.Height, Hash: o.root.Hash, By: o.by, Known: o.known, State: o.state, Why: o.why})
	}
	return out
}

// tooOld is the refusal to go on from a block that is older than the trusting period; root says whether it is the trust
// root's.
func tooOld(e *light.ExpiredError, period time.Duration, root bool) string {
	what := "This tab’s checkpoint is too old to trust."
	if !root {
		what = fmt.Sprintf("Block %s, the newest that this tab verified, is too old to go on from.", count(e.Height))
	}
	age := e.Now.Sub(e.At) + period
	const day = 24 * time.Hour
	if period < day {
		return fmt.Sprintf("%s It is %s old; the limit is %s. Nothing is shown.", what, span(age), span(period))
	}
	return fmt.Sprintf("%s It is %d days old; the limit is %d. Nothing is shown.", what, age/day, period/day)
}
