package light

import (
	"context"
	"fmt"

	"github.com/taolight/taolight/core/level"
)

// Below a verified block others are reached through the hash that each header holds of the one before it: those that are
// near always, as far as maxLinks when there is no other way, and as far as [MaxLinks] where somebody asks for no other.
const (
	nearLinks = 8 // blocks: about as long to fetch in one answer as a witness and then one block in two
	maxLinks  = 1024
)

// ReachError says that a block lies where this client can't verify it: too far below where its checking began, or above
// its newest block. Inconclusive.
type ReachError struct {
	Height, Lowest, Highest uint64
	Err                     error // why the state's word on the block couldn't be had, if that would have helped
}

func (e *ReachError) Error() string {
	text := fmt.Sprintf("block %d can't be checked from here: heights %d to %d can", e.Height, e.Lowest, e.Highest)
	if e.Err != nil {
		text += "; its hash in the newest state: " + e.Err.Error()
	}
	return text
}
func (e *ReachError) Unwrap() error    { return e.Err }
func (e *ReachError) Verdict() Verdict { return Inconclusive }
func (e *ReachError) Code() string     { return "out_of_reach" }

// At returns the block at a height up to the newest one, checked: from memory, by the chain of hashes down from a
// verified block not far above, by its hash in the newest state, or, where the state has forgotten
// it or is withheld, by a long chain of hashes or by verification from a block below. Without a trust root it is claimed.
//
// Errors are [ReachError], [ForkError], an [OtherBlockError] or [InvalidError] for each source that sent another block,
// and those of [Client.QueryAt].
func (c *Client) At(ctx context.Context, height uint64) (*Head, error) {
	if err := c.Stopped(); err != nil {
		return nil, err
	}
	return c.reach(ctx, height, maxLinks, c.ways)
}

// byHeaders is [Client.At] by headers alone. What is to find out producers who sign false states can't rest on what a
// state says: two thirds of today's could give the chain another past there, not in the headers' hashes.
func (c *Client) byHeaders(ctx context.Context, height uint64) (*Head, error) {
	return c.reach(ctx, height, maxLinks, c.headerWays)
}

// way is a way to a block, and ways are those there are in the order in which they are tried.
type (
	way  func(context.Context) (*Head, error)
	ways func(head, below, above *Head, height, most uint64) []way
)

// reach tries ways to a block, of which those by hashes lead down by at most so many headers.
func (c *Client) reach(ctx context.Context, height, most uint64, ways ways) (*Head, error) {
	head := c.Head()
	if head == nil || height == 0 || height > head.Block.Height() {
		e := &ReachError{Height: height}
		if head != nil {
			e.Lowest, e.Highest = 1, head.Block.Height()
		}
		return nil, e
	}
	if head.Level == level.Claimed {
		return c.claimedAt(ctx, head, height)
	}
	below, same, above := c.around(height)
	if same != nil {
		return same, nil
	}
	var failed error
	for _, way := range ways(head, below, above, height, most) {
		found, err := way(ctx)
		if err == nil {
			return found, nil
		}
		if fork := c.Fork(); fork != nil {
			return nil, fork
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if VerdictOf(failed) != Blame { // a lie says more than what else did not work
			failed = err
		}
	}
	if failed == nil {
		failed = &ReachError{Height: height, Lowest: lowestLinked(above, most), Highest: head.Block.Height()}
	}
	return nil, failed
}

// ways are all that there are.
func (c *Client) ways(head, below, above *Head, height, most uint64) []way {
	byHeaders := c.headerWays(head, below, above, height, most)
	if above != nil && above.Block.Height()-height <= nearLinks {
		return byHeaders
	}
	return append([]way{func(ctx context.Context) (*Head, error) { return c.named(ctx, head, height, above) }}, byHeaders...)
}

// headerWays are those that need no state. As far as it may reach it is the chain of hashes alone: what a verified block
// names lies on its chain for sure, what the producers of an older block signed only as long as they are honest.
func (c *Client) headerWays(_, below, above *Head, height, most uint64) []way {
	down := func(ctx context.Context) (found *Head, err error) {
		err = c.each(height, func(s Source) (err error) { found, err = c.descend(ctx, s, above, height); return err })
		return found, err
	}
	if above != nil && above.Block.Height()-height <= most {
		return []way{down}
	}
	if below != nil {
		return []way{func(ctx context.Context) (*Head, error) { return c.climbed(ctx, below, height) }}
	}
	return nil
}

// climbed verifies a block from one below.
func (c *Client) climbed(ctx context.Context, below *Head, height uint64) (found *Head, err error) {
	err = c.each(height, func(s Source) error {
		blocks, err := fetch(ctx, s, height, height)
		if err != nil {
			return err
		}
		_, done, err := c.ascend(ctx, s, below, blocks[0])
		if err == nil {
			found = c.inspect(s, blocks[0], level.Proven, done)
		}
		return err
	})
	return found, err
}

// descend goes down from a verified block: each block must have the hash that the one above it names. The block at
// height is also checked for itself, so that its producers and signatures can be shown.
func (c *Client) descend(ctx context.Context, s Source, above *Head, height uint64) (*Head, error) {
	last, run := above.Block, c.running()
	replayed := c.among(above, run)
	loose, err := c.linked(ctx, s, &above.Block.Header, height, func(b *LightBlock) error {
		last = b
		replayed = replayed || c.among(&Head{Block: b, Hash: b.Hash()}, run)
		return nil
	})
	if loose != nil {
		err = c.unlinked(ctx, s, loose, err, above)
	}
	if err != nil {
		return nil, err
	}
	done, err := c.alone(last)
	if err != nil {
		return nil, err
	}
	found := c.inspect(s, last, level.Proven, done)
	if replayed {
		found.run = run
	}
	c.keepReached(found)
	return found, nil
}

// unlinked deals with a block that is not the one that another, on the way down from above, follows: invalid. If it verifies
// from a block below, that is a fork: the source is not to blame for where above came from.
func (c *Client) unlinked(ctx context.Context, s Source, b *LightBlock, invalid error, above *Head) error {
	err := c.contradiction(ctx, s, b, above)
	if VerdictOf(err) == Blame {
		return invalid
	}
	return err
}

func (c *Client) claimedAt(ctx context.Context, head *Head, height uint64) (*Head, error) {
	if head.Block.Height() == height {
		return head, nil
	}
	var found *Head
	err := c.each(height, func(s Source) error {
		blocks, err := fetch(ctx, s, height, height)
		if err != nil {
			return err
		}
		done, err := c.alone(blocks[0])
		if err == nil {
			found = c.inspect(s, blocks[0], level.Claimed, done)
		}
		return err
	})
	return found, err
}
