package node

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

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

// chooseTrust returns the trust root to begin with: what the visitor gave, else what this tab pinned for the chain, else
// what this program was built with, else the host's own checkpoint. The last is pinned from then on.
func (n *Node) chooseTrust(ctx context.Context, p tab.StartParams, chainID string, boot *wire.Bootstrap) (light.TrustRoot, string, error) {
	if p.Trust != "" {
		origin := fromAddress
		if p.Typed {
			origin = fromTyping
		}
		root, err := light.ParseTrust(p.Trust)
		return root, origin, err
	}
	if pin, ok := light.SavedPin(ctx, n.store, chainID); ok {
		return pin.Root, pin.Origin, nil
	}
	if root, ok := n.cfg.BuiltIn[chainID]; ok {
		return root, fromBuild, nil
	}
	if boot == nil {
		return light.TrustRoot{}, "", errNoTrust
	}
	root := light.TrustRoot{Height: boot.Checkpoint.Height}
	if len(boot.Checkpoint.Hash) != 2*len(root.Hash) || root.Height == 0 {
		return light.TrustRoot{}, "", errors.New("this page’s host names no block to trust")
	}
	if _, err := hex.Decode(root.Hash[:], []byte(boot.Checkpoint.Hash)); err != nil {
		return light.TrustRoot{}, "", fmt.Errorf("this page’s host names no block to trust: %w", err)
	}
	return root, fromHost, nil
}

// tooOld is the refusal to begin at a block that is older than the trusting period.
func tooOld(e *light.ExpiredError, period time.Duration) string {
	age := e.Now.Sub(e.At) + period
	const day = 24 * time.Hour
	if period < day {
		return fmt.Sprintf("This tab’s checkpoint is too old to trust. It is %s old; the limit is %s. Nothing is shown.", span(age), span(period))
	}
	return fmt.Sprintf("This tab’s checkpoint is too old to trust. It is %d days old; the limit is %d. Nothing is shown.", age/day, period/day)
}
