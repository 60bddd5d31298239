package model

import (
	"slices"
	"testing"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/client"
)

// browser remembers what the App did to it.
type browser struct {
	sync, title, hash, copied, theme string
	arrived, reloads                 int
	saved                            map[string][]byte
}

func (b *browser) Origin() string    { return "http://127.0.0.1:8080" }
func (b *browser) SetSync(s string)  { b.sync = s }
func (b *browser) SetTitle(s string) { b.title = s }
func (b *browser) Arrived()          { b.arrived++ }
func (b *browser) Go(s string)       { b.hash = s }
func (b *browser) Reload()           { b.reloads++ }
func (b *browser) Copy(s string)     { b.copied = s }
func (b *browser) Save(name string, file []byte) {
	if b.saved == nil {
		b.saved = map[string][]byte{}
	}
	b.saved[name] = file
}
func (b *browser) Theme() string     { return b.theme }
func (b *browser) SetTheme(s string) { b.theme = s }

// node is a worker that keeps questions until the test answers them.
type node struct {
	t       *testing.T
	asked   []tab.Request
	message func([]byte)
	down    func(string)
}

func (n *node) Send(b []byte) error {
	var r tab.Request
	if err := codec.Decode(b, &r); err != nil {
		n.t.Fatal(err)
	}
	n.asked = append(n.asked, r)
	return nil
}

// SendFile puts a file of three bytes between the two.
func (n *node) SendFile(before, after []byte) error {
	return n.Send(slices.Concat(before, []byte{1, 2, 3}, after))
}

func (n *node) Close() {}

// take removes the oldest question for a method (and program) and returns its id.
func (n *node) take(method, program string) uint64 {
	n.t.Helper()
	for i, r := range n.asked {
		var q tab.QueryParams
		if r.Method != method || program != "" && (codec.Decode(r.Params, &q) != nil || q.Program != program) {
			continue
		}
		n.asked = append(n.asked[:i:i], n.asked[i+1:]...)
		return r.ID
	}
	n.t.Fatalf("%s %s was not asked; open are %+v", method, program, n.asked)
	return 0
}

func (n *node) open(method, program string) int {
	count := 0
	for _, r := range n.asked {
		var q tab.QueryParams
		if r.Method == method && (program == "" || codec.Decode(r.Params, &q) == nil && q.Program == program) {
			count++
		}
	}
	return count
}

func (n *node) answer(id uint64, body any, fault *tab.Error) {
	a := &tab.Answer{ID: id, Error: fault}
	if body != nil {
		a.Body = codec.MustEncode(body)
	}
	n.message(codec.MustEncode(tab.Message{Answer: a}))
}

func (n *node) figure(id uint64, l level.Level, height uint64, result any) {
	n.answer(id, tab.Figure{Level: l, Height: height, Relay: "Birch", Result: codec.MustEncode(result)}, nil)
}

func (n *node) status(s tab.Status) { n.message(codec.MustEncode(tab.Message{Status: &s})) }
func (n *node) block(b tab.Block)   { n.message(codec.MustEncode(tab.Message{Block: &b})) }

func start(t *testing.T, fragment string) (*App, *node, *browser) {
	b, n := &browser{}, &node{t: t}
	a := New(b)
	a.Node = client.New(func(message func([]byte), down func(string)) (client.Port, error) {
		n.message, n.down = message, down
		return n, nil
	}, a.Events(), func() time.Time { return time.Unix(5000, 0) }, func(_ time.Duration, f func()) { f() })
	a.Tick(time.Unix(5000, 0))
	a.Start(fragment)
	return a, n, b
}

func proven(t testing.TB) (l level.Level) {
	if err := l.UnmarshalText([]byte("proven")); err != nil {
		t.Fatal(err)
	}
	return l
}

func live(height uint64) tab.Status {
	return tab.Status{Sync: tab.Live, Head: &tab.Block{Height: height, Time: 4_990_000}, Relays: []tab.Relay{{Name: "Birch", State: "connected", Height: height}}}
}
