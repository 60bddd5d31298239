package main

import "testing"

func TestTidy(t *testing.T) {
	const generated = "package ui\n\nvar x = []int{\n\t\t1,\n\t\t// capture, etc. mostly need to decide syntax\n\t\t2, // kept\n}\n"
	const want = "package ui\n\nvar x = []int{\n\t1,\n\t2, // kept\n}\n"
	got, err := tidy([]byte(generated))
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
	if again, err := tidy(got); err != nil || string(again) != want {
		t.Errorf("a tidy file changed: %q, %v", again, err)
	}
	if _, err := tidy([]byte("package")); err == nil {
		t.Error("what is no Go was taken")
	}
}

// What the generator writes out becomes calls: a constant text goes into its element, the template's layout is dropped, and
// an element that nothing is said of has no name.
func TestShorten(t *testing.T) {
	const generated = `package ui

func build() {
	vgn = &vugu.VGNode{Type: vugu.VGNodeType(3), Namespace: "", Data: "p", Attr: []vugu.VGAttribute{{Namespace: "", Key: "id", Val: "a"}}}
	vgparent.AppendChild(vgn)
	vgn.AddAttrInterface("class", "row")
	vgn.SetInnerHTML(vugu.HTML("x &amp; y"))
	vgn = &vugu.VGNode{Type: vugu.VGNodeType(1), Data: "\n"}
	vgparent.AppendChild(vgn)
	vgn = &vugu.VGNode{Type: vugu.VGNodeType(3), Namespace: "svg", Data: "path", Attr: []vugu.VGAttribute(nil)}
	vgparent.AppendChild(vgn)
	vgn.AddAttrInterface("d", c.d())
	vgn.DOMEventHandlerSpecList = append(vgn.DOMEventHandlerSpecList, vugu.DOMEventHandlerSpec{
		EventType: "click",
		Func:      func(event vugu.DOMEvent) { c.App.Retry() },
	})
	vgn = &vugu.VGNode{Type: vugu.VGNodeType(3)} // <vg-template>
	vgparent.AppendChild(vgn)
	{
		vgparent := vgn
		_ = vgparent
		vgn = &vugu.VGNode{Type: vugu.VGNodeType(1), Data: "a text"}
		vgparent.AppendChild(vgn)
		{
			vgcompKey := vugu.MakeCompKey(0x68EBDB2C78DD2662^vgin.CurrentPositionHash(), vgiterkey)
			// ask BuildEnv for prior instance of this specific component
			vgcomp, _ := vgin.BuildEnv.CachedComponent(vgcompKey).(*Mark)
			if vgcomp == nil {
				// create new one if needed
				vgcomp = new(Mark)
				vgin.BuildEnv.WireComponent(vgcomp)
			}
			vgin.BuildEnv.UseComponent(vgcompKey, vgcomp) // ensure we can use this in the cache next time around
			vgcomp.Level = c.level()
			vgout.Components = append(vgout.Components, vgcomp)
			vgn = &vugu.VGNode{Component: vgcomp}
			vgparent.AppendChild(vgn)
		}
	}
}
`
	const want = `package ui

func build() {
	element(vgparent, "\x1fp\x1fid\x1fa\x1fclass\x1frow\x1ex &amp; y")
	vgn = element(vgparent, "svg\x1fpath")
	attribute(vgn, "d", c.d())
	listen(vgn, "click", func(event vugu.DOMEvent) { c.App.Retry() })
	vgn = group(vgparent)
	{
		vgparent := vgn
		_ = vgparent
		say(vgparent, "a text")
		{
			vgcomp := part[Mark](vgin, vgout, vgparent, 0x68EBDB2C78DD2662, vgiterkey)
			vgcomp.Level = c.level()
		}
	}
}
`
	got, err := tidy([]byte(generated))
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}
