package light

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	ds "github.com/ipfs/go-datastore"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
)

// record is what a client saves: the trust root in use, the newest block that was verified from it, and which blocks were
// executed again.
type record struct {
	_      struct{} `cbor:",toarray"`
	Height uint64   // of the trust root
	Root   [32]byte // its hash
	Origin string
	Pinned uint64 // ms since 1970
	Time   uint64 // of the trust root's block, ms; 0: not seen
	Head   [32]byte
	Block  []byte   // protobuf of the light block with hash Head
	Saved  uint64   // ms
	From   uint64   // the run of replays: its first block, 0 for none,
	To     uint64   // the last one that was executed,
	Next   [32]byte // and the hash of the block that it led to
}

func storeKey(chainID string) ds.Key {
	return ds.NewKey("/light").ChildString(hex.EncodeToString([]byte(chainID)))
}

// Forget deletes what a client for the chain has saved: pin and head.
func Forget(ctx context.Context, store ds.Datastore, chainID string) error {
	if err := store.Delete(ctx, storeKey(chainID)); err != nil && !errors.Is(err, ds.ErrNotFound) {
		return err
	}
	return store.Sync(ctx, storeKey(chainID))
}

// SavedPin returns the trust root that a client for the chain has saved, if there is a readable one.
func SavedPin(ctx context.Context, store ds.Datastore, chainID string) (Pin, bool) {
	raw, err := store.Get(ctx, storeKey(chainID))
	if err != nil {
		return Pin{}, false
	}
	r, err := decodeRecord(raw)
	return r.pin(), err == nil
}

// A record stands behind its SHA-256: damage must not look like another trust root, which relays would be blamed for.
func encodeRecord(r *record) []byte {
	body := codec.MustEncode(r)
	sum := sha256.Sum256(body)
	return append(sum[:], body...)
}

func decodeRecord(raw []byte) (r record, err error) {
	if len(raw) < sha256.Size || sha256.Sum256(raw[sha256.Size:]) != [sha256.Size]byte(raw) {
		return record{}, errors.New("it is damaged")
	}
	raw = raw[sha256.Size:]
	if codec.Decode(raw, &r) != nil { // whole, as its sum says
		return record{}, errors.New("another version of this program wrote it")
	}
	if r.Height == 0 || r.Root == [32]byte{} {
		return record{}, errors.New("no trust root in it")
	}
	return r, nil
}

func (r *record) pin() Pin {
	p := Pin{Root: TrustRoot{Height: r.Height, Hash: r.Root}, Origin: r.Origin, Pinned: time.UnixMilli(int64(r.Pinned))}
	if r.Time > 0 {
		p.Time = time.UnixMilli(int64(r.Time))
	}
	return p
}

// load takes up pin and head from the store. If the saved block is unusable, checking begins again from the trust root, and
// an event says why.
//
// A saved block is believed to be what this client verified. It must stand beside the trust root in use and not below it,
// hash to what was noted, belong to the chain, be signed by the producers that it names itself, and be within the trusting
// period: so damage, another chain, another trust root and age are noticed. That it descends from the trust root is not
// shown: whoever can write the store can plant a head, and say what was replayed. [Forget] begins again from the trust root.
func (c *Client) load(ctx context.Context) {
	if c.cfg.Store == nil {
		return
	}
	raw, err := c.cfg.Store.Get(ctx, storeKey(c.cfg.ChainID))
	if errors.Is(err, ds.ErrNotFound) {
		return
	}
	var r record
	if err == nil {
		r, err = decodeRecord(raw)
	}
	if err != nil {
		c.event(Event{Kind: EventStore, Err: fmt.Errorf("what was saved can't be read: %w", err)})
		return
	}
	saved := r.pin()
	if !c.pin.Root.IsZero() && c.pin.Root != saved.Root {
		c.event(Event{Kind: EventRetarget, Height: c.pin.Root.Height, Err: errors.New("the saved block was verified from another trust root")})
		return
	}
	if !c.pin.Root.IsZero() && c.pin.Origin != "" {
		saved.Origin = c.pin.Origin
	}
	c.pin = saved
	h, err := c.restore(&r)
	if err != nil {
		kind := EventStore
		var expired *ExpiredError
		if errors.As(err, &expired) {
			kind = EventRetarget
		}
		c.event(Event{Kind: kind, Height: c.pin.Root.Height, Err: err})
		return
	}
	c.trace, c.head = []*Head{h}, h
	if r.From > 0 && r.From <= r.To && r.To < h.Block.Height() {
		c.run = &stretch{from: r.From, to: r.To, hashes: [][32]byte{r.Next}}
	}
	c.event(Event{Kind: EventResumed, Height: h.Block.Height()})
}

// restore makes the checks that load tells of.
func (c *Client) restore(r *record) (*Head, error) {
	b, err := DecodeLightBlock(r.Block)
	if err != nil {
		return nil, err
	}
	if hash := b.Hash(); hash != r.Head {
		return nil, &HashError{What: "saved block", Got: hash, Want: r.Head}
	}
	if b.Height() < r.Height || b.Height() == r.Height && r.Head != r.Root {
		return nil, &RootError{Root: TrustRoot{Height: r.Height, Hash: r.Root}, Got: r.Head}
	}
	done, now := new(checked), c.cfg.Now()
	if err := verifyAlone(b, c.cfg.ChainID, done); err != nil {
		return nil, err
	}
	if err := checkClock(b, now, c.params); err != nil {
		return nil, err
	}
	if err := checkFresh(b, now, c.params); err != nil {
		return nil, err
	}
	signed := b.signers(done)
	c.counts.Headers++
	c.counts.Signatures += uint64(done.count)
	return &Head{Block: b, Hash: r.Head, Level: level.Proven, Signed: signed, Source: "saved"}, nil
}

// save writes pin and newest block. That it fails costs the next start some time, nothing else.
func (c *Client) save(ctx context.Context) {
	c.mu.Lock()
	pin, head, run := c.pin, c.head, c.run
	var replayed stretch
	var next [32]byte
	if run != nil && run.to >= run.from {
		replayed, next = *run, run.hashes[len(run.hashes)-1]
	}
	c.mu.Unlock()
	if c.cfg.Store == nil || head == nil || pin.Root.IsZero() {
		return
	}
	r := record{Height: pin.Root.Height, Root: pin.Root.Hash, Origin: pin.Origin, Pinned: milli(pin.Pinned), Time: milli(pin.Time),
		Head: head.Hash, Block: head.Block.Encode(), Saved: milli(c.cfg.Now()),
		From: replayed.from, To: replayed.to, Next: next}
	key := storeKey(c.cfg.ChainID)
	err := c.cfg.Store.Put(ctx, key, encodeRecord(&r))
	if err == nil {
		err = c.cfg.Store.Sync(ctx, key)
	}
	if err != nil && ctx.Err() == nil {
		c.event(Event{Kind: EventStore, Height: head.Block.Height(), Err: fmt.Errorf("could not save: %w", err)})
	}
}

func milli(t time.Time) uint64 {
	if ms := t.UnixMilli(); ms > 0 {
		return uint64(ms)
	}
	return 0
}
