package light

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/taolight/taolight/core/checkpoint"
)

// ErrNoTrust says that there is no trust root, so that nothing can be compared with it. Inconclusive.
var ErrNoTrust error = noTrust{}

type noTrust struct{}

func (noTrust) Error() string    { return "no trusted block to begin with" }
func (noTrust) Verdict() Verdict { return Inconclusive }
func (noTrust) Code() string     { return "no_trust_root" }

// JoinError says that a source did not show how a block leads up to another. If one of the two is of another chain, no
// source can. Inconclusive.
type JoinError struct {
	Height, Above uint64
	Err           error
}

func (e *JoinError) Error() string {
	return fmt.Sprintf("block %d was not shown to lead to block %d: %v", e.Height, e.Above, e.Err)
}
func (e *JoinError) Verdict() Verdict { return Inconclusive }
func (e *JoinError) Code() string     { return "not_joined" }

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
// is inconclusive: [ReachError] for a checkpoint above the client's newest block (ask again when it has grown), or so far
// below where its checking began that the two can't be joined; [ErrNoTrust]; or that no source helped.
func (c *Client) Confirm(ctx context.Context, cp checkpoint.Checkpoint, by string) error {
	if cp.ChainID != c.cfg.ChainID {
		return &checkpoint.ChainError{Got: cp.ChainID, Want: c.cfg.ChainID}
	}
	pin, trusting := c.Pin()
	if !trusting {
		return ErrNoTrust
	}
	b, err := c.lookup(ctx, cp)
	if err != nil {
		return err
	}
	hash := b.Hash()
	root := "the trust root, " + pin.Origin
	if pin.Origin == "" {
		root = "the trust root"
	}
	if hash != cp.Hash {
		return &checkpoint.ConflictError{Height: cp.Height,
			A: checkpoint.Side{Height: pin.Root.Height, Hash: pin.Root.Hash, By: root, Makes: hash},
			B: checkpoint.Side{Height: cp.Height, Hash: cp.Hash, By: by, Makes: cp.Hash}}
	}
	if date := uint64(max(b.Header.Time.Unix(), 0)); date != cp.Time {
		return &checkpoint.DateError{Height: cp.Height, Date: cp.Time, Other: date, By: by, OtherBy: "its header"}
	}
	return nil
}

// lookup returns the block at a checkpoint's height.
func (c *Client) lookup(ctx context.Context, cp checkpoint.Checkpoint) (*LightBlock, error) {
	h, err := c.At(ctx, cp.Height)
	if err == nil {
		return h.Block, nil
	}
	var reach *ReachError
	if !errors.As(err, &reach) || cp.Height >= reach.Lowest {
		return nil, err
	}
	// It is below all that is kept. The block there must lead up to where checking began, by the signatures of its own
	// time. That is weaker than the chain of hashes down: it takes one false producer of then, with a relay, to join a
	// block that is not on the chain. So a relay which joins the checkpoint's own block outweighs one with another.
	_, _, first := c.around(0)
	var other *LightBlock
	for _, s := range c.snapshot() {
		b, failed := c.joins(ctx, s, cp.Height, first.Block)
		switch {
		case failed != nil:
			err = joined(err, c.judge(s, cp.Height, failed))
		case b.Hash() == cp.Hash:
			return b, nil
		default:
			other = b
		}
	}
	if other != nil {
		return other, nil
	}
	return nil, err
}

// joins returns a source's block at a height from which a verified one above can be verified, as of the latter's time.
func (c *Client) joins(ctx context.Context, s Source, height uint64, above *LightBlock) (*LightBlock, error) {
	blocks, err := fetch(ctx, s, height, height)
	if err != nil {
		return nil, err
	}
	if _, err := c.alone(blocks[0]); err != nil {
		return nil, err
	}
	if _, _, err = c.climbAt(ctx, s, blocks[0], above, func() time.Time { return above.Header.Time }); err != nil {
		err = &JoinError{Height: height, Above: above.Height(), Err: err}
	}
	return blocks[0], err
}
