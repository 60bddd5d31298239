package light_test

import (
	"context"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

func TestPreferredSourceIsAskedFirst(t *testing.T) {
	c := lighttest.New(lighttest.Options{})
	asked := ""
	source := func(name string) light.Source {
		s := c.Source(name)
		s.Accept = func([]byte) (*wire.SubmitReply, error) {
			asked += name
			return nil, &wire.Refusal{Code: wire.CodeBusy}
		}
		return s
	}
	client, err := light.NewClient(t.Context(), light.Config{ChainID: c.ID(), Now: c.Now, Sources: []light.Source{source("a"), source("b"), source("c")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ prefer, want string }{{"", "abc"}, {"c", "cab"}, {"a", "acb"}, {"a", "acb"}, {"nobody", "acb"}} {
		if asked = ""; step.prefer != "" {
			client.Prefer(step.prefer)
		}
		client.Submit(context.Background(), nil)
		if asked != step.want {
			t.Errorf("after preferring %q: asked %q, want %q", step.prefer, asked, step.want)
		}
	}
}
