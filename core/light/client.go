package light

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	ds "github.com/ipfs/go-datastore"

	"github.com/taolight/taolight/core/level"
)

// maxTrace is how many verified blocks a client keeps to compare others with: the newest, and the oldest as a base.
const maxTrace = 128

// Config is what a client starts with.
type Config struct {
	ChainID string    // of the chain to follow; required
	Trust   TrustRoot // zero: the pin in Store; without one everything stays claimed
	Origin  string    // where Trust comes from, in words; kept with the pin
	Params  Params
	Store   ds.Datastore     // saves pin and head, which are believed: only the caller may write it; nil: nothing is saved
	Now     func() time.Time // the clock; required
	Sources []Source         // more can come and go, see [Client.Add]
	OnEvent func(Event)      // told what happens, in order, from the goroutine that does it; must not block; may be nil

	// AppVersion is the version of the chain's rules that the caller's programs know, chain.AppVersion for core/chain's:
	// states and contents of blocks with another are refused with [VersionError]. 0 is for those who only follow headers:
	// nothing is refused.
	AppVersion uint64
}

// Client follows one chain. Its methods may be called concurrently. Everything is verified outside of its lock; what
// the lock guards is below it.
type Client struct {
	cfg    Config
	params Params

	mu      sync.Mutex
	sources []*peer
	pin     Pin     // zero: no trust root
	trace   []*Head // verified blocks by height: where checking began, and the newest; empty without a trust root
	head    *Head   // newest verified, or without a trust root the last claimed by date; nil: none yet
	counts  Counts
	fork    *ForkError
	fraud   *FraudError
	run     *stretch  // nil: none
	settled []settled // old blocks that sources have shown, the last ones
	reached []*Head   // blocks far below that hashes led to, the last ones
}

type peer struct {
	Source
	latest    uint64
	comparing time.Time // since when old blocks of it are counted that the others were asked about,
	compared  int       // and how many there were
}

// Pin is the trust root in use and where it came from.
type Pin struct {
	Root   TrustRoot
	Origin string    // in words
	Pinned time.Time // when it was first used
	Time   time.Time // of its block; zero: not seen yet
}

// Head is a block that a client checked.
type Head struct {
	Block  *LightBlock
	Hash   [32]byte
	Level  level.Level   // claimed only without a trust root
	Signed []bool        // for each producer: whether the commit holds its valid signature; nil for blocks stepped over
	Source string        // who sent it
	Took   time.Duration // to verify it, blocks stepped on to get there included

	// run is the run of replays whose blocks it is known to be among or below: a header or a state of that run leads here
	// by hashes. Who signs two chains, or any hash into a state, could show another block beside it.
	run *stretch
}

// SignedPower returns the voting power whose signatures were verified, and that of all producers.
func (h *Head) SignedPower() (signed, total int64) {
	for i, ok := range h.Signed {
		if ok {
			signed += h.Block.Validators.List[i].Power
		}
	}
	return signed, h.Block.Validators.Power()
}

// Counts is what a client has checked since it was made.
type Counts struct {
	Headers      uint64 // verified, blocks stepped on included
	Signatures   uint64 // verified, false ones included
	Skipped      uint64 // heights stepped over
	Witnesses    uint64
	WitnessBytes uint64
	Nodes        uint64 // state nodes whose hash was checked
	Replays      uint64 // blocks executed again
}

// Event is something that happened on the way, for a log or a progress bar.
type Event struct {
	Kind   EventKind
	Source string // who it is about, if anybody
	Height uint64 // of the block it is about
	Target uint64 // height that is being verified to

	Against string // of an [EventReport]: the source whose side the evidence speaks against
	Err     error
}

// EventKind says what an [Event] tells.
type EventKind uint8

