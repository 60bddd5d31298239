package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"
	"go.uber.org/goleak"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRepliesHoldTheirBody(t *testing.T) {
	for _, size := range []int{0, 1, 23, 24, 255, 256, 65535, 65536, 3 << 20} {
		payload := bytes.Repeat([]byte{0xf6}, size) // the byte of an absent refusal
		l, err := NewLightBlockReply(payload)
		if err != nil {
			t.Fatal(err)
		}
		var lr wire.LightBlockReply
		if err := wire.ReadFrame(bytes.NewReader(l.Frame), wire.MaxReply, &lr); err != nil || len(lr.LightBlocks) != 1 || !bytes.Equal(lr.LightBlocks[0], l.Body) || !bytes.Equal(l.Body, payload) {
			t.Errorf("light block of %d bytes: %v", size, err)
		}
		w, err := NewWitnessReply(payload)
		if err != nil {
			t.Fatal(err)
		}
		var wr wire.WitnessReply
		if err := wire.ReadFrame(bytes.NewReader(w.Frame), wire.MaxReply, &wr); err != nil || !bytes.Equal(wr.Witness, w.Body) || !bytes.Equal(w.Body, payload) {
			t.Errorf("witness of %d bytes: %v", size, err)
		}
	}
	b, err := NewBlockReply(wire.BlockReply{Txs: [][]byte{{1}}, Results: []wire.TxResult{{Code: 5}}})
	var br wire.BlockReply
	if err != nil || codec.Decode(b.Body, &br) != nil || len(br.Txs) != 1 || br.Results[0].Code != 5 {
		t.Errorf("block: %+v, %v", br, err)
	}
}

func TestAsRefusal(t *testing.T) {
	for _, c := range []struct {
		err  error
		code string
		own  bool
	}{
		{Refuse(wire.CodeNotFound, "x"), wire.CodeNotFound, false},
		{fmt.Errorf("within: %w", Refuse(wire.CodeTooLarge, "x")), wire.CodeTooLarge, false},
		{context.DeadlineExceeded, wire.CodeBusy, false},
		{errors.New("disk on fire at /home/x"), wire.CodeInternal, true},
	} {
		no, own := AsRefusal(c.err)
		if no.Code != c.code || own != c.own || strings.Contains(no.Message, "disk") {
			t.Errorf("%v: %+v, own %v", c.err, no, own)
		}
	}
}

func publish(t testing.TB, f *Feed, height uint64) {
	t.Helper()
	h, err := NewHead(height, [32]byte{}, []byte("b"), height)
	if err != nil {
		t.Fatal(err)
	}
	f.Publish(h)
}

func TestFeed(t *testing.T) {
	var f Feed
	ctx, cancel := context.WithCancel(context.Background())
	early := f.Follow()
	if _, ok := f.Newest(); ok {
		t.Fatal("an empty feed has a newest head")
	}
	got := make(chan uint64)
	go func() {
		defer close(got)
		for {
			h, err := early.Next(ctx)
			if err != nil {
				return
			}
			got <- h.Height
		}
	}()
	for height := uint64(1); height <= 2*FeedDepth; height++ {
		publish(t, &f, height)
		if h := <-got; h != height {
			t.Fatalf("got %d, want %d", h, height)
		}
	}
	late := f.Follow()
	if h, err := late.Next(ctx); err != nil || h.Height != 2*FeedDepth {
		t.Fatalf("a late follower begins at %d, %v", h.Height, err)
	}
	for height := uint64(2*FeedDepth + 1); height <= 3*FeedDepth; height++ {
		publish(t, &f, height)
		<-got
	}
	if h, err := late.Next(ctx); err != nil || h.Height != 2*FeedDepth+1 {
		t.Fatalf("a follower that lags %d behind got %d, %v", FeedDepth, h.Height, err)
	}
	publish(t, &f, 3*FeedDepth+1)
	<-got
	publish(t, &f, 3*FeedDepth+2)
	<-got
	if _, err := late.Next(ctx); !errors.Is(err, ErrSlow) {
		t.Fatalf("a follower that lags more behind got %v", err)
	}
	cancel()
	if _, err := f.Follow().Next(context.Background()); err != nil {
		t.Fatal(err)
	}
	for range got {
	}
}

