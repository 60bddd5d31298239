package render

import (
	"encoding/binary"
	"fmt"
	"html"
	"strings"

	"github.com/vugu/vugu"
)

// page carries out instructions as static/dom.js does.
type page struct {
	nodes map[uint32]*dom
	root  *dom
	count int // instructions carried out
}

type dom struct {
	tag, text string
	attrs     map[string]string
	props     map[string]string
	on        map[string]bool
	kids      []*dom
	parent    *dom
}

func newPage() *page { return &page{nodes: map[uint32]*dom{}} }

func (d *dom) detach() {
	if d.parent == nil {
		return
	}
	for i, k := range d.parent.kids {
		if k == d {
			d.parent.kids = append(d.parent.kids[:i:i], d.parent.kids[i+1:]...)
			break
		}
	}
	d.parent = nil
}

func (p *page) apply(t interface{ Fatalf(string, ...any) }, ops Ops) {
	u32 := func() uint32 { v := binary.LittleEndian.Uint32(ops); ops = ops[4:]; return v }
	str := func() string { n := u32(); s := string(ops[:n]); ops = ops[n:]; return s }
	for len(ops) > 0 {
		code := ops[0]
		ops = ops[1:]
		id := u32()
		p.count++
		n := p.nodes[id]
		if n == nil && code != opElement && code != opText {
			t.Fatalf("instruction %d names node %d, which is not there", code, id)
		}
		switch code {
		case opElement:
			str()
			p.nodes[id] = &dom{tag: str(), attrs: map[string]string{}, props: map[string]string{}, on: map[string]bool{}}
		case opText:
			p.nodes[id] = &dom{text: str()}
		case opSetText:
			n.text = str()
		case opContent:
			n.kids = nil
			if s := str(); s != "" {
				n.kids = []*dom{{text: s, parent: n}}
			}
		case opAttr:
			k := str()
			n.attrs[k] = str()
		case opUnattr:
			delete(n.attrs, str())
		case opProp:
			k := str()
			n.props[k] = str()
		case opInsert:
			parent, before := p.nodes[u32()], u32()
			n.detach()
			at := len(parent.kids)
			if before != 0 {
				for i, k := range parent.kids {
					if k == p.nodes[before] {
						at = i
					}
				}
			}
			parent.kids = append(parent.kids[:at:at], append([]*dom{n}, parent.kids[at:]...)...)
			n.parent = parent
		case opRemove:
			n.detach()
			delete(p.nodes, id)
		case opForget:
			delete(p.nodes, id)
		case opListen:
			n.on[str()+"/"+str()] = true
		case opUnlisten:
			delete(n.on, str()+"/"+str())
		case opMount:
			p.root = n
		default:
			t.Fatalf("no instruction %d", code)
		}
	}
}

func (d *dom) String() string {
	if d.tag == "" {
		return html.EscapeString(d.text)
	}
	var b strings.Builder
	b.WriteString("<" + d.tag)
	for _, k := range []string{"class", "data-key", "title"} {
		if v, ok := d.attrs[k]; ok {
			fmt.Fprintf(&b, " %s=%q", k, v)
		}
	}
	if d.on["click/"] {
		b.WriteString(" @click")
	}
	b.WriteByte('>')
	for _, k := range d.kids {
		b.WriteString(k.String())
	}
	return b.String() + "</" + d.tag + ">"
}

// want is the page that a template stands for, without any diffing.
func want(v *vugu.VGNode) string {
	if v.Type == vugu.TextNode {
		return html.EscapeString(v.Data)
	}
	var b strings.Builder
	if v.Data != "" {
		b.WriteString("<" + v.Data)
		for _, k := range []string{"class", "data-key", "title"} {
			for _, a := range v.Attr {
				if a.Key == k {
					fmt.Fprintf(&b, " %s=%q", k, a.Val)
				}
			}
		}
		if len(v.DOMEventHandlerSpecList) > 0 {
			b.WriteString(" @click")
		}
		b.WriteByte('>')
	}
	if v.InnerHTML != nil {
		b.WriteString(html.EscapeString(html.UnescapeString(*v.InnerHTML)))
	} else {
		for c := v.FirstChild; c != nil; c = c.NextSibling {
			b.WriteString(want(c))
		}
	}
	if v.Data != "" {
		b.WriteString("</" + v.Data + ">")
	}
	return b.String()
}
