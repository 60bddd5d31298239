// Package render puts a Vugu tree on the page and afterwards sends only what changed.
//
// The stock renderer sends every node on each render, needs eval and innerHTML, and forgets focus and selection. This
// one keeps the last tree: [Tree.Update] compares a build with it and returns instructions ([Ops]) that a few lines of
// script carry out (static/dom.js). Text reaches the page through textContent and attributes through setAttribute
// only, so a page under `require-trusted-types-for 'script'` can run it, and nothing that a chain stores becomes
// markup. Under js, start with New, then alternate EventWait and Render.
//
// Two rules for templates follow. Markup in vg-content, which vugugen also writes for a static element that holds
// elements, is refused with [*RefusedError]: give such an element one dynamic attribute. Children that move keep their
// node if they carry the attribute data-key, unique among their siblings.
package render

import (
	"fmt"
	"strings"

	"github.com/vugu/vugu"
)

// RefusedError says that a tree holds something that must not reach a page.
type RefusedError struct {
	Element string // its tag
	What    string // in words
}

// Error names the element and what is wrong with it.
func (e *RefusedError) Error() string { return fmt.Sprintf("render: <%s>: %s", e.Element, e.What) }

var refusedElements = map[string]bool{
	"script": true, "style": true, "iframe": true, "frame": true, "object": true, "embed": true, "base": true,
	"link": true, "meta": true, "template": true, "foreignobject": true, "animate": true, "set": true,
}

// checkElement refuses elements that load or run things.
func checkElement(v *vugu.VGNode) error {
	if refusedElements[strings.ToLower(v.Data)] {
		return &RefusedError{v.Data, "not an element that a page may hold"}
	}
	return nil
}

// checkAttr refuses attributes that run script or that the page's style policy ignores, and addresses that aren't
// relative, http(s) or an anchor: a name on the chain may look like javascript:….
func checkAttr(tag string, a vugu.VGAttribute) error {
	key := strings.ToLower(a.Key)
	switch {
	case key == "style":
		return &RefusedError{tag, "a style attribute, which the policy forbids"}
	case strings.HasPrefix(key, "on"), key == "srcdoc", key == "srcset":
		return &RefusedError{tag, "attribute " + a.Key}
	case key == "href", key == "src", key == "xlink:href", key == "action", key == "formaction":
		if !plainAddress(a.Val) {
			return &RefusedError{tag, fmt.Sprintf("address %.40q", a.Val)}
		}
	}
	return nil
}

func plainAddress(s string) bool {
	for _, c := range s {
		if c < ' ' || c == 0x7f {
			return false // browsers skip control characters when they read a scheme
		}
	}
	s = strings.ToLower(strings.TrimSpace(s))
	scheme, _, has := strings.Cut(s, ":")
	if !has || strings.ContainsAny(scheme, "/?#") {
		return true
	}
	return scheme == "http" || scheme == "https"
}

// plainText returns the text that vg-content stands for, and false when it is markup.
func plainText(inner string) (string, bool) {
	if strings.IndexByte(inner, '<') >= 0 {
		return "", false
	}
	if strings.IndexByte(inner, '&') < 0 {
		return inner, true
	}
	return entities.Replace(inner), true
}

// entities are those that html.EscapeString and Vugu's generator write. Package html knows all 2,231 of HTML, which would be
// a part of the download.
var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&#34;", `"`, "&#39;", "'", "&#13;", "\r", "&nbsp;", "\u00a0")

// layoutOnly says whether a text node is the line break and indentation between two tags of a template.
func layoutOnly(s string) bool {
	return strings.IndexByte(s, '\n') >= 0 && strings.TrimSpace(s) == ""
}
