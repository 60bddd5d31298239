package main

import (
	"html"
	"regexp"
	"strconv"
	"strings"
)

// The generator writes out, for each element, text and component, what a call could do; compiled, that was a tenth of the
// dashboard's download. These are the shapes it writes, and the functions of ui/build.go that stand for them.
var (
	element   = regexp.MustCompile(`vgn = &vugu\.VGNode\{Type: vugu\.VGNodeType\(3\), Namespace: ("[a-z]*"), Data: ("[^"]*"), Attr: \[\]vugu\.VGAttribute(\(nil\)|\{.*\})\}\n\s*vgparent\.AppendChild\(vgn\)\n`)
	attribute = regexp.MustCompile(`\{Namespace: "", Key: ("(?:[^"\\]|\\.)*"), Val: ("(?:[^"\\]|\\.)*")\}`)
	text      = regexp.MustCompile(`vgn = &vugu\.VGNode\{Type: vugu\.VGNodeType\(1\), Data: ("(?:[^"\\]|\\.)*")\}\n\s*vgparent\.AppendChild\(vgn\)\n`)
	group     = regexp.MustCompile(`vgn = &vugu\.VGNode\{Type: vugu\.VGNodeType\(3\)\} // <vg-template>\n\s*vgparent\.AppendChild\(vgn\)\n`)
	part      = regexp.MustCompile(`vgcompKey := vugu\.MakeCompKey\((0x[0-9A-F]+)\^vgin\.CurrentPositionHash\(\), vgiterkey\)\n[^\n]*\n\s*vgcomp, _ := [^\n]*\(\*([A-Za-z]+)\)\n\s*if vgcomp == nil \{\n(?:[^}]*)\}\n[^\n]*UseComponent[^\n]*\n`)
	placed    = regexp.MustCompile(`vgout\.Components = append\(vgout\.Components, vgcomp\)\n\s*vgn = &vugu\.VGNode\{Component: vgcomp\}\n\s*vgparent\.AppendChild\(vgn\)\n`)
	handler   = regexp.MustCompile(`(?s)vgn\.DOMEventHandlerSpecList = append\(vgn\.DOMEventHandlerSpecList, vugu\.DOMEventHandlerSpec\{\n\s*EventType: ("[a-z]+"),\n\s*Func:\s+(.*?),\n\s*\}\)\n`)
	setting   = regexp.MustCompile(`vgn\.AddAttrInterface\(`)
	content   = regexp.MustCompile(`vgn\.SetInnerHTML\(`)
	literal   = regexp.MustCompile(`vgn\.SetInnerHTML\(vugu\.HTML\(("(?:[^"\\]|\\.)*")\)\)`)

	// What follows an element and is constant is written into its spec.
	constant = regexp.MustCompile(`(element\(vgparent, "(?:[^"\\]|\\.)*)"\)\n\s*attribute\(vgn, "([a-z-]+)", "((?:[^"\\]|\\.)*)"\)\n`)
	only     = regexp.MustCompile(`\{\n\s*vgparent := vgn\n\s*_ = vgparent\n\s*say\(vgparent, ("(?:[^"\\]|\\.)*")\)\n\s*\}\n`)
	made     = regexp.MustCompile(`^\s*vgn = (element|group)\(`)
	written  = regexp.MustCompile(`(element\(vgparent, "(?:[^"\\]|\\.)*)"\)\n\s*literal\(vgn, "((?:[^"\\]|\\.)*)"\)\n`)
)

// shorten puts calls in the place of what the generator wrote out.
func shorten(src string) string {
	src = element.ReplaceAllStringFunc(src, func(s string) string {
		m := element.FindStringSubmatch(s)
		spec := []string{unquoted(m[1]), unquoted(m[2])}
		for _, a := range attribute.FindAllStringSubmatch(m[3], -1) {
			spec = append(spec, unquoted(a[1]), unquoted(a[2]))
		}
		return "vgn = element(vgparent, " + strconv.Quote(strings.Join(spec, "\x1f")) + ")\n"
	})
	src = text.ReplaceAllStringFunc(src, func(s string) string {
		m := text.FindStringSubmatch(s)
		if t := unquoted(m[1]); strings.Contains(t, "\n") && strings.TrimSpace(t) == "" {
			return "" // the layout of the template; ui/render would leave it out
		}
		return "say(vgparent, " + m[1] + ")\n"
	})
	src = group.ReplaceAllString(src, "vgn = group(vgparent)\n")
	src = part.ReplaceAllString(src, "vgcomp := part[$2](vgin, vgout, vgparent, $1, vgiterkey)\n")
	src = placed.ReplaceAllString(src, "")
	src = handler.ReplaceAllString(src, "listen(vgn, $1, $2)\n")
	src = literal.ReplaceAllString(src, "literal(vgn, $1)")
	src = setting.ReplaceAllString(src, "attribute(vgn, ")
	src = content.ReplaceAllString(src, "content(vgn, ")
	for constant.MatchString(src) {
		src = constant.ReplaceAllString(src, "$1\\x1f$2\\x1f$3\")\n")
	}
	src = only.ReplaceAllStringFunc(src, func(s string) string {
		return "literal(vgn, " + strconv.Quote(html.EscapeString(unquoted(only.FindStringSubmatch(s)[1]))) + ")\n"
	})
	return unused(written.ReplaceAllString(src, "$1\\x1e$2\")\n"))
}

// unused takes the name from elements that nothing is said of further on.
func unused(src string) string {
	lines := strings.Split(src, "\n")
	for i := 0; i+2 < len(lines); i++ {
		if !made.MatchString(lines[i]) {
			continue
		}
		next := strings.TrimSpace(lines[i+1])
		if next == "{" {
			next = strings.TrimSpace(lines[i+2])
		}
		if !strings.Contains(next, "(vgn, ") && next != "vgparent := vgn" {
			lines[i] = strings.Replace(lines[i], "vgn = ", "", 1)
		}
	}
	return strings.Join(lines, "\n")
}

func unquoted(s string) string {
	u, err := strconv.Unquote(s)
	if err != nil {
		return s
	}
	return u
}
