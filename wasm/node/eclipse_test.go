package node_test

import (
	"testing"
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// All relays that a tab knows collude. It shows its trust root, with its age, and that it follows nothing; no figure has
// more of a mark than was checked.
func TestEclipse(t *testing.T) {
	for _, c := range []struct {
		name string
		lie  func(w *world, s *lighttest.Source)
		sync tab.Sync
		head bool // a block is shown, and it is true
	}{
		{"all freeze", func(w *world, s *lighttest.Source) {
			at := w.Height()
			s.Newest = func() uint64 { return at }
		}, tab.Stalled, true},
		{"all are silent", func(_ *world, s *lighttest.Source) { s.Newest = func() uint64 { return 0 } }, tab.Stalled, false},
		{"all refuse", func(_ *world, s *lighttest.Source) {
			s.Refuse = func(uint64) error { return &wire.Refusal{Code: wire.CodeBusy, Message: "later"} }
		}, tab.Stalled, false},
		{"all forge", func(_ *world, s *lighttest.Source) {
			s.Tamper = func(b *light.LightBlock) *light.LightBlock {
				if b.Height() > 1 {
					b.Commit.Signatures[0].Signature[0] ^= 1
				}
				return b
			}
		}, tab.Refused, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.addRelay()
			w.addRelay()
			for _, r := range w.relays {
				c.lie(w, r.source)
			}
			w.grow(t, 2)
			p := w.page(t, newShelf(), tab.StartParams{})
			p.until("the trust root", func(s tab.Status) bool { return s.Trust.Height == 1 })
			if c.sync == tab.Stalled {
				p.until("connected", func(s tab.Status) bool { return len(s.Relays) == 3 && s.Relays[2].State != "dialling" })
				w.setClock(w.Now().Add(time.Hour))
			}
			s := p.until("the end", func(s tab.Status) bool { return s.Sync == c.sync && s.Reason != "" })
			if s.Trust.Hash != w.Trust(1).Hash || s.Trust.Source == "" || s.Trust.Pinned == 0 || s.Trust.Period == 0 {
				t.Errorf("trust: %+v", s.Trust)
			}
			if c.head != (s.Head != nil) {
				t.Fatalf("head: %+v", s.Head)
			}
			if s.Sync == tab.Refused {
				if a := p.call(tab.Query, tab.QueryParams{Program: "supply@1", Args: none}); a.Error == nil {
					t.Errorf("answered: %+v", a)
				}
			}
			if !c.head {
				return
			}
			if s.Trust.Time == 0 || s.Head.Hash != w.Block(s.Head.Height).Hash() || s.Head.Level != level.Proven {
				t.Errorf("%+v, head %+v", s.Trust, s.Head)
			}
			if f, v := p.supply(); f.Height >= s.Head.Height || v.Issuance == 0 {
				t.Errorf("%+v", f)
			}
		})
	}
}
