package light

import (
	"context"
	"errors"

	"github.com/taolight/taolight/core/checkpoint"
)

// ErrNoTrust says that there is no trust root, so that nothing can be compared with it. Inconclusive.
var ErrNoTrust error = noTrust{}

type noTrust struct{}

func (noTrust) Error() string    { return "no trusted block to begin with" }
func (noTrust) Verdict() Verdict { return Inconclusive }
func (noTrust) Code() string     { return "no_trust_root" }

// ReadTrust reads a trust root in either form: HEIGHT:HASH, or the text of a checkpoint, which is then returned, too. The
// checkpoint's signatures are not checked.
func ReadTrust(text string) (TrustRoot, *checkpoint.Checkpoint, error) {
	if !checkpoint.Is(text) {
		root, err := ParseTrust(text)
		return root, nil, err
	}
	c, err := checkpoint.Parse(text)
	if err != nil {
		return TrustRoot{}, nil, err
	}
	return TrustRoot{Height: c.Height, Hash: c.Hash}, &c, nil
}

// Confirm holds a checkpoint against the chain that the client verifies from its trust root. nil says that the block which
// it names is on that chain. By is who stands for the checkpoint, in words, for errors.
//
// Conclusive errors: [checkpoint.ChainError]; [checkpoint.DateError], when the block is there with another date; and
// [checkpoint.ConflictError], when the chain has another block at the checkpoint's height. Then either the checkpoint or
// the trust root is wrong, and nobody here can tell which: whoever takes the checkpoint seriously must stop. Anything else
// is inconclusive: [ReachError] for a checkpoint above the client's newest block (ask again when it has grown) or so far
// below that neither the state nor anything else names it; [ErrNoTrust]; or that no source helped.
//
// Headers decide as far as they lead, 1,024 blocks below a verified one and everywhere above the trust root. Farther below
// the newest state's word counts, in which two thirds of the producers could lie; only a replay shows that.
func (c *Client) Confirm(ctx context.Context, cp checkpoint.Checkpoint, by string) error {
	if cp.ChainID != c.cfg.ChainID {
		return &checkpoint.ChainError{Got: cp.ChainID, Want: c.cfg.ChainID}
	}
	b, err := c.confirm(ctx, TrustRoot{Height: cp.Height, Hash: cp.Hash}, by)
	if err != nil {
		return err
	}
	if date := uint64(max(b.Header.Time.Unix(), 0)); date != cp.Time {
		return &checkpoint.DateError{Height: cp.Height, Date: cp.Time, Other: date, By: by, OtherBy: "its header"}
	}
	return nil
}

// ConfirmRoot is [Client.Confirm] for another trust root than the one in use.
func (c *Client) ConfirmRoot(ctx context.Context, root TrustRoot, by string) error {
	_, err := c.confirm(ctx, root, by)
	return err
}

func (c *Client) confirm(ctx context.Context, root TrustRoot, by string) (*LightBlock, error) {
	pin, trusting := c.Pin()
	if !trusting {
		return nil, ErrNoTrust
	}
	if err := c.Stopped(); err != nil {
		return nil, err
	}
	h, err := c.byHeaders(ctx, root.Height)
	var reach *ReachError
	if errors.As(err, &reach) && root.Height < reach.Lowest { // no headers lead there: what the state says is all there is
		h, err = c.At(ctx, root.Height)
	}
	if err != nil {
		return nil, err
	}
	if h.Hash != root.Hash {
		mine := "the trust root"
		if pin.Origin != "" {
			mine += ", " + pin.Origin
		}
		return nil, &checkpoint.ConflictError{Height: root.Height,
			A: checkpoint.Side{Height: pin.Root.Height, Hash: pin.Root.Hash, By: mine, Makes: h.Hash},
			B: checkpoint.Side{Height: root.Height, Hash: root.Hash, By: by, Makes: root.Hash}}
	}
	return h.Block, nil
}
