// Package lighttest makes chains for tests: light blocks with real signatures, without consensus.
//
// [New] makes a chain, [Chain.Extend] and [Chain.Add] its blocks, [Chain.Source] a light.Source that serves it from
// memory, and [Chain.Opener] one that speaks core/wire over pipes, for tests of everything from streams upwards.
// [Chain.Fork] and [Seal] make the material for attacks. Everything is a function of the options: no randomness, and the
// only clock is [Chain.Now].
package lighttest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
)

// Options are what a chain starts with; zero values give one of four equal producers.
type Options struct {
	ChainID   string                       // default "test-0123456789abcdef"
	Seed      string                       // of the producers' keys
	Powers    []int64                      // one producer each; default four of 10
	Producers []Producer                   // instead of Seed and Powers
	Start     time.Time                    // of block 1; default 2026-01-01
	Interval  time.Duration                // between blocks; default 12 s
	State     func(height uint64) [32]byte // state root after a block, 0 for genesis; default some hash
	Keep      uint64                       // states that a World or Ledger keeps; default all
}

// Key is a producer's secret.
type Key = ed25519.PrivateKey

// KeyOf returns the key number i that belongs to a seed.
func KeyOf(seed string, i int) Key {
	sum := sha256.Sum256(fmt.Appendf(nil, "lighttest %s %d", seed, i))
	return ed25519.NewKeyFromSeed(sum[:])
}

// Producer is a key and its voting power.
type Producer struct {
	Key   Key
	Power int64
}

// Chain is a chain in memory. Blocks are added from one goroutine; serving may go on meanwhile.
type Chain struct {
	opts Options
	now  []Producer // of the next block
	next []Producer // of the one after

	mu     sync.Mutex
	blocks []*light.LightBlock // height 1 first
	bodies []wire.BlockReply
	events [][][]byte
	keys   map[[32]byte]Key
	grown  chan struct{} // closed and replaced with each block
}

// Spec is what a test chooses about one block; the zero value is an empty block with everybody's signature.
type Spec struct {
	Txs      [][]byte
	Results  []wire.TxResult // default: success for each transaction
	Evidence []byte          // protobuf of CometBFT's EvidenceList
	Events   [][]byte        // canonical CBOR each; their root is the business of whoever makes the state
	Next     []Producer      // producers from the block after the next on; nil: as before
	Silent   []int           // producers, by place in the set, that don't sign
	Wait     time.Duration   // since the block before; default Options.Interval
	App      uint64          // version of the rules; default 1
}

// New makes a chain without blocks.
func New(o Options) *Chain {
	if o.ChainID == "" {
		o.ChainID = "test-0123456789abcdef"
	}
	if o.Powers == nil {
		o.Powers = []int64{10, 10, 10, 10}
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.Interval == 0 {
		o.Interval = 12 * time.Second
	}
	if o.State == nil {
		o.State = func(height uint64) [32]byte {
			return sha256.Sum256(fmt.Appendf(nil, "state %s %d", o.Seed, height))
		}
	}
	c := &Chain{opts: o, keys: make(map[[32]byte]Key), grown: make(chan struct{})}
	if o.Producers == nil {
		for i, power := range o.Powers {
			o.Producers = append(o.Producers, Producer{KeyOf(o.Seed, i), power})
		}
	}
	c.now = c.enlist(o.Producers)
	c.next = c.now
	return c
}

// enlist remembers the keys and puts producers into CometBFT's order: by falling power, then address.
func (c *Chain) enlist(ps []Producer) []Producer {
	ps = slices.Clone(ps)
	for _, p := range ps {
		c.keys[pub(p.Key)] = p.Key
	}
	slices.SortFunc(ps, func(a, b Producer) int {
		if a.Power != b.Power {
			if a.Power > b.Power {
				return -1
			}
			return 1
		}
		x, y := light.AddressOf(pub(a.Key)), light.AddressOf(pub(b.Key))
		return bytes.Compare(x[:], y[:])
	})
	return ps
}

func pub(k Key) [32]byte { return [32]byte(k.Public().(ed25519.PublicKey)) }

// Set returns the validator set of these producers, in CometBFT's order.
func Set(ps []Producer) light.ValidatorSet {
	var s light.ValidatorSet
	for _, p := range (&Chain{keys: make(map[[32]byte]Key)}).enlist(ps) {
		s.List = append(s.List, light.NewValidator(pub(p.Key), p.Power))
	}
	if len(s.List) > 0 {
		s.Proposer = s.List[0]
	}
	return s
}

// ID returns the chain id.
func (c *Chain) ID() string { return c.opts.ChainID }

// Height returns the newest height, 0 before the first block.
func (c *Chain) Height() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return uint64(len(c.blocks))
}

// Block returns a copy of the block at a height, which the caller may change; 0 is the newest.
func (c *Chain) Block(height uint64) *light.LightBlock {
	return Copy(c.block(height))
}

func (c *Chain) block(height uint64) *light.LightBlock {
	c.mu.Lock()
	defer c.mu.Unlock()
	if height == 0 {
		height = uint64(len(c.blocks))
	}
	if height == 0 || height > uint64(len(c.blocks)) {
		return nil
	}
	return c.blocks[height-1]
}

// Trust returns the trust root at a height.
func (c *Chain) Trust(height uint64) light.TrustRoot {
	return light.TrustRoot{Height: height, Hash: c.block(height).Hash()}
}

// Now is the newest block's time and a second.
func (c *Chain) Now() time.Time { return c.block(0).Header.Time.Add(time.Second) }

