package render

import (
	"errors"
	"slices"

	"github.com/vugu/vugu"
)

// node is what the page holds at one place.
type node struct {
	id     uint32
	typ    vugu.VGNodeType
	tag    string
	ns     string
	key    string // data-key, for elements that may move
	text   string // of a text node, or of an element that holds only text
	plain  bool   // the element holds only text
	attrs  []vugu.VGAttribute
	props  []vugu.VGProperty
	events []vugu.DOMEventHandlerSpec
	kids   []*node
	pos    int // scratch: place among the old siblings, -1 for a new node
}

// Tree is the page as it was last sent. The zero value is an empty page. It is not safe for concurrent use.
type Tree struct {
	ops    Ops
	nextID uint32
	root   *node
	byID   map[uint32]*node // those with handlers
}

var errRoots = errors.New("render: the root component must build exactly one element")

// Update compares a build with the last one and returns the instructions that turn one page into the other. They are
// valid until the next call. After an error the page is to be given up: the tree and the page no longer agree.
func (t *Tree) Update(br *vugu.BuildResults) (Ops, error) {
	t.ops = t.ops[:0]
	if t.byID == nil {
		t.byID = map[uint32]*node{}
	}
	top := flatten(br, br.Out.Out, nil)
	if len(top) != 1 || top[0].Type != vugu.ElementNode {
		return nil, errRoots
	}
	if t.root != nil && matches(t.root, top[0]) {
		return t.ops, t.update(br, t.root, top[0])
	}
	if t.root != nil {
		t.drop(t.root, opRemove)
	}
	root, err := t.create(br, top[0])
	if err != nil {
		return nil, err
	}
	t.root = root
	t.ops = t.ops.op(opMount, root.id)
	return t.ops, nil
}

// Handlers returns the handlers of an element for an event, in the order of the template.
func (t *Tree) Handlers(id uint32, event string, capture bool) []func(vugu.DOMEvent) {
	n := t.byID[id]
	if n == nil {
		return nil
	}
	var out []func(vugu.DOMEvent)
	for _, h := range n.events {
		if h.EventType == event && h.Capture == capture && h.Func != nil {
			out = append(out, h.Func)
		}
	}
	return out
}

// Typed records that a visitor changed an element's value or checked property, so that the next Update sends the
// template's value again where it differs.
func (t *Tree) Typed(id uint32) {
	n := t.byID[id]
	if n == nil {
		return
	}
	n.props = slices.DeleteFunc(n.props, func(p vugu.VGProperty) bool { return p.Key == "value" || p.Key == "checked" })
}

// flatten resolves components and templates to the nodes that they stand for, without the layout of the source.
func flatten(br *vugu.BuildResults, list []*vugu.VGNode, out []*vugu.VGNode) []*vugu.VGNode {
	for _, v := range list {
		out = flattenOne(br, v, out)
	}
	return out
}

func flattenOne(br *vugu.BuildResults, v *vugu.VGNode, out []*vugu.VGNode) []*vugu.VGNode {
	switch {
	case v.Component != nil:
		if bo := br.ResultFor(v.Component); bo != nil {
			out = flatten(br, bo.Out, out)
		}
	case v.IsTemplate():
		for c := v.FirstChild; c != nil; c = c.NextSibling {
			out = flattenOne(br, c, out)
		}
	case v.Type == vugu.TextNode && !layoutOnly(v.Data), v.Type == vugu.ElementNode:
		out = append(out, v)
	}
	return out
}

func keyOf(v *vugu.VGNode) string {
	for _, a := range v.Attr {
		if a.Key == "data-key" {
			return a.Val
		}
	}
	return ""
}

// matches says whether the page's node can become v.
func matches(n *node, v *vugu.VGNode) bool {
	if n.typ != v.Type || v.Type == vugu.TextNode {
		return n.typ == v.Type
	}
	return n.tag == v.Data && n.ns == v.Namespace && n.key == keyOf(v)
}

// svgTags are the names that the template's parser spells in lower case.
var svgTags = map[string]string{
	"clippath": "clipPath", "lineargradient": "linearGradient", "radialgradient": "radialGradient", "textpath": "textPath",
}

