//go:build !js

package chain

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/ledger"
)

// A rule that no test breaks may be no rule at all: each code of a refusal is named in a test of the core, or expected in
// a scenario.
func TestEveryCodeIsProvoked(t *testing.T) {
	provoked := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case strings.HasSuffix(path, "_test.go"):
			return namesIn(path, provoked)
		case filepath.Ext(path) == ".json" && filepath.Base(filepath.Dir(path)) == "testdata":
			return expectedIn(path, provoked)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all := ledger.Codes()
	if len(all) < 100 {
		t.Errorf("only %d codes", len(all))
	}
	for _, c := range all {
		if !provoked[c.String()] {
			t.Errorf("no test provokes %s (%d)", c, c)
		}
	}
}

// namesIn collects what a source file takes from package ledger, and its texts; what comments say doesn't count.
func namesIn(path string, into map[string]bool) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	inside := file.Name.Name == "ledger"
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "ledger" {
				into[n.Sel.Name] = true
			}
		case *ast.Ident:
			if inside {
				into[n.Name] = true
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil {
				into[text] = true
			}
		}
		return true
	})
	return nil
}

// expectedIn collects the codes that a scenario expects of its calls.
func expectedIn(path string, into map[string]bool) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var script struct {
		Blocks []struct {
			Calls []struct{ Expect string }
		}
	}
	if json.Unmarshal(raw, &script) != nil {
		return nil // another kind of file
	}
	for _, b := range script.Blocks {
		for _, c := range b.Calls {
			into[c.Expect] = true
		}
	}
	return nil
}
