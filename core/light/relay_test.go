package light_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// openFunc answers streams with a function that gets the relay's end.
type openFunc func(protocol string, c net.Conn)

func (f openFunc) Open(_ context.Context, protocol string) (net.Conn, error) {
	mine, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		f(protocol, theirs)
	}()
	return mine, nil
}

// frame is a raw frame.
func frame(body ...byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

// says answers each request with these bytes.
func says(raw []byte) openFunc {
	return func(_ string, c net.Conn) {
		head := make([]byte, 4)
		if _, err := c.Read(head); err != nil {
			return
		}
		c.Read(make([]byte, binary.BigEndian.Uint32(head)))
		c.Write(raw)
	}
}

func encoded(t *testing.T, m any) []byte {
	t.Helper()
	var b strings.Builder
	if err := wire.WriteFrame(&b, m); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}

func TestRelayAnswers(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(100)
	r := light.NewRelay("r", chain.Opener())
	ctx := t.Context()
	for _, tc := range []struct {
		from, to uint64
		n        int
		first    uint64
	}{{0, 0, 1, 100}, {1, 1, 1, 1}, {5, 9, 5, 5}, {1, 100, 64, 1}, {90, 200, 11, 90}} {
		got, err := r.LightBlock(ctx, tc.from, tc.to)
		if err != nil || len(got) != tc.n || got[0].Height() != tc.first {
			t.Errorf("%d to %d: %d blocks, %v", tc.from, tc.to, len(got), err)
		}
	}
	if _, err := r.LightBlock(ctx, 9, 5); err == nil {
		t.Error("backward range")
	}
	_, err := r.LightBlock(ctx, 101, 101)
	var no *wire.Refusal
	if !errors.As(err, &no) || light.VerdictOf(err) != light.Inconclusive || light.Code(err) != wire.CodeNotFound {
		t.Errorf("no such block: %v", err)
	}
	if b, err := r.Block(ctx, 5); err != nil || len(b.Txs) != 0 {
		t.Error(err)
	}
	if reply, err := r.Submit(ctx, []byte("tx")); err != nil || reply.Refusal != nil {
		t.Error(err)
	}
	if _, err := r.Witness(ctx, wire.WitnessRequest{Program: "x@1"}); light.Code(err) != wire.CodeNotFound {
		t.Error(err)
	}
}

func TestRelayBreaches(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(3)
	block := func(h uint64) []byte { return chain.Block(h).Encode() }
	for name, tc := range map[string]struct {
		answer []byte
		code   string
	}{
		"not CBOR":               {frame(0xff), "bad_frame"},
		"another message":        {frame(0xf6), "bad_frame"},
		"empty frame":            {frame(), "bad_frame"},
		"4 GiB announced":        {[]byte{0xff, 0xff, 0xff, 0xff, 0}, "bad_frame"},
		"nothing and no refusal": {encoded(t, &wire.LightBlockReply{}), "bad_answer"},
		"another height":         {encoded(t, &wire.LightBlockReply{LightBlocks: [][]byte{block(3)}}), "bad_answer"},
		"too many":               {encoded(t, &wire.LightBlockReply{LightBlocks: [][]byte{block(2), block(3)}}), "bad_answer"},
		"no light block":         {encoded(t, &wire.LightBlockReply{LightBlocks: [][]byte{{1, 2, 3}}}), "malformed"},
		"a padded integer":       {frame(0x82, 0x80, 0x98, 0x00), "bad_frame"},
	} {
		_, err := light.NewRelay("liar", says(tc.answer)).LightBlock(t.Context(), 2, 2)
		var who *light.SourceError
		if light.VerdictOf(err) != light.Blame || light.Code(err) != tc.code || !errors.As(err, &who) || who.Source != "liar" {
			t.Errorf("%s: %s %s: %v", name, light.VerdictOf(err), light.Code(err), err)
		}
	}
	for name, raw := range map[string][]byte{
		"closed":      nil,
		"cut frame":   encoded(t, &wire.LightBlockReply{LightBlocks: [][]byte{block(2)}})[:200],
		"cut length":  {0, 0},
		"a refusal":   encoded(t, &wire.LightBlockReply{Refusal: &wire.Refusal{Code: wire.CodeBusy, Message: "later"}}),
		"a long rest": append(encoded(t, &wire.LightBlockReply{Refusal: &wire.Refusal{Code: "x"}}), make([]byte, 100)...),
	} {
		_, err := light.NewRelay("r", says(raw)).LightBlock(t.Context(), 2, 2)
		if light.VerdictOf(err) != light.Inconclusive {
			t.Errorf("%s: %s: %v", name, light.VerdictOf(err), err)
		}
	}
}

func TestRelayHeadsBreaches(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(3)
	send := func(m any) error {
		return light.NewRelay("liar", says(encoded(t, m))).Heads(t.Context(), func(*light.LightBlock, uint64) error { return nil })
	}
	if err := send(&wire.Head{LightBlock: chain.Block(3).Encode(), Latest: 2}); light.Code(err) != "bad_answer" {
		t.Error(err)
	}
	if err := send(&wire.Head{LightBlock: []byte{1}, Latest: 2}); light.Code(err) != "malformed" {
		t.Error(err)
	}
	if err := send(&wire.Head{Latest: 9}); light.VerdictOf(err) != light.Inconclusive {
		t.Error(err) // a sign of life, then the end of the stream
	}
}

func TestAttackEndlessSignsOfLife(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(3)
	for name, one := range map[string][]byte{
		"empty":      encoded(t, &wire.Head{Latest: 9}),
		"same block": encoded(t, &wire.Head{LightBlock: chain.Block(3).Encode(), Latest: 9}),
	} {
		flood := openFunc(func(_ string, c net.Conn) {
			for _, err := c.Read(make([]byte, 100)); err == nil; {
				_, err = c.Write(one)
			}
		})
		calls := 0
		err := light.NewRelay("liar", flood).Heads(t.Context(), func(*light.LightBlock, uint64) error { calls++; return nil })
		if light.VerdictOf(err) != light.Blame || calls > 200 {
			t.Errorf("%s: %d calls, %v", name, calls, err)
		}
	}
}

// deadlines tells which deadlines a stream was given and makes reads fail at once when one is set, as a clock would.
type deadlines struct {
	net.Conn
	set atomic.Int64
}

func (d *deadlines) SetDeadline(at time.Time) error {
	d.set.Add(1)
	if at.After(time.Now()) {
		return d.Conn.SetDeadline(time.Now().Add(20 * time.Millisecond))
	}
	return d.Conn.SetDeadline(at)
}

// A relay that sends one byte at a time, for ever, holds nobody up: the deadline is for the whole answer.
func TestAttackSlowloris(t *testing.T) {
	drip := openFunc(func(_ string, c net.Conn) {
		go func() {
			for {
				if _, err := c.Read(make([]byte, 1000)); err != nil {
					return
				}
			}
		}()
		raw := append([]byte{0, 1, 0, 0}, make([]byte, 1<<16)...)
		for i := range raw {
			if _, err := c.Write(raw[i : i+1]); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	var seen deadlines
	slow := opener(func(ctx context.Context, protocol string) (net.Conn, error) {
		c, err := drip.Open(ctx, protocol)
		seen.Conn = c
		return &seen, err
	})
	_, err := light.NewRelay("slow", slow).LightBlock(t.Context(), 0, 0)
	if light.VerdictOf(err) != light.Inconclusive || seen.set.Load() == 0 {
		t.Errorf("%v, %d deadlines", err, seen.set.Load())
	}
	err = light.NewRelay("slow", slow).Heads(t.Context(), func(*light.LightBlock, uint64) error { return nil })
	if light.VerdictOf(err) != light.Inconclusive {
		t.Error(err)
	}
}

type opener func(ctx context.Context, protocol string) (net.Conn, error)

func (f opener) Open(ctx context.Context, protocol string) (net.Conn, error) { return f(ctx, protocol) }

func TestRelayEndsWithItsContext(t *testing.T) {
	silent := openFunc(func(_ string, c net.Conn) {
		for {
			if _, err := c.Read(make([]byte, 1000)); err != nil {
				return
			}
		}
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error)
	r := light.NewRelay("r", silent)
	go func() { done <- r.Heads(ctx, func(*light.LightBlock, uint64) error { return nil }) }()
	go func() { _, err := r.Block(ctx, 1); done <- err }()
	why := errors.New("enough")
	cancel(why)
	for range 2 {
		if err := <-done; !errors.Is(err, why) {
			t.Error(err)
		}
	}
}

func TestRelayOpensAtMost32Streams(t *testing.T) {
	var mu sync.Mutex
	open, most := 0, 0
	release := make(chan struct{})
	r := light.NewRelay("r", openFunc(func(_ string, c net.Conn) {
		mu.Lock()
		if open++; open > most {
			if most = open; most == 32 {
				time.AfterFunc(20*time.Millisecond, func() { close(release) }) // time for a 33rd to come
			}
		}
		mu.Unlock()
		c.Read(make([]byte, 1000))
		<-release
		mu.Lock()
		open--
		mu.Unlock()
	}))
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { r.Submit(t.Context(), []byte("tx")) })
	}
	wg.Wait()
	if most != 32 {
		t.Errorf("%d streams at once", most)
	}
}
