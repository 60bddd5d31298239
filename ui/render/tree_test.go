package render

import (
	"errors"
	"testing"

	"github.com/vugu/vugu"
	"pgregory.net/rapid"
)

func element(tag string, kids ...*vugu.VGNode) *vugu.VGNode {
	v := &vugu.VGNode{Type: vugu.ElementNode, Data: tag}
	for _, k := range kids {
		v.AppendChild(k)
	}
	return v
}

func words(s string) *vugu.VGNode { return &vugu.VGNode{Type: vugu.TextNode, Data: s} }

func with(v *vugu.VGNode, key, val string) *vugu.VGNode {
	v.Attr = append(v.Attr, vugu.VGAttribute{Key: key, Val: val})
	return v
}

func build(v *vugu.VGNode) *vugu.BuildResults {
	return &vugu.BuildResults{Out: &vugu.BuildOut{Out: []*vugu.VGNode{v}}}
}

func update(t *testing.T, tree *Tree, p *page, v *vugu.VGNode) int {
	t.Helper()
	ops, err := tree.Update(build(v))
	if err != nil {
		t.Fatal(err)
	}
	before := p.count
	p.apply(t, ops)
	if got := p.root.String(); got != want(v) {
		t.Fatalf("the page is\n%s\nand should be\n%s", got, want(v))
	}
	return p.count - before
}

func drawNode(t *rapid.T, depth int) *vugu.VGNode {
	if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
		return words(rapid.SampledFrom([]string{"a", "b & c", "<x>"}).Draw(t, "text"))
	}
	v := element(rapid.SampledFrom([]string{"p", "b", ""}).Draw(t, "tag"))
	if v.Data != "" {
		if rapid.Bool().Draw(t, "class") {
			with(v, "class", rapid.SampledFrom([]string{"x", "y"}).Draw(t, "value"))
		}
		if rapid.Bool().Draw(t, "handler") {
			v.DOMEventHandlerSpecList = []vugu.DOMEventHandlerSpec{{EventType: "click", Func: func(vugu.DOMEvent) {}}}
		}
		if rapid.IntRange(0, 3).Draw(t, "content") == 0 {
			v.SetInnerHTML(rapid.SampledFrom([]string{"", "plain", "a < b"}).Draw(t, "inner"))
			return v
		}
	}
	if depth > 0 {
		for _, key := range drawKeys(t) {
			k := drawNode(t, depth-1)
			if key != "" && k.Type == vugu.ElementNode && k.Data != "" {
				with(k, "data-key", key)
			}
			v.AppendChild(k)
		}
	}
	return v
}

// drawKeys draws children, some with keys that are unique among them.
func drawKeys(t *rapid.T) []string {
	keys := rapid.Permutation([]string{"1", "2", "3", "4", "", "", ""}).Draw(t, "keys")
	return keys[:rapid.IntRange(0, len(keys)).Draw(t, "n")]
}

// TestAnyPageBecomesAnyOther turns random pages into each other. A template below the root stands for several nodes,
// where equal keys of two templates may meet: those fall back to new nodes and must come out right all the same.
func TestAnyPageBecomesAnyOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tree Tree
		p := newPage()
		for range rapid.IntRange(2, 5).Draw(t, "pages") {
			v := element("main", drawNode(t, 3), drawNode(t, 3), drawNode(t, 2))
			ops, err := tree.Update(build(v))
			if err != nil {
				t.Fatal(err)
			}
			p.apply(t, ops)
			if got := p.root.String(); got != want(v) {
				t.Fatalf("the page is\n%s\nand should be\n%s", got, want(v))
			}
			if n := len(p.nodes); n != size(tree.root) {
				t.Fatalf("the page holds %d nodes, the tree %d", n, size(tree.root))
			}
		}
	})
}

func size(n *node) int {
	sum := 1
	for _, k := range n.kids {
		sum += size(k)
	}
	return sum
}

func rows(keys ...string) *vugu.VGNode {
	v := element("ul")
	for _, k := range keys {
		v.AppendChild(with(element("li", words("row "+k)), "data-key", k))
	}
	return v
}

func TestOnlyChangesAreSent(t *testing.T) {
	var tree Tree
	p := newPage()
	update(t, &tree, p, rows("3", "2", "1"))
	for _, c := range []struct {
		keys []string
		most int
		why  string
	}{
		{[]string{"3", "2", "1"}, 0, "nothing changed"},
		{[]string{"4", "3", "2", "1"}, 5, "a row came at the top: element, key, text, two inserts"},
		{[]string{"4", "3", "2"}, 2, "a row left at the bottom: remove and forget"},
		{[]string{"2", "4", "3"}, 1, "one row moved"},
	} {
		if n := update(t, &tree, p, rows(c.keys...)); n > c.most {
			t.Errorf("%s: %d instructions, want at most %d", c.why, n, c.most)
		}
	}
}

