package node

import (
	"fmt"

	"github.com/taolight/taolight/core/tab"
)

// logf adds a line to the log; kind is "info", "warn" or "alarm".
func (n *Node) logf(kind, format string, args ...any) {
	line := tab.LogLine{Time: milli(n.cfg.Now()), Kind: kind, Text: clip(fmt.Sprintf(format, args...), 500)}
	n.update(func() {
		n.log = append(n.log, line)
		n.log = n.log[max(0, len(n.log)-keepLines):]
	})
}

// alarm records a lie; relay is empty where it was no relay's.
func (n *Node) alarm(relay, code, what string, height uint64) {
	a := tab.Alarm{Time: milli(n.cfg.Now()), Relay: relay, What: sentence(clip(what, 300)), Code: code, Height: height}
	n.update(func() {
		n.alarms = append(n.alarms, a)
		n.alarms = n.alarms[max(0, len(n.alarms)-keepAlarms):]
	})
	if relay == "" {
		n.logf("alarm", "%s", a.What)
		return
	}
	n.logf("alarm", "Relay “%s”: %s", relay, a.What)
}
