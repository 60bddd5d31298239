package bundle_test

import (
	"bytes"
	"embed"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/light/bundle"
)

//go:embed testdata/v1
var golden embed.FS

// Files that were written once are read for ever, whatever the programs and blocks in them mean by then: their form, and
// the path that they take.
func TestFilesOfVersion1(t *testing.T) {
	all, err := golden.ReadDir("testdata/v1")
	if err != nil || len(all) != 4 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	for _, f := range all {
		raw, err := golden.ReadFile("testdata/v1/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		b, err := bundle.Decode(raw)
		if err != nil {
			t.Errorf("%s: %v", f.Name(), err)
			continue
		}
		if again := encode(t, b); !bytes.Equal(again, raw) || b.Body.Kind()+bundle.Extension != f.Name() {
			t.Errorf("%s is written again differently", f.Name())
		}
		now := b.Path.Top().Header.Time.Add(1)
		r, _ := bundle.Check(raw, now, trusting(b.Root))
		if !strings.HasPrefix(outcomes(r), "file held, chain held, signed held, reached held, ") {
			t.Errorf("%s: %s", f.Name(), show(r))
		}
	}
}