func TestKeyedNodeSurvives(t *testing.T) {
	var tree Tree
	p := newPage()
	update(t, &tree, p, rows("2", "1"))
	one := p.root.kids[1]
	update(t, &tree, p, rows("3", "2", "1"))
	if p.root.kids[2] != one {
		t.Error("the row of key 1 is another node now: a selection in it would be lost")
	}
}

func TestOptionalSiblingKeepsTheOthers(t *testing.T) {
	var tree Tree
	p := newPage()
	update(t, &tree, p, element("main", element("h1", words("x")), element("section", words("a"))))
	section := p.root.kids[1]
	update(t, &tree, p, element("main", element("h1", words("x")), element("div", words("note")), element("section", words("a"))))
	if p.root.kids[2] != section {
		t.Error("a note above it made a new section")
	}
	update(t, &tree, p, element("main", element("h1", words("x")), element("section", words("a"))))
	if p.root.kids[1] != section {
		t.Error("taking the note away made a new section")
	}
}

func TestLayoutOfTheSourceIsDropped(t *testing.T) {
	var tree Tree
	p := newPage()
	ops, err := tree.Update(build(element("p", words("\n  "), element("b"), words(" "), element("i"), words("\n"))))
	if err != nil {
		t.Fatal(err)
	}
	p.apply(t, ops)
	if got := p.root.String(); got != "<p><b></b> <i></i></p>" {
		t.Error(got)
	}
}

func TestPropsAfterTyping(t *testing.T) {
	var tree Tree
	p := newPage()
	field := func(value string) *vugu.VGNode {
		v := element("input")
		v.Prop = []vugu.VGProperty{{Key: "value", JSONVal: []byte(value)}}
		v.DOMEventHandlerSpecList = []vugu.DOMEventHandlerSpec{{EventType: "input", Func: func(vugu.DOMEvent) {}}}
		return v
	}
	send := func(v *vugu.VGNode) int {
		ops, err := tree.Update(build(v))
		if err != nil {
			t.Fatal(err)
		}
		before := p.count
		p.apply(t, ops)
		return p.count - before
	}
	send(field(`"a"`))
	if n := send(field(`"a"`)); n != 0 {
		t.Errorf("an unchanged value was sent again: %d instructions", n)
	}
	tree.Typed(tree.root.id)
	if n := send(field(`"a"`)); n != 1 {
		t.Errorf("after typing, the template's value was sent %d times, want once", n)
	}
}

func TestHandlers(t *testing.T) {
	var tree Tree
	hit := 0
	button := func() *vugu.VGNode {
		v := element("button")
		v.DOMEventHandlerSpecList = []vugu.DOMEventHandlerSpec{{EventType: "click", Func: func(vugu.DOMEvent) { hit++ }}}
		return v
	}
	p := newPage()
	update(t, &tree, p, element("p", button()))
	id := tree.root.kids[0].id
	for _, h := range tree.Handlers(id, "click", false) {
		h(nil)
	}
	if hit != 1 || tree.Handlers(id, "click", true) != nil || tree.Handlers(id, "input", false) != nil || tree.Handlers(999, "click", false) != nil {
		t.Errorf("hit %d times, or a handler for something else", hit)
	}
	update(t, &tree, p, element("p"))
	if tree.Handlers(id, "click", false) != nil {
		t.Error("a removed button still has a handler")
	}
}

func TestRefusals(t *testing.T) {
	markup := element("p")
	markup.SetInnerHTML(vugu.HTML("<b>x</b>"))
	for name, v := range map[string]*vugu.VGNode{
		"markup as content":     markup,
		"a script":              element("p", element("SCRIPT")),
		"a style":               element("style"),
		"a frame":               element("iframe"),
		"an inline handler":     with(element("p"), "onClick", "x"),
		"a style attribute":     with(element("p"), "style", "x"),
		"a script address":      with(element("a"), "href", "javascript:alert(1)"),
		"a hidden one":          with(element("a"), "href", "java\tscript:alert(1)"),
		"one in capitals":       with(element("a"), "href", " JavaScript:alert(1)"),
		"a data address":        with(element("img"), "src", "data:text/html,x"),
		"an svg link to script": with(element("use"), "xlink:href", "javascript:x"),
	} {
		var tree Tree
		_, err := tree.Update(build(v))
		var refused *RefusedError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, href := range []string{"#/account/5x", "/a:b", "https://example.org", "http://example.org/?q=javascript:x", "icon.svg", ""} {
		var tree Tree
		if _, err := tree.Update(build(with(element("a"), "href", href))); err != nil {
			t.Errorf("%q: %v", href, err)
		}
	}
	two := &vugu.BuildResults{Out: &vugu.BuildOut{Out: []*vugu.VGNode{element("p"), element("p")}}}
	if _, err := new(Tree).Update(two); err == nil {
		t.Error("two roots were accepted")
	}
}
