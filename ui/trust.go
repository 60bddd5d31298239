package main

import (
	"strconv"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/text"
)

func date(ms uint64) string       { return text.Date(ms) }
func old(now, then uint64) string { return text.Old(now, then) }

// TrustForm is the field for another trust root.
type TrustForm struct{ App *model.App }

// said is the node's word on what is typed: what is wrong with it, or what it is.
func (c *TrustForm) said() string {
	f := &c.App.Typed
	s := &f.Said
	switch {
	case f.Fault() != "":
		return f.Fault()
	case !f.Has:
		return ""
	}
	out := "Block " + count(s.Height)
	if s.Time > 0 {
		out += ", " + date(s.Time) + ", " + old(c.App.Now, s.Time)
	}
	if s.SignedBy == "" {
		return out + ", not signed. Its hash: " + grouped(s.Hash)
	}
	return out + ", " + s.SignedBy + ". Its hash: " + grouped(s.Hash)
}

// grouped writes a hash so that two people can read it to each other.
func grouped(hash [32]byte) string {
	h := hex32(hash)
	out := h[:8]
	for i := 8; i < len(h); i += 8 {
		out += " " + h[i:i+8]
	}
	return out
}

// off says that what is in the field can't be used.
func (c *TrustForm) off() bool { return c.App.Typed.Text == "" || c.App.Typed.Fault() != "" }

// TrustFacts is what is known of the trust root in use, with a picture of its age.
type TrustFacts struct{ App *model.App }

func (c *TrustFacts) trust() *tab.Trust { return &c.App.Status.Trust }

func (c *TrustFacts) line() model.Timeline {
	l, _ := c.App.Timeline()
	return l
}

func (c *TrustFacts) known() bool {
	_, ok := c.App.Timeline()
	return ok
}

func (c *TrustFacts) point() string   { return thousandths(c.line().Point) }
func (c *TrustFacts) limit() string   { return thousandths(c.line().Limit) }
func (c *TrustFacts) trusted() string { return thousandths(1000 - c.line().Limit) }

func thousandths(n uint64) string {
	return strconv.FormatUint(n/10, 10) + "." + strconv.FormatUint(n%10, 10) + "%"
}

// anchor keeps a text within the picture.
func (c *TrustFacts) anchor(at uint64) string {
	switch {
	case at < 250:
		return "start"
	case at > 750:
		return "end"
	}
	return "mid"
}

// period is the trusting period in words.
func (c *TrustFacts) period() string {
	if c.trust().Period == 0 {
		return "–"
	}
	return text.Span(min(c.trust().Period, 1<<50) * 1000)
}

// name is what the picture's point is: the checkpoint, or a later block that was verified from it.
func (c *TrustFacts) name() string {
	if c.line().Time == c.trust().Time {
		return "checkpoint"
	}
	return "newest verified"
}

func (c *TrustFacts) picture() string {
	return c.name() + " " + old(c.App.Now, c.line().Time) + ", limit " + c.period()
}

// TrustReset guides from a refusal to another trust root.
type TrustReset struct{ App *model.App }

func (c *TrustReset) title() string { t, _ := c.App.Refused(); return t }
func (c *TrustReset) rest() string  { _, r := c.App.Refused(); return r }

func (c *TrustReset) expired() bool {
	r := c.App.Status.Refusal
	return r != nil && r.Code == tab.TrustExpired
}
