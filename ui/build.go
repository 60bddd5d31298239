package main

import (
	"strings"

	"github.com/vugu/vugu"
)

// What follows stands in generated components for what Vugu's generator writes out; see cmd/generate/short.go.

// elements holds what each spec stands for; they are few, as many as the templates have elements.
var elements = map[string]vugu.VGNode{}

// element appends an element. whole is its namespace, its tag, and its constant attributes with their values, all divided
// by the byte 1f, and then, behind the byte 1e, the text that it holds, in HTML, if it holds nothing else.
func element(parent *vugu.VGNode, whole string) *vugu.VGNode {
	e, known := elements[whole]
	if !known {
		spec, html, only := strings.Cut(whole, "\x1e")
		f := strings.Split(spec, "\x1f")
		e = vugu.VGNode{Type: vugu.ElementNode, Namespace: f[0], Data: f[1]}
		for f = f[2:]; len(f) > 1; f = f[2:] {
			e.Attr = append(e.Attr, vugu.VGAttribute{Key: f[0], Val: f[1]})
		}
		e.Attr = e.Attr[:len(e.Attr):len(e.Attr)] // what is added to one element is not added to all
		if only {
			e.InnerHTML = &html
		}
		elements[whole] = e
	}
	n := &e
	parent.AppendChild(n)
	return n
}

// say appends a text.
func say(parent *vugu.VGNode, s string) {
	parent.AppendChild(&vugu.VGNode{Type: vugu.TextNode, Data: s})
}

// group appends a vg-template, whose children stand in its place.
func group(parent *vugu.VGNode) *vugu.VGNode {
	n := &vugu.VGNode{Type: vugu.ElementNode}
	parent.AppendChild(n)
	return n
}

// literal gives an element the text that the template has for it, in HTML.
func literal(n *vugu.VGNode, html string) { n.InnerHTML = &html }

// content gives an element a text.
func content[T any](n *vugu.VGNode, v T) { n.SetInnerHTML(v) }

// attribute gives an element an attribute; nil and false leave it out.
func attribute[T any](n *vugu.VGNode, key string, v T) { n.AddAttrInterface(key, v) }

// listen has an element's events handled.
func listen(n *vugu.VGNode, event string, f func(vugu.DOMEvent)) {
	n.DOMEventHandlerSpecList = append(n.DOMEventHandlerSpecList, vugu.DOMEventHandlerSpec{EventType: event, Func: f})
}

// part appends a component, the one of the last build where there was one at this place and of this turn of a loop.
func part[T any, P interface {
	*T
	vugu.Builder
}](in *vugu.BuildIn, out *vugu.BuildOut, parent *vugu.VGNode, place uint64, turn any) P {
	p, again := placed(in, &place, turn).(P)
	if !again {
		p = new(T)
	}
	settle(in, out, parent, place, turn, p)
	return p
}

func placed(in *vugu.BuildIn, place *uint64, turn any) vugu.Builder {
	*place ^= in.CurrentPositionHash()
	return in.BuildEnv.CachedComponent(vugu.MakeCompKey(*place, turn))
}

func settle(in *vugu.BuildIn, out *vugu.BuildOut, parent *vugu.VGNode, place uint64, turn any, b vugu.Builder) {
	in.BuildEnv.UseComponent(vugu.MakeCompKey(place, turn), b)
	out.Components = append(out.Components, b)
	parent.AppendChild(&vugu.VGNode{Component: b})
}
