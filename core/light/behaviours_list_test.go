//go:build !js

package light_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestBehavioursAreAllThere holds the list against what it promises: 28 behaviours, each test that it names, and the starred ones in
// a browser.
func TestBehavioursAreAllThere(t *testing.T) {
	if len(behaviours) != 28 {
		t.Errorf("%d behaviours", len(behaviours))
	}
	known := make(map[string]map[string]bool) // tests by folder
	for i, b := range behaviours {
		if b.number != i+1 || b.name == "" || len(b.plays) == 0 {
			t.Errorf("place %d: %s with %d plays", i+1, b.id(), len(b.plays))
		}
		for _, test := range b.closer {
			folder, name, _ := strings.Cut(test, ".")
			if known[folder] == nil {
				known[folder] = testsIn(t, filepath.Join("..", "..", filepath.FromSlash(folder)))
			}
			if !known[folder][name] {
				t.Errorf("%s: there is no test %s in %s", b.id(), name, folder)
			}
		}
	}
	inBrowser := namesIn(t, filepath.Join("..", "..", "ui", "e2e"))
	for _, b := range behaviours {
		if b.star && !inBrowser[b.id()] {
			t.Errorf("%s is starred and not played to a browser", b.id())
		}
		delete(inBrowser, b.id())
	}
	for name := range inBrowser {
		t.Errorf("ui/e2e plays %s, which is not on the list", name)
	}
}

var numbered = regexp.MustCompile(`^\d\d_\w+`)

// namesIn returns the names of behaviours that tests in a folder write down.
func namesIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	out := make(map[string]bool)
	for _, f := range parsed(t, folder) {
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if name := numbered.FindString(strings.Trim(lit.Value, "`\"")); name != "" {
					out[name] = true
				}
			}
			return true
		})
	}
	return out
}

// testsIn returns the names of the tests in a folder.
func testsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	out := make(map[string]bool)
	for _, f := range parsed(t, folder) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				out[fn.Name.Name] = true
			}
		}
	}
	return out
}

// parsed returns the test files of a folder.
func parsed(t *testing.T, folder string) (out []*ast.File) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests in %s: %v", folder, err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}
