package light

import (
	"context"
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// Program is a query of the chain: the same function that the relay runs. core/chain's are such; the client is handed
// one rather than its name, so that this package knows no chain.
type Program interface {
	// ID is name@version, such as account@1: what the relay is asked for.
	ID() string
	// Run answers in canonical CBOR, or with an error that is none of the state's own.
	Run(r state.Reader, args []byte) ([]byte, error)
}

// ProgramError says that a program ended with an error of its own, or panicked, over a witness that is right: the
// question is wrong, or the state is none that the program knows, but not the answer. Inconclusive.
type ProgramError struct {
	Program string
	Err     error
}

func (e *ProgramError) Error() string    { return e.Program + ": " + e.Err.Error() }
func (e *ProgramError) Unwrap() error    { return e.Err }
func (e *ProgramError) Verdict() Verdict { return Inconclusive }
func (e *ProgramError) Code() string     { return "query_failed" }

// VersionError says that a block follows rules that this program does not know: what it did and what its state means
// can't be told. Inconclusive.
type VersionError struct{ Height, Got, Known uint64 }

func (e *VersionError) Error() string {
	return fmt.Sprintf("block %d follows version %d of the rules, this program knows version %d. Update it.", e.Height, e.Got, e.Known)
}
func (e *VersionError) Verdict() Verdict { return Inconclusive }
func (e *VersionError) Code() string     { return "unknown_version" }

// usable refuses a block whose state and contents can't be shown now.
//
// Its rules may be others than the caller's. The version is that of the block's own header, also for the state that this
// header names, though the block before wrote it: a change of version takes effect with the next header, so this is the
// version under which that state stands.
//
// Or the client's newest block is older than the trusting period, as after a long sleep. The newest decides, not h: old
// blocks below a newest one that is not are as good as it is.
func (c *Client) usable(h *Head) error {
	if known, got := c.cfg.AppVersion, h.Block.Header.AppVersion; known != 0 && got != known {
		return &VersionError{Height: h.Block.Height(), Got: got, Known: known}
	}
	if head := c.Head(); head != nil && head.Level > level.Claimed {
		return checkFresh(head.Block, c.cfg.Now(), c.params)
	}
	return nil
}

// Query runs a program over the state that the newest block's header names, on state nodes that a source sends, each
// checked by its hash. Args is the canonical CBOR of the program's arguments; the value of the answer that of its
// result, see [As]. Sources are asked in turn until one's witness is right. Call [Client.Sync] first.
func (c *Client) Query(ctx context.Context, p Program, args []byte) (Proven[[]byte], error) {
	return c.QueryAt(ctx, c.Head(), p, args)
}

// QueryAt is [Client.Query] for the state that the header of h names, a block that this client checked. Relays keep the
// state of recent heights only. A block with another app version than [Config] knows is refused with [VersionError],
// and every question with [ExpiredError] once the newest verified block is older than the trusting period.
func (c *Client) QueryAt(ctx context.Context, h *Head, p Program, args []byte) (Proven[[]byte], error) {
	var out Proven[[]byte]
	if err := c.Stopped(); err != nil {
		return out, err
	}
	if h == nil {
		return out, &ReachError{}
	}
	if err := c.usable(h); err != nil {
		return out, err
	}
	root, err := h.Block.StateRoot()
	if err != nil {
		return out, err
	}
	req := wire.WitnessRequest{Root: root, Program: p.ID(), Args: args}
	var failed *ProgramError
	err = c.each(h.Block.Height(), func(s Source) error {
		w, err := s.Witness(ctx, req)
		if err != nil {
			return err
		}
		started := c.cfg.Now()
		failed = nil
		result, stats, err := Answer(p, w, root, args)
		now := c.cfg.Now()
		if err != nil && !errors.As(err, &failed) { // where the witness is right, it is the program that said no
			return err
		}
		c.count(func(n *Counts) {
			n.Witnesses++
			n.WitnessBytes += uint64(len(w))
			n.Nodes += uint64(stats.Nodes)
		})
		out = Proven[[]byte]{value: result, level: c.levelOf(h), block: h.Block, root: root, request: req, witness: w, stats: stats,
			source: s.Name(), checked: now, took: now.Sub(started)}
		return nil
	})
	if err != nil {
		return Proven[[]byte]{}, err
	}
	if failed != nil {
		return Proven[[]byte]{}, failed
	}
	return out, nil
}

// Answer runs a program over a witness under a state root: the pure part of [Client.QueryAt]. What is wrong with the witness
// is said as by [state.Witness.Run]; that the witness is right and the program said no is a [ProgramError].
func Answer(p Program, w state.Witness, root state.Root, args []byte) (result []byte, stats state.WitnessStats, err error) {
	var failed error
	stats, err = w.Run(root, func(t *state.Tree) error {
		result, failed = run(p, t, args)
		return failed
	})
	var missing *state.MissingError
	switch {
	case failed != nil && !errors.As(err, &missing) && errors.Is(err, failed):
		return nil, stats, &ProgramError{Program: p.ID(), Err: failed}
	case err != nil:
		return nil, stats, err
	}
	return result, stats, nil
}

// run is p.Run with a panic as an error: a state that is only claimed may hold anything.
func run(p Program, r state.Reader, args []byte) (result []byte, err error) {
	defer func() {
		if bug := recover(); bug != nil {
			result, err = nil, fmt.Errorf("it broke down over this state: %v", bug)
		}
	}()
	return p.Run(r, args)
}

// Body is a block's contents. Level covers Txs and Evidence, which the block's own header binds; ResultsLevel covers
// Results, which the next header binds: they are claimed as long as there is none.
type Body struct {
	Head         *Head
	Level        level.Level
	ResultsLevel level.Level
	Txs          [][]byte
	Results      []wire.TxResult // one for each transaction
	Evidence     []byte          // protobuf of CometBFT's EvidenceList
	Source       string
}

// Block returns a block's transactions and results, checked against the headers at its height and the next. It is
// refused as by [Client.QueryAt].
func (c *Client) Block(ctx context.Context, height uint64) (*Body, error) {
	h, err := c.At(ctx, height)
	if err != nil {
		return nil, err
	}
	var next *Head
	if head := c.Head(); head.Block.Height() > height {
		// Without the next header the results stay claimed, which is no reason to withhold the transactions.
		next, _ = c.reach(ctx, height+1, maxLinks, c.ways)
	}
	return c.body(ctx, h, next)
}

// body fetches the contents and results of a checked block; next may be nil.
func (c *Client) body(ctx context.Context, h, next *Head) (*Body, error) {
	if err := c.usable(h); err != nil {
		return nil, err
	}
	var body *Body
	err := c.each(h.Block.Height(), func(s Source) error {
		reply, err := s.Block(ctx, h.Block.Height())
		if err != nil {
			return err
		}
		if err := checkBody(reply, h, next); err != nil {
			return err
		}
		body = &Body{Head: h, Level: h.Level, Txs: reply.Txs, Results: reply.Results, Evidence: reply.Evidence, Source: s.Name()}
		if next != nil {
			body.ResultsLevel = min(h.Level, next.Level)
		}
		return nil
	})
	return body, err
}

// checkBody holds a block's contents against its header, and its results against the next header if that is known. What
// differs from a header that is only claimed is nobody's fault.
func checkBody(reply *wire.BlockReply, h, next *Head) error {
	height := h.Block.Height()
	if err := (Contents{Txs: reply.Txs, Evidence: reply.Evidence}).check(&h.Block.Header); err != nil {
		return h.unsigned(err)
	}
	if len(reply.Results) != len(reply.Txs) {
		return &InvalidError{Height: height, Reason: "it has not one result for each transaction"}
	}
	results, err := ResultsHash(reply.Results)
	if err != nil || next == nil {
		return err
	}
	return next.unsigned(differs(height, "list of results", results, next.Block.Header.LastResultsHash))
}

// Submit hands a transaction to the first source that answers, and says which. A refusal in the reply is that source's
// own view.
func (c *Client) Submit(ctx context.Context, tx []byte) (reply *wire.SubmitReply, source string, err error) {
	err = c.each(0, func(s Source) (err error) {
		reply, err = s.Submit(ctx, tx)
		source = s.Name()
		return err
	})
	return reply, source, err
}
