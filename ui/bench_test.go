//go:build !js

package main

import (
	"testing"

	"github.com/taolight/taolight/ui/render"
	"github.com/vugu/vugu"
	"github.com/vugu/vugu/staticrender"
)

// BenchmarkOverview is what each second costs while the overview is in view: a build and a comparison with the page.
func BenchmarkOverview(b *testing.B) {
	a := full(b, "#/", "proven")
	env, err := vugu.NewBuildEnv(staticrender.New(nil).EventEnv())
	if err != nil {
		b.Fatal(err)
	}
	var tree render.Tree
	root := &Root{App: a}
	for b.Loop() {
		a.Now += 1000
		if _, err := tree.Update(env.RunBuild(root)); err != nil {
			b.Fatal(err)
		}
	}
}
