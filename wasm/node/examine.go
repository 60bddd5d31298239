package node

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/tab"
)

// examine says what a trust root as typed is, and what is wrong with it.
func (n *Node) examine(p tab.ExamineParams) (out tab.Examined) {
	root, signed, err := light.ReadTrust(p.Text)
	if err != nil {
		out.Fault = trustFault(p.Text, err)
		return out
	}
	out.Height, out.Hash = root.Height, root.Hash
	if signed == nil {
		return out
	}
	by := n.cfg.Parties.Check(*signed)
	out.Time, out.SignedBy, out.Known = signed.Time*1000, by.String(), uint64(len(by.Known))
	n.mu.Lock()
	chainID := ""
	if n.session != nil {
		chainID = n.session.chainID
	}
	n.mu.Unlock()
	age, period := n.cfg.Now().Sub(time.Unix(int64(signed.Time), 0)), n.cfg.Params.TrustingPeriod
	switch {
	case chainID != "" && signed.ChainID != chainID:
		out.Fault = fmt.Sprintf("This checkpoint is of the chain %s. This page follows %s.", signed.ChainID, clip(chainID, 60))
	case len(by.False) > 0:
		out.Fault = fmt.Sprintf("The signature of %s is false: somebody changed this checkpoint. Get its text again.", by.False[0])
	case age >= period:
		out.Fault = fmt.Sprintf("This checkpoint is %s old; the limit is %s. Ask for a fresh one.", span(age), span(period))
	case -age > n.cfg.Params.MaxClockDrift:
		out.Fault = fmt.Sprintf("This checkpoint is dated %s ahead of this computer’s clock. One of the two is wrong.", span(-age))
	}
	return out
}

// trustFault says what is wrong with a trust root's text, for a visitor who may have mistyped it.
func trustFault(text string, err error) string {
	const short = "A checkpoint is a height, a colon and 64 hex digits."
	var form *checkpoint.FormError
	if errors.As(err, &form) {
		return fmt.Sprintf("This is not a whole checkpoint. Its %s is wrong: want %s.", form.Part, form.Want)
	}
	height, hash, found := strings.Cut(strings.TrimSpace(text), ":")
	switch {
	case !found || height == "" || len(height) > 19 || strings.Trim(height, "0123456789") != "" || strings.Trim(height, "0") == "":
		return short
	case strings.Trim(hash, "0123456789abcdefABCDEF") != "":
		return short + " This has something else after the colon."
	case len(hash) != 64:
		return fmt.Sprintf("%s This has %d.", short, len(hash))
	}
	return sentence(clip(err.Error(), 300))
}