// The kinds.
const (
	EventRoot     EventKind = iota + 1 // the trust root's block was seen and is right
	EventResumed                       // the saved head was loaded, checked and is in use
	EventStep                          // a block was verified on the way to Target, or Target itself; Target lies below it where hashes lead down
	EventBisect                        // too big a step: Height lies between and is asked for first
	EventBlame                         // Source said something that can't be true (Err) and is no longer used
	EventFork                          // Err is a [ForkError]: the client stops showing anything as proven
	EventStore                         // Err: what was saved is unusable, or could not be saved; the client goes on without
	EventFraud                         // Err is a [FraudError]: the client stops showing anything as proven
	EventReport                        // Source was handed evidence about the fork; Err is its refusal, nil if it took it
	EventRetarget                      // the saved head expired or belongs to another trust root; begins again from Height
)

// ErrNoSource says that no source is left to ask. Inconclusive.
var ErrNoSource error = noSource{}

type noSource struct{}

func (noSource) Error() string    { return "no relay to ask" }
func (noSource) Verdict() Verdict { return Inconclusive }
func (noSource) Code() string     { return "no_relay" }

// NewClient returns a client that has loaded and checked what Store holds. It asks no source yet. It fails on a Config
// that makes no sense; unusable saved data is an event, not an error.
func NewClient(ctx context.Context, cfg Config) (*Client, error) {
	params, err := cfg.Params.filled()
	if err != nil {
		return nil, err
	}
	if cfg.ChainID == "" || cfg.Now == nil {
		return nil, fmt.Errorf("light: a client needs a chain id and a clock")
	}
	if cfg.Trust != (TrustRoot{}) && (cfg.Trust.Height == 0 || cfg.Trust.Hash == [32]byte{}) {
		return nil, fmt.Errorf("light: incomplete trust root %s", cfg.Trust)
	}
	c := &Client{cfg: cfg, params: params}
	if !cfg.Trust.IsZero() {
		c.pin = Pin{Root: cfg.Trust, Origin: cfg.Origin, Pinned: cfg.Now()}
	}
	for _, s := range cfg.Sources {
		c.Add(s)
	}
	c.load(ctx)
	return c, nil
}

// Add adds a source; one of the same name is replaced.
func (c *Client) Add(s Source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.sources {
		if p.Name() == s.Name() {
			p.Source, p.latest = s, 0
			return
		}
	}
	c.sources = append(c.sources, &peer{Source: s})
}

// Remove takes a source away; what it has delivered stays.
func (c *Client) Remove(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources = slices.DeleteFunc(c.sources, func(p *peer) bool { return p.Name() == name })
}

// Head returns the newest block that this client checked, or nil. Without a trust root it is the one with the latest date
// that a source claims, and the next may be lower. Don't change it.
func (c *Client) Head() *Head {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.head
}

// Latest returns the newest height that any present source claims; whether it exists is not known.
func (c *Client) Latest() (height uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.sources {
		height = max(height, p.latest)
	}
	return height
}

// LatestOf returns the newest height that one source claims; 0 if it has not said.
func (c *Client) LatestOf(name string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.sources {
		if p.Name() == name {
			return p.latest
		}
	}
	return 0
}

// Pin returns the trust root in use; false if there is none and everything is claimed.
func (c *Client) Pin() (Pin, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pin, !c.pin.Root.IsZero()
}

// Counts returns what was checked so far.
func (c *Client) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts
}

// Fork returns the fork that was found, or nil.
func (c *Client) Fork() *ForkError {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fork
}

// Stopped returns why nothing may be shown as proven any more: a fork, a fraud, or nil.
func (c *Client) Stopped() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.fork != nil:
		return c.fork
	case c.fraud != nil:
		return c.fraud
	}
	return nil
}

func (c *Client) snapshot() []Source {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Source, len(c.sources))
	for i, p := range c.sources {
		out[i] = p.Source
	}
	return out
}

func (c *Client) note(source string, latest uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.sources {
		if p.Name() == source {
			p.latest = latest
		}
	}
}

func (c *Client) event(e Event) {
	if c.cfg.OnEvent != nil {
		c.cfg.OnEvent(e)
	}
}

func (c *Client) count(add func(*Counts)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	add(&c.counts)
}
