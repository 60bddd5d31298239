package p2p

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func FuzzPayload(f *testing.F) {
	relay, err := NewIdentity()
	if err != nil {
		f.Fatal(err)
	}
	want, static := relay.Public, make([]byte, 32)
	f.Add(makePayload(relay, static, []string{yamuxProtocol}))
	f.Add(makePayload(relay, static, nil)[:50])
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, payload []byte) {
		if _, err := checkPayload(payload, static, want); err == nil && !bytes.Contains(payload, want.Proto()) {
			t.Fatal("accepted without the key")
		}
	})
}

func TestInbox(t *testing.T) {
	b := newInbox()
	if b.fits(maxMessage+1) || !b.fits(maxMessage) {
		t.Fatal("limit of one message")
	}
	for b.fits(maxMessage) {
		b.put(make([]byte, maxMessage))
	}
	if b.bytes != maxUnread {
		t.Fatalf("%d bytes fit", b.bytes)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := newInbox()
		var sent, got []byte
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "put") {
				m := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "message")
				sent = append(sent, m...)
				b.put(bytes.Clone(m))
				continue
			}
			p := make([]byte, rapid.IntRange(1, 30).Draw(t, "room"))
			got = append(got, p[:b.take(p)]...)
		}
		for p := make([]byte, 8); ; {
			n := b.take(p)
			if n == 0 {
				break
			}
			got = append(got, p[:n]...)
		}
		if !bytes.Equal(sent, got) || b.bytes != 0 {
			t.Fatalf("put %x, took %x, %d left", sent, got, b.bytes)
		}
	})
}

func TestDeadline(t *testing.T) {
	d := newDeadline()
	over := func() bool {
		select {
		case <-d.passed():
			return true
		default:
			return false
		}
	}
	d.set(time.Now().Add(time.Hour))
	if over() {
		t.Fatal("passed an hour early")
	}
	waiting := d.passed()
	d.set(time.Now().Add(-time.Second)) // seen by whoever waits already
	<-waiting
	d.set(time.Now().Add(-time.Minute))
	d.set(time.Time{})
	if over() {
		t.Fatal("none passed")
	}
	d.set(time.Now().Add(time.Millisecond))
	<-d.passed()
	d.set(time.Now().Add(time.Hour))
	if over() {
		t.Fatal("moved, yet passed")
	}
}