// Extend adds n empty blocks.
func (c *Chain) Extend(n int) *Chain {
	for range n {
		c.Add(Spec{})
	}
	return c
}

// Add adds a block and returns a copy of it.
func (c *Chain) Add(s Spec) *light.LightBlock {
	height := c.Height() + 1
	if s.Wait == 0 {
		s.Wait = c.opts.Interval
	}
	if s.App == 0 {
		s.App = 1
	}
	if s.Results == nil {
		s.Results = make([]wire.TxResult, len(s.Txs))
	}
	after := c.next
	if s.Next != nil {
		after = c.enlist(s.Next)
	}
	b := &light.LightBlock{Validators: Set(c.now)}
	evidence, err := light.EvidenceHash(s.Evidence)
	check(err)
	data, ownSet, nextSet, root := light.DataHash(s.Txs), b.Validators.Hash(), Set(c.next), c.opts.State(height-1)
	b.Validators.Proposer = b.Validators.List[height%uint64(len(b.Validators.List))]
	nextHash := nextSet.Hash()
	b.Header = light.Header{BlockVersion: 11, AppVersion: s.App, ChainID: c.opts.ChainID, Height: height, Time: c.opts.Start,
		DataHash: data[:], ValidatorsHash: ownSet[:], NextValidatorsHash: nextHash[:], ConsensusHash: hash("consensus"), AppHash: root[:],
		EvidenceHash: evidence[:], ProposerAddress: b.Validators.Proposer.Address[:], LastCommitHash: hash(fmt.Sprint("commit ", height))}
	last, _ := light.ResultsHash(nil)
	if before := c.block(height - 1); height > 1 {
		b.Header.Time = before.Header.Time.Add(s.Wait)
		b.Header.LastBlockID = before.Commit.BlockID
		last, err = light.ResultsHash(c.body(height - 1).Results)
		check(err)
	}
	b.Header.LastResultsHash = last[:]
	c.Seal(b, s.Silent...)
	c.mu.Lock()
	c.blocks = append(c.blocks, b)
	c.bodies = append(c.bodies, wire.BlockReply{Txs: s.Txs, Results: s.Results, Evidence: s.Evidence})
	c.events = append(c.events, s.Events)
	c.now, c.next = c.next, after
	close(c.grown)
	c.grown = make(chan struct{})
	c.mu.Unlock()
	return Copy(b)
}

func (c *Chain) body(height uint64) wire.BlockReply {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bodies[height-1]
}

// Seal makes the commit fit the block as it is now: its hash, and valid signatures of all its producers whose key this
// chain or one it was forked from knows, except the silent ones, by place in the set. Others are absent.
func (c *Chain) Seal(b *light.LightBlock, silent ...int) {
	h := b.Hash()
	b.Commit = light.Commit{Height: b.Height(), BlockID: light.BlockID{Hash: h[:], PartsTotal: 1, PartsHash: hash(string(h[:]))}}
	b.Commit.Signatures = make([]light.CommitSig, len(b.Validators.List))
	for i, v := range b.Validators.List {
		b.Commit.Signatures[i] = light.CommitSig{Flag: light.FlagAbsent}
		if key := c.keys[v.PubKey]; key != nil && !slices.Contains(silent, i) {
			c.Sign(b, i, key)
		}
	}
}

// Append adds a block as it is, whatever the rules say, with an empty body.
func (c *Chain) Append(b *light.LightBlock) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocks = append(c.blocks, Copy(b))
	c.bodies, c.events = append(c.bodies, wire.BlockReply{}), append(c.events, nil)
	close(c.grown)
	c.grown = make(chan struct{})
}

// Producers returns who will produce the next block, in CometBFT's order.
func (c *Chain) Producers() []Producer { return slices.Clone(c.now) }

// KeyFor returns the secret of a producer's key, nil if it is not one of this chain's.
func (c *Chain) KeyFor(key [32]byte) Key { return c.keys[key] }

// Sign puts a valid signature by key for the block into entry i of its commit.
func (c *Chain) Sign(b *light.LightBlock, i int, key Key) {
	addr := light.AddressOf(pub(key))
	b.Commit.Signatures[i] = light.CommitSig{Flag: light.FlagCommit, Address: addr[:], Time: b.Header.Time.Add(time.Duration(i+1) * time.Millisecond)}
	b.Commit.Signatures[i].Signature = ed25519.Sign(key, b.Commit.SignBytes(b.Header.ChainID, i))
}

// Fork returns a chain that shares the blocks up to a height, has the same producers, and goes another way from there:
// the state after each of its own blocks differs.
func (c *Chain) Fork(height uint64, salt string) *Chain {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := &Chain{opts: c.opts, keys: c.keys, now: c.now, next: c.next, grown: make(chan struct{})}
	f.blocks, f.bodies = slices.Clone(c.blocks[:height]), slices.Clone(c.bodies[:height])
	f.events = slices.Clone(c.events[:height])
	f.opts.State = func(at uint64) [32]byte {
		root := c.opts.State(at)
		if at >= height {
			root = sha256.Sum256(append(root[:], salt...))
		}
		return root
	}
	return f
}

// Copy returns a deep copy.
func Copy(b *light.LightBlock) *light.LightBlock {
	if b == nil {
		return nil
	}
	out, err := light.DecodeLightBlock(b.Encode())
	check(err)
	return out
}

func hash(of string) []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte(of), uint32(len(of))))
	return sum[:]
}

// check is for what can't fail but for a mistake in the test.
func check(err error) {
	if err != nil {
		panic("lighttest: " + err.Error())
	}
}
