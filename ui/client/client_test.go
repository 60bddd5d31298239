package client

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
)

// office is a worker told by the test, and a clock and timers that the test moves.
type office struct {
	t       *testing.T
	now     time.Time
	timers  []func()
	waits   []time.Duration
	opened  int
	closed  int
	file    []byte
	sent    []tab.Request
	message func([]byte)
	down    func(string)
	refuse  error // of the next opening
	heard   []string
}

func (o *office) Send(b []byte) error {
	var r tab.Request
	if err := codec.Decode(b, &r); err != nil {
		o.t.Fatalf("the page sent %x: %v", b, err)
	}
	o.sent = append(o.sent, r)
	return nil
}

// SendFile puts the test's file between the two.
func (o *office) SendFile(before, after []byte) error {
	return o.Send(slices.Concat(before, o.file, after))
}

func (o *office) Close() { o.closed++ }

func (o *office) client() *Client {
	return New(func(message func([]byte), down func(string)) (Port, error) {
		if err := o.refuse; err != nil {
			o.refuse = nil
			return nil, err
		}
		o.opened++
		o.message, o.down = message, down
		return o, nil
	}, Events{
		Status: func(s tab.Status) { o.heard = append(o.heard, "status "+string(s.Sync)) },
		Block:  func(b tab.Block) { o.heard = append(o.heard, "block") },
		Down:   func(reason string, again time.Duration) { o.heard = append(o.heard, "down: "+reason) },
		Up:     func() { o.heard = append(o.heard, "up") },
	}, func() time.Time { return o.now }, func(d time.Duration, f func()) {
		o.waits = append(o.waits, d)
		o.timers = append(o.timers, f)
	})
}

func (o *office) ring() {
	f := o.timers[0]
	o.timers = o.timers[1:]
	o.now = o.now.Add(time.Second)
	f()
}

func (o *office) last() tab.Request { return o.sent[len(o.sent)-1] }

func (o *office) answer(id uint64, body any, fault *tab.Error) {
	a := &tab.Answer{ID: id, Error: fault}
	if body != nil {
		a.Body = codec.MustEncode(body)
	}
	o.message(codec.MustEncode(tab.Message{Answer: a}))
}

func begin(t *testing.T) (*office, *Client) {
	o := &office{t: t, now: time.Unix(1000, 0)}
	c := o.client()
	c.Start(tab.StartParams{Origin: "http://x", Trust: "7:ab"})
	var p tab.StartParams
	if o.last().Method != tab.Start || codec.Decode(o.last().Params, &p) != nil || p.Trust != "7:ab" {
		t.Fatalf("it did not start with its parameters: %+v", o.last())
	}
	return o, c
}

func TestAnswersFindTheirQuestions(t *testing.T) {
	o, c := begin(t)
	var got []uint64
	ask := func() uint64 {
		Ask(c, tab.Blocks, tab.BlocksParams{Count: 3}, func(l tab.BlockList, err error) {
			if err != nil {
				t.Error(err)
			}
			got = append(got, l.Blocks[0].Height)
		})
		return o.last().ID
	}
	first, second := ask(), ask()
	list := func(h uint64) tab.BlockList { return tab.BlockList{Blocks: []tab.Block{{Height: h}}} }
	o.answer(second, list(2), nil)
	o.answer(first, list(1), nil)
	o.answer(first, list(1), nil) // a second time: harmless
	o.answer(999, list(9), nil)   // to nothing
	if len(got) != 2 || got[0] != 2 || got[1] != 1 {
		t.Errorf("%v", got)
	}
}

func TestRunDecodesTheResult(t *testing.T) {
	o, c := begin(t)
	calls := 0
	ask := func(check func(view.Supply, tab.Figure, error)) uint64 {
		Run(c, "supply@1", struct {
			_ struct{} `cbor:",toarray"`
		}{}, func(s view.Supply, f tab.Figure, err error) { calls++; check(s, f, err) })
		return o.last().ID
	}
	id := ask(func(s view.Supply, f tab.Figure, err error) {
		if err != nil || s.Height != 5 || f.Relay != "Birch" {
			t.Errorf("%+v %+v %v", s, f, err)
		}
	})
	var q tab.QueryParams
	if err := codec.Decode(o.last().Params, &q); err != nil || q.Program != "supply@1" || len(q.Args) != 1 || q.Args[0] != 0x80 {
		t.Errorf("%+v %v", q, err)
	}
	o.answer(id, tab.Figure{Relay: "Birch", Result: codec.MustEncode(view.Supply{Height: 5})}, nil)

	id = ask(func(s view.Supply, f tab.Figure, err error) {
		var bad *MalformedError
		if !errors.As(err, &bad) || s != (view.Supply{}) || f.Relay != "" {
			t.Errorf("a result of another type: %+v %+v %v", s, f, err)
		}
	})
	o.answer(id, tab.Figure{Relay: "Birch", Result: []byte{0x01}}, nil)

	id = ask(func(_ view.Supply, _ tab.Figure, err error) {
		var said *tab.Error
		if !errors.As(err, &said) || said.Code != "busy" {
			t.Errorf("%v", err)
		}
	})
	o.answer(id, nil, &tab.Error{Code: "busy", Message: "later"})
	if calls != 3 {
		t.Errorf("%d answers, want 3", calls)
	}
}

