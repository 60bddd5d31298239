package host

import (
	"bytes"
	"testing"
	"time"

	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

func publish(t testing.TB, a *script, height uint64, block []byte) {
	t.Helper()
	head, err := serve.NewHead(height, [32]byte{byte(height)}, block, height)
	if err != nil {
		t.Fatal(err)
	}
	a.feed.Publish(head)
}

func TestHeadsArePushedInOrder(t *testing.T) {
	a := &script{}
	h := listen(t, Options{})
	h.lifeTime = 100 * time.Millisecond
	h.Serve(a)
	v := visitor(t, h)
	s := stream(t, v, h, wire.HeadProtocol)
	if err := wire.WriteFrame(s, wire.HeadRequest{}); err != nil {
		t.Fatal(err)
	}
	read := func() wire.Head {
		t.Helper()
		var head wire.Head
		if err := wire.ReadFrame(s, wire.MaxLightBlock, &head); err != nil {
			t.Fatal(err)
		}
		return head
	}
	if head := read(); len(head.LightBlock) != 0 || head.Latest != 0 {
		t.Fatalf("before the first block: %+v, want a sign of life", head)
	}
	for height := uint64(5); height < 15; height++ {
		publish(t, a, height, numbered(height))
	}
	s.CloseWrite() // whoever has said all still listens
	for want := uint64(5); want < 15; {
		head := read()
		if len(head.LightBlock) == 0 {
			continue
		}
		if head.Latest != want || !bytes.Equal(head.LightBlock, numbered(want)) {
			t.Fatalf("got %d, %q; want %d", head.Latest, head.LightBlock, want)
		}
		want++
	}
	if head := read(); len(head.LightBlock) != 0 || head.Latest != 14 {
		t.Fatalf("between blocks: %+v, want a sign of life at 14", head)
	}
	if n := h.Followers(); n != 1 {
		t.Errorf("%d followers, want 1", n)
	}
	s.Reset()
	for deadline := time.Now().Add(5 * time.Second); h.Followers() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a follower that left is still counted")
		}
	}
}

func TestSlowFollowerIsDropped(t *testing.T) {
	a := &script{}
	h := listen(t, Options{})
	h.headTime = 300 * time.Millisecond
	h.Serve(a)
	v := visitor(t, h)
	s := stream(t, v, h, wire.HeadProtocol)
	if err := wire.WriteFrame(s, wire.HeadRequest{}); err != nil {
		t.Fatal(err)
	}
	for h.Followers() == 0 {
		time.Sleep(time.Millisecond)
	}
	block := make([]byte, 900<<10) // more than a stream takes in unread
	deadline := time.Now().Add(10 * time.Second)
	for height := uint64(1); h.Followers() > 0; height++ {
		publish(t, a, height, block)
		time.Sleep(10 * time.Millisecond)
		if time.Now().After(deadline) {
			t.Fatal("a follower that reads nothing is still served")
		}
	}
}