func reply(t testing.TB, size int) *Reply {
	t.Helper()
	r, err := NewWitnessReply(make([]byte, size))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCacheKeepsItsLimit(t *testing.T) {
	const limit = 100_000
	c := newCache(limit)
	made := map[string]int{}
	for range 5000 {
		key := fmt.Sprint(rand.IntN(300))
		if _, err := c.get(context.Background(), key, func() (*Reply, error) {
			made[key]++
			return reply(t, rand.IntN(40_000)), nil
		}); err != nil {
			t.Fatal(err)
		}
		sum := 0
		for e := c.order.Front(); e != nil; e = e.Next() {
			k := e.Value.(*kept)
			sum += cost(k.key, k.reply)
		}
		if sum != c.bytes || sum > limit || len(c.byKey) != c.order.Len() || len(c.making) != 0 {
			t.Fatalf("%d bytes kept, %d counted, limit %d; %d keys, %d elements", sum, c.bytes, limit, len(c.byKey), c.order.Len())
		}
	}
}

func TestCacheMakesOnce(t *testing.T) {
	c := newCache(1 << 20)
	var made atomic.Int64
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := c.get(context.Background(), "k", func() (*Reply, error) {
				made.Add(1)
				<-begin
				return &Reply{Frame: []byte("f")}, nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	for made.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(begin)
	wg.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
}

func TestCacheErrors(t *testing.T) {
	c := newCache(1 << 20)
	boom := errors.New("boom")
	for range 2 {
		if _, err := c.get(context.Background(), "k", func() (*Reply, error) { return nil, boom }); !errors.Is(err, boom) {
			t.Fatal(err)
		}
	}
	// One that gave up does not decide for those who wait.
	waiting := make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, err := c.get(context.Background(), "k", func() (*Reply, error) {
			<-waiting
			return nil, context.Canceled
		})
		done <- err
	}()
	for {
		c.mu.Lock()
		n := len(c.making)
		c.mu.Unlock()
		if n == 1 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	second := make(chan error, 1)
	go func() {
		_, err := c.get(context.Background(), "k", func() (*Reply, error) { return &Reply{}, nil })
		second <- err
	}()
	close(waiting)
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the first: %v", err)
	}
	if err := <-second; err != nil {
		t.Errorf("the second: %v", err)
	}
	func() {
		defer func() { recover() }()
		c.get(context.Background(), "p", func() (*Reply, error) { panic("x") })
	}()
	if _, err := c.get(context.Background(), "p", func() (*Reply, error) { return &Reply{}, nil }); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}

// accounts is a state with that many funded accounts.
func accounts(t testing.TB, n int) *state.Tree {
	t.Helper()
	tree, err := state.Open(context.Background(), dssync.MutexWrap(datastore.NewMapDatastore()), state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := &chain.Genesis{Name: "x", Params: ledger.DefaultParams(), Producers: []chain.Producer{{PubKey: [32]byte{1}, Power: 1}}}
	for i := range n {
		g.Balances = append(g.Balances, chain.Balance{Address: keys.Account{byte(i >> 8), byte(i), 1}, Free: tao.TAO})
	}
	if err := g.Apply(tree); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Commit(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestWitness(t *testing.T) {
	tree := accounts(t, 1000)
	s := New(Sources{Snapshot: tree.AtRoot})
	ctx := context.Background()
	request := wire.WitnessRequest{
		Root: tree.Root(), Program: chain.AccountQuery, Args: codec.MustEncode(chain.AccountArgs{Address: keys.Account{0, 7, 1}}),
	}
	r, err := s.Witness(ctx, request)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := chain.Lookup(chain.AccountQuery)
	ran := false
	if _, err := state.Witness(r.Body).Run(tree.Root(), func(part *state.Tree) error {
		ran = true
		_, err := p.Run(part, request.Args)
		return err
	}); err != nil || !ran {
		t.Fatalf("the witness does not hold: %v", err)
	}
	if again, err := s.Witness(ctx, request); err != nil || again != r {
		t.Errorf("the same request was answered anew: %v", err)
	}

	for name, c := range map[string]struct {
		change func(*wire.WitnessRequest)
		code   string
	}{
		"unknown root":    {func(q *wire.WitnessRequest) { q.Root[0] ^= 1 }, wire.CodeNotFound},
		"zero root":       {func(q *wire.WitnessRequest) { q.Root = [32]byte{} }, wire.CodeNotFound},
		"unknown program": {func(q *wire.WitnessRequest) { q.Program = "account@2" }, wire.CodeBadRequest},
		"no program":      {func(q *wire.WitnessRequest) { q.Program = "" }, wire.CodeBadRequest},
		"long program":    {func(q *wire.WitnessRequest) { q.Program = strings.Repeat("a", 10_000) }, wire.CodeBadRequest},
		"bad arguments":   {func(q *wire.WitnessRequest) { q.Args = []byte{0xff} }, wire.CodeBadRequest},
		"no arguments":    {func(q *wire.WitnessRequest) { q.Args = nil }, wire.CodeBadRequest},
		"trailing bytes":  {func(q *wire.WitnessRequest) { q.Args = append(bytes.Clone(q.Args), 0) }, wire.CodeBadRequest},
	} {
		q := request
		c.change(&q)
		var no *wire.Refusal
		if _, err := s.Witness(ctx, q); !errors.As(err, &no) || no.Code != c.code || len(no.Message) > 500 {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestWitnessWaitsForItsTurn(t *testing.T) {
	tree := accounts(t, 3)
	s := New(Sources{Snapshot: tree.AtRoot})
	for range cap(s.slots) {
		s.slots <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := s.Witness(ctx, wire.WitnessRequest{Root: tree.Root(), Program: chain.SupplyQuery, Args: codec.MustEncode(chain.None{})})
	if no, own := AsRefusal(err); err == nil || no.Code != wire.CodeBusy || own {
		t.Errorf("got %v, want busy", err)
	}
}