// A file goes past the client, and what the worker gets is the message that would hold it.
func TestCheckFile(t *testing.T) {
	o, c := begin(t)
	for _, size := range []int{0, 23, 24, 255, 256, 70_000} {
		o.file = make([]byte, size)
		for _, accept := range []bool{false, true} {
			var got tab.ProofReport
			answered := 0
			c.CheckFile(uint64(size), accept, &got, func(err error) {
				if err != nil || got.Verdict != tab.ProofHolds {
					t.Errorf("%v, %+v", err, got)
				}
				answered++
			})
			var p tab.CheckParams
			if err := codec.Decode(o.last().Params, &p); err != nil || o.last().Method != tab.Check || len(p.File) != size || p.AcceptRoot != accept {
				t.Fatalf("a file of %d bytes: %v, %d bytes, %v", size, err, len(p.File), p.AcceptRoot)
			}
			o.answer(o.last().ID, tab.ProofReport{Verdict: tab.ProofHolds}, nil)
			if answered != 1 {
				t.Errorf("%d answers", answered)
			}
		}
	}
}

func TestPushes(t *testing.T) {
	o, _ := begin(t)
	o.message(codec.MustEncode(tab.Message{Status: &tab.Status{Sync: tab.Live}}))
	o.message(codec.MustEncode(tab.Message{Block: &tab.Block{Height: 1}}))
	if got := strings.Join(o.heard, ", "); got != "status live, block" {
		t.Error(got)
	}
}

func TestWorkerStartsAgain(t *testing.T) {
	o, c := begin(t)
	failed := 0
	Ask(c, tab.Retry, nil, func(_ struct{}, err error) {
		if !errors.Is(err, ErrDown) {
			t.Errorf("%v", err)
		}
		failed++
	})
	old := o.message
	o.down("panic: nil map")
	if failed != 1 || o.closed != 1 || o.heard[0] != "down: panic: nil map" {
		t.Fatalf("failed %d, closed %d, heard %v", failed, o.closed, o.heard)
	}
	Ask(c, tab.Retry, nil, func(_ struct{}, err error) { failed++ })
	if failed != 2 {
		t.Error("a question to no worker got no answer")
	}
	o.ring()
	if o.opened != 2 || o.last().Method != tab.Start || o.heard[1] != "up" {
		t.Fatalf("opened %d, sent %+v, heard %v", o.opened, o.last(), o.heard)
	}
	old(codec.MustEncode(tab.Message{Block: &tab.Block{}}))
	if len(o.heard) != 2 {
		t.Errorf("the dead worker was heard: %v", o.heard)
	}
}

func TestBackoffGrowsAndIsForgotten(t *testing.T) {
	o, _ := begin(t)
	for range 9 {
		o.down("again")
		o.ring()
	}
	for i, w := range o.waits {
		if want := min(firstBackoff<<i, lastBackoff); w != want {
			t.Errorf("wait %d is %v, want %v", i, w, want)
		}
	}
	o.now = o.now.Add(2 * steady)
	o.down("after a long life")
	if w := o.waits[len(o.waits)-1]; w != firstBackoff {
		t.Errorf("after a long life it waits %v", w)
	}
}

func TestWorkerThatDoesNotOpen(t *testing.T) {
	o := &office{t: t, now: time.Unix(1000, 0), refuse: errors.New("blocked by the browser")}
	c := o.client()
	c.Start(tab.StartParams{})
	if len(o.heard) != 1 || !strings.Contains(o.heard[0], "blocked by the browser") || len(o.timers) != 1 {
		t.Fatalf("heard %v", o.heard)
	}
	o.ring()
	if o.opened != 1 {
		t.Error("it was not tried again")
	}
}

func TestStartByHandReplaces(t *testing.T) {
	o, c := begin(t)
	o.down("x")
	c.Start(tab.StartParams{Typed: true})
	if o.opened != 2 {
		t.Fatal("not started")
	}
	o.ring() // the old timer
	if o.opened != 2 || o.closed != 1 {
		t.Errorf("a worker too many: opened %d, closed %d", o.opened, o.closed)
	}
}

func TestRefusedStartIsADeath(t *testing.T) {
	o, _ := begin(t)
	o.answer(o.last().ID, nil, &tab.Error{Code: "bad_request", Message: "no origin"})
	if len(o.heard) != 1 || !strings.Contains(o.heard[0], "no origin") {
		t.Errorf("%v", o.heard)
	}
}

func TestMalformedMessages(t *testing.T) {
	for name, b := range map[string][]byte{
		"nothing":     {},
		"not CBOR":    {0xff},
		"two things":  codec.MustEncode(tab.Message{Status: &tab.Status{}, Block: &tab.Block{}}),
		"no thing":    codec.MustEncode(tab.Message{}),
		"a long int":  {0x83, 0xf6, 0xf6, 0x18, 0x01},
		"other shape": {0x80},
	} {
		o, _ := begin(t)
		o.message(b)
		if len(o.heard) != 1 || !strings.HasPrefix(o.heard[0], "down: the node sent something") || o.closed != 1 {
			t.Errorf("%s: heard %v, closed %d", name, o.heard, o.closed)
		}
	}
}

func TestTooManyQuestions(t *testing.T) {
	_, c := begin(t)
	var last error
	for range maxPending {
		Ask(c, tab.Retry, nil, func(_ struct{}, err error) { last = err })
	}
	if last == nil {
		t.Error("questions without end were kept")
	}
}

func FuzzHear(f *testing.F) {
	f.Add(codec.MustEncode(tab.Message{Status: &tab.Status{}}))
	f.Add(codec.MustEncode(tab.Message{Answer: &tab.Answer{ID: 1}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		o := &office{t: t, now: time.Unix(1000, 0)}
		c := o.client()
		c.Start(tab.StartParams{})
		o.message(b)
	})
}