func (t *Tree) create(br *vugu.BuildResults, v *vugu.VGNode) (*node, error) {
	t.nextID++
	n := &node{id: t.nextID, typ: v.Type, pos: -1}
	if v.Type == vugu.TextNode {
		n.text = v.Data
		t.ops = t.ops.op(opText, n.id, v.Data)
		return n, nil
	}
	if err := checkElement(v); err != nil {
		return nil, err
	}
	n.tag, n.ns, n.key = v.Data, v.Namespace, keyOf(v)
	tag, space := v.Data, ""
	if v.Namespace == "svg" {
		space = "http://www.w3.org/2000/svg"
		if s, ok := svgTags[tag]; ok {
			tag = s
		}
	}
	t.ops = t.ops.op(opElement, n.id, space, tag)
	return n, t.update(br, n, v)
}

func (t *Tree) update(br *vugu.BuildResults, n *node, v *vugu.VGNode) error {
	if v.Type == vugu.TextNode {
		if n.text != v.Data {
			n.text = v.Data
			t.ops = t.ops.op(opSetText, n.id, v.Data)
		}
		return nil
	}
	if err := t.attrs(n, v); err != nil {
		return err
	}
	t.listen(n, v)
	if err := t.content(br, n, v); err != nil {
		return err
	}
	for _, p := range v.Prop { // after the children, so that a select's value finds its option
		i := slices.IndexFunc(n.props, func(q vugu.VGProperty) bool { return q.Key == p.Key })
		if i < 0 || string(n.props[i].JSONVal) != string(p.JSONVal) {
			t.ops = t.ops.op(opProp, n.id, p.Key, string(p.JSONVal))
		}
	}
	n.props = v.Prop
	return nil
}

func (t *Tree) attrs(n *node, v *vugu.VGNode) error {
	if slices.Equal(n.attrs, v.Attr) {
		return nil
	}
	for _, a := range v.Attr {
		if old, ok := attr(n.attrs, a.Key); ok && old == a.Val || a.Key == "xmlns" {
			continue
		}
		if err := checkAttr(v.Data, a); err != nil {
			return err
		}
		t.ops = t.ops.op(opAttr, n.id, a.Key, a.Val)
	}
	for _, a := range n.attrs {
		if _, ok := attr(v.Attr, a.Key); !ok {
			t.ops = t.ops.op(opUnattr, n.id, a.Key)
		}
	}
	n.attrs = v.Attr
	return nil
}

// attr finds the last value of a key: where a template gives one twice, that is what the page shows.
func attr(list []vugu.VGAttribute, key string) (string, bool) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Key == key {
			return list[i].Val, true
		}
	}
	return "", false
}

func (t *Tree) listen(n *node, v *vugu.VGNode) {
	if len(n.events) == 0 && len(v.DOMEventHandlerSpecList) == 0 {
		return
	}
	for _, h := range v.DOMEventHandlerSpecList {
		if !listens(n.events, h) {
			t.ops = t.ops.op(opListen, n.id, h.EventType, flags(h))
		}
	}
	for _, h := range n.events {
		if !listens(v.DOMEventHandlerSpecList, h) {
			t.ops = t.ops.op(opUnlisten, n.id, h.EventType, flags(h))
		}
	}
	n.events = v.DOMEventHandlerSpecList
	t.byID[n.id] = n
}

func listens(list []vugu.DOMEventHandlerSpec, h vugu.DOMEventHandlerSpec) bool {
	return slices.ContainsFunc(list, func(x vugu.DOMEventHandlerSpec) bool {
		return x.EventType == h.EventType && x.Capture == h.Capture && x.Passive == h.Passive
	})
}

func flags(h vugu.DOMEventHandlerSpec) string {
	s := ""
	if h.Capture {
		s += "c"
	}
	if h.Passive {
		s += "p"
	}
	return s
}

// content brings what an element holds up to date: only text, or children.
func (t *Tree) content(br *vugu.BuildResults, n *node, v *vugu.VGNode) error {
	if v.InnerHTML != nil {
		text, ok := plainText(*v.InnerHTML)
		if !ok {
			return &RefusedError{v.Data, "markup as content"}
		}
		for _, k := range n.kids {
			t.drop(k, opForget)
		}
		if len(n.kids) > 0 || n.text != text {
			t.ops = t.ops.op(opContent, n.id, text)
		}
		n.kids, n.plain, n.text = nil, true, text
		return nil
	}
	if n.plain {
		if n.text != "" {
			t.ops = t.ops.op(opContent, n.id, "")
		}
		n.plain, n.text = false, ""
	}
	return t.children(br, n, v)
}

// drop forgets a node and all that it holds. The topmost one is removed, which takes the others along.
func (t *Tree) drop(n *node, code byte) {
	t.ops = t.ops.op(code, n.id)
	delete(t.byID, n.id)
	for _, k := range n.kids {
		t.drop(k, opForget)
	}
}
