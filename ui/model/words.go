package model

import (
	"fmt"
	"strings"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/text"
)

// Withheld says that no figure may be shown as checked: the node refuses, or every relay that it still listens to has
// lied.
func (a *App) Withheld() bool {
	if a.Status.Sync == tab.Refused {
		return true
	}
	if len(a.Status.Alarms) == 0 {
		return false
	}
	for _, r := range a.Status.Relays {
		if r.State == "connected" && r.Lies == 0 {
			return false
		}
	}
	return true
}

// Head is the newest block that was verified, or nil.
func (a *App) Head() *tab.Block {
	if len(a.Blocks) > 0 {
		return &a.Blocks[0]
	}
	return a.Status.Head
}

// Trouble is a box at the top of every page.
type Trouble struct {
	Kind  string // "alarm" or "warn"
	Title string
	Text  string
	Page  string // that says more, and its name; empty: none
	Link  string
}

// Troubles says what is wrong, worst first; a lie names who said it.
func (a *App) Troubles() []Trouble {
	var out []Trouble
	switch f := a.Status.Fraud; {
	case f != nil:
		out = append(out, Trouble{Kind: "alarm", Title: "Block producers signed something false.", Page: "#/fraud", Link: "What happened, and what to do",
			Text: "Block " + text.Count(f.Height) + " does not lead to what they signed. No relay is to blame, and nothing is shown any more."})
	case a.Status.Fork != nil:
		t := Trouble{Kind: "alarm", Title: "Block producers signed two different chains.", Page: "#/fraud", Link: "What happened, and what to do",
			Text: fmt.Sprintf("Relay “%s” showed one and relay “%s” the other. This tab follows neither, and nothing is shown any more.", a.Status.Fork.A.Relay, a.Status.Fork.B.Relay)}
		if n := a.Status.Fork.Shared; n > 0 {
			t.Title = "After block " + text.Count(n) + ", block producers signed two different chains."
		}
		out = append(out, t)
	case a.Status.Sync == tab.Refused && !a.Mendable(): // otherwise the refusal has a panel of its own
		out = append(out, Trouble{Kind: "alarm", Title: "Nothing is shown.", Text: a.Status.Reason, Page: "#/node", Link: "Give another trust root"})
	}
	const most = 3
	for i := len(a.Status.Alarms) - 1; i >= 0 && i >= len(a.Status.Alarms)-most; i-- {
		if l := a.Status.Alarms[i]; (a.Status.Fraud == nil || l.Relay != "") && (a.Status.Fork == nil || l.Code != "fork") {
			out = append(out, Trouble{Kind: "alarm", Title: a.Lie(l), Text: l.What})
		}
	}
	if a.Status.Sync == tab.Stalled {
		t := Trouble{Kind: "warn", Title: "No new block.", Text: a.Status.Reason}
		if h := a.Head(); h != nil && !a.Withheld() {
			t.Text = join(a.Status.Reason, fmt.Sprintf("Showing block %s, %s %s.", text.Count(h.Height), h.Level, text.Age(a.Now, h.Time)))
		}
		if !a.connected() {
			t.Title = "Offline."
			t.Text = join(t.Text, a.relayErrors())
		}
		out = append(out, t)
	}
	return out
}

// relayErrors says why the relays don't answer, where the reason does not say it already.
func (a *App) relayErrors() string {
	const most = 3
	var out []string
	for _, r := range a.Status.Relays {
		if r.Error != "" && len(out) < most && !strings.Contains(a.Status.Reason, r.Error) {
			out = append(out, fmt.Sprintf("Relay “%s”: %s.", r.Name, strings.TrimSuffix(r.Error, ".")))
		}
	}
	return strings.Join(out, " ")
}

// Lie says in a sentence who said something false about what.
func (a *App) Lie(l tab.Alarm) string {
	switch {
	case l.Code == tab.CheckpointConflict || l.Code == "wrong_date":
		return fmt.Sprintf("Checkpoints contradict each other at block %s.", text.Count(l.Height))
	case l.Relay == "":
		return fmt.Sprintf("Producers signed something false about block %s.", text.Count(l.Height))
	}
	if l.Height == 0 {
		return fmt.Sprintf("Relay “%s” lied.", l.Relay)
	}
	return fmt.Sprintf("Relay “%s” lied about block %s.", l.Relay, text.Count(l.Height))
}

func join(parts ...string) string {
	var keep []string
	for _, p := range parts {
		if p != "" {
			keep = append(keep, p)
		}
	}
	return strings.Join(keep, " ")
}

func (a *App) connected() bool {
	for _, r := range a.Status.Relays {
		if r.State == "connected" {
			return true
		}
	}
	return false
}

// State is the first words of the line about the node.
func (a *App) State() string {
	switch a.Status.Sync {
	case tab.Connecting:
		return "Connecting"
	case tab.Verifying:
		return "Catching up"
	case tab.Live:
		return "Live"
	case tab.Stalled:
		if !a.connected() {
			return "Offline"
		}
		return "Stalled"
	case tab.Refused:
		return "Refused"
	default:
		return "Starting the node in this tab"
	}
}

// Busy says that the node is on its way to following.
func (a *App) Busy() bool {
	s := a.Status.Sync
	return s == tab.Starting || s == tab.Connecting || s == tab.Verifying
}

// Progress says how far catching up is, in blocks; done is at most total, and total 0 when it is not known.
func (a *App) Progress() (done, total uint64) {
	if a.Status.Sync != tab.Verifying || a.Status.Head == nil || a.Status.Target <= a.Status.Trust.Height {
		return 0, 0
	}
	total = a.Status.Target - a.Status.Trust.Height
	if h := a.Status.Head.Height; h > a.Status.Trust.Height {
		done = min(h-a.Status.Trust.Height, total)
	}
	return done, total
}

// Signed counts the producers that signed a block.
func Signed(b *tab.Block) (signed, all int) {
	for _, s := range b.Signers {
		if s.Signed {
			signed++
		}
	}
	return signed, len(b.Signers)
}

// Relays says how many relays serve this tab, in words.
func (a *App) Relays() string {
	n, all := 0, 0
	agree := true
	for _, r := range a.Status.Relays {
		if r.State == "spare" {
			continue
		}
		all++
		if r.State == "connected" {
			n++
			if h := a.Head(); h == nil || r.Verified+2 < h.Height {
				agree = false // it says less, or says so and showed no block
			}
		}
	}
	switch {
	case all == 0:
		return "no relay known yet"
	case n == 0:
		return "no relay answers"
	case n == 1 && all == 1:
		return "1 relay"
	case n > 1 && agree && a.Status.Sync == tab.Live:
		return fmt.Sprintf("%d relays agree", n)
	default:
		return fmt.Sprintf("%d of %d relays", n, all)
	}
}

// Checked says how and when an answer was checked, beside its mark.
func (a *App) Checked(f tab.Figure) string {
	if f.Checked == 0 {
		return f.Level.String()
	}
	return f.Level.String() + ", " + text.Age(a.Now, f.Checked)
}
