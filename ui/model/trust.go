package model

import (
	"strings"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/client"
	"github.com/taolight/taolight/ui/text"
)

// TrustForm is the field for another trust root, and what the node says to what is in it.
type TrustForm struct {
	Text string
	Said tab.Examined // about Text
	Has  bool         // Said is there
	Err  error        // the node did not say
}

// Fault says what is wrong with the text, or nothing.
func (f *TrustForm) Fault() string {
	switch {
	case f.Err != nil:
		return f.Err.Error()
	case f.Has:
		return f.Said.Fault
	}
	return ""
}

// TypeTrust has the node look at what is in the field, at each change.
func (a *App) TypeTrust(typed string) { a.examine(typed, nil) }

// UseTrust starts the node again from the trust root in the field, if that can be used.
func (a *App) UseTrust(typed string) {
	a.examine(typed, func() { a.restart(strings.TrimSpace(typed)) })
}

func (a *App) examine(typed string, good func()) {
	if a.Typed.Text != typed {
		a.Typed = TrustForm{Text: typed}
	}
	if strings.TrimSpace(typed) == "" {
		return
	}
	client.Ask(a.Node, tab.Examine, tab.ExamineParams{Text: typed}, func(said tab.Examined, err error) {
		if a.Typed.Text != typed {
			return // it has changed since
		}
		a.Typed.Said, a.Typed.Has, a.Typed.Err = said, err == nil, err
		if good != nil && err == nil && said.Fault == "" {
			good()
		}
	})
}

// restart starts the node again from a trust root, as if the page had just been loaded.
func (a *App) restart(trust string) {
	a.Log = append(a.Log, tab.LogLine{Time: a.Now, Kind: "info", Text: "Starting again from the trust root that was typed in."})
	a.Heard, a.Blocks, a.Typed = false, nil, TrustForm{}
	a.Supply.Forget()
	a.Subnets.Forget()
	a.Account.Answer.Forget()
	a.Subnet.Detail.Forget()
	a.Subnet.Neurons.Forget()
	a.Block, a.Again, a.Link = BlockPage{Height: a.Block.Height}, Again{}, LinkPage{}
	for _, h := range []*History{&a.SupplyHistory, &a.SharesHistory, &a.NeuronHistory} {
		h.show(tab.SeriesParams{})
	}
	a.Link.show(a.Route)
	a.histories()
	a.Status = tab.Status{Sync: tab.Starting, Phases: firstPhases()}
	a.Host.SetSync(string(tab.Starting))
	if a.Route.Trust != "" { // the address must not bring the old one back
		a.Route.Trust = ""
		a.Host.Go("#/" + strings.Trim(a.Route.Path, "/"))
	}
	a.Node.Start(tab.StartParams{Origin: a.Host.Origin(), Trust: trust, Typed: true})
}

// Mendable says that nothing is shown for a reason that another trust root may mend, so that every page offers one.
func (a *App) Mendable() bool {
	if r := a.Status.Refusal; a.Status.Sync == tab.Refused && r != nil {
		switch r.Code {
		case tab.TrustExpired, tab.CheckpointConflict, tab.BadTrust, tab.ContradictsTrust:
			return true
		}
	}
	return false
}

// Refused is why nothing is shown: the sentence, and the rest.
func (a *App) Refused() (title, rest string) {
	title, rest, _ = strings.Cut(a.Status.Reason, ". ")
	if rest != "" {
		title += "."
	}
	if a.Mendable() && a.Status.Refusal.Code == tab.TrustExpired {
		rest = join(rest, "Producers who left since then could sign a false history at no cost.")
	}
	return title, rest
}

// Forgets says what is lost by starting from another trust root.
func (a *App) Forgets() string {
	t := a.Status.Trust
	if t.Height == 0 {
		return ""
	}
	what := "Starting from it forgets the trust root at block " + text.Count(t.Height)
	if t.Pinned > 0 {
		what += ", pinned on " + text.Date(t.Pinned)
	}
	if h := a.Head(); h != nil {
		what += ", and block " + text.Count(h.Height) + ", the newest verified from it"
	}
	return what + ". Nothing else is lost."
}

// TrustAge says how old the trust root is and where it came from, on every page and in every state.
func (a *App) TrustAge() string {
	t := a.Status.Trust
	if t.Height == 0 {
		return "No trust root yet"
	}
	age := "age not known yet"
	if t.Time > 0 {
		age = text.Old(a.Now, t.Time)
	}
	known, agree := uint64(0), uint64(0)
	for _, c := range t.Compared {
		if c.State == tab.Agrees {
			known, agree = max(known, c.Known), agree+1
		}
	}
	out := "Trust root " + age + ", " + t.Source
	switch {
	case t.Known > 0:
		out += ", signed by " + text.Plural(t.Known, "known party", "known parties")
	case known > 0:
		out += ", agrees with " + text.Plural(known, "known party", "known parties")
	case agree > 0:
		out += ", agrees with " + text.Plural(agree, "other checkpoint", "other checkpoints")
	}
	return out
}

// Timeline places a checkpoint between its age, the limit and today, in thousandths of the way from the oldest of them.
type Timeline struct {
	Time         uint64 // of the checkpoint, ms
	Point, Limit uint64
	Old          bool // the checkpoint is beyond the limit
}

// Timeline returns the picture of the trust root's age; false: its age or the limit is not known.
func (a *App) Timeline() (l Timeline, ok bool) {
	t := a.Status.Trust
	l.Time = t.Time
	if r := a.Status.Refusal; r != nil && r.Code == tab.TrustExpired && r.Time > 0 {
		l.Time = r.Time // it may be a later block that grew too old
	}
	const most = 1 << 50 // ms, so that nothing overflows
	period := min(t.Period, most) * 1000
	if l.Time == 0 || l.Time > most || a.Now > most || period == 0 || period > most {
		return l, false
	}
	age := a.Now - min(l.Time, a.Now)
	span := max(age, period)
	l.Point, l.Limit, l.Old = 1000-age*1000/span, 1000-period*1000/span, age >= period
	return l, true
}

// stepOn keeps the field in step with where it stands: beside the refusal on any page, else on the node's.
func (a *App) stepOn(before bool) {
	if before != a.Mendable() {
		a.Typed = TrustForm{}
	}
}
