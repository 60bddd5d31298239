package level_test

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

	"github.com/taolight/taolight/core/level"
)

func TestText(t *testing.T) {
	for l, name := range map[level.Level]string{level.Claimed: "claimed", level.Proven: "proven", level.Replayed: "replayed"} {
		raw, err := json.Marshal(l)
		if err != nil || string(raw) != strconv.Quote(name) {
			t.Errorf("%s %v", raw, err)
		}
		var back level.Level
		if err := json.Unmarshal(raw, &back); err != nil || back != l {
			t.Errorf("%s: %v %v", name, back, err)
		}
	}
	for _, bad := range []string{`""`, `"Proven"`, `"verified"`} {
		if err := json.Unmarshal([]byte(bad), new(level.Level)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	if level.Level(9).String() != "level(9)" {
		t.Error("unknown level")
	}
}

// TestOnlyLightRaisesLevels reads the repository's sources: a package other than core/light (and other than tests) that
// names a level above claimed, or makes one out of a number or a string, could call a figure proven that nobody proved.
// Comparing a level with one of these names is allowed: it raises nothing.
func TestOnlyLightRaisesLevels(t *testing.T) {
	if _, err := os.Stat("../../go.mod"); err != nil {
		t.Skip("the sources are not here")
	}
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch name := d.Name(); {
			case name == "node_modules" || name == "testdata" || name == "warm", strings.HasPrefix(name, ".") && strings.Trim(name, "./") != "":
				return fs.SkipDir
			}
			return nil
		}
		slashed := filepath.ToSlash(path)
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(slashed, "../../core/light/") ||
			strings.HasPrefix(slashed, "../../core/level/") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, bad := range raised(t, path, src) {
			t.Errorf("%s", bad)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 5 {
		t.Errorf("only %d files were read", files)
	}
}

func TestRaisedFinds(t *testing.T) {
	const head = "package x\nimport \"github.com/taolight/taolight/core/level\"\n"
	for src, want := range map[string]int{
		"var l = level.Proven":   1,
		"var l = level.Replayed": 1,
		"var l = level.Level(1)": 1,
		"var l = level.Claimed":  0,
		"var l level.Level":      0,
		"func f(l level.Level) bool { return l == level.Proven }":                                              0,
		"func f(l level.Level) bool { return level.Proven <= l }":                                              0,
		"func f(l level.Level) { switch l { case level.Proven: } }":                                            0,
		"func f(l level.Level) level.Level { switch l { case level.Claimed: return level.Proven }; return l }": 1,
		"var m = map[level.Level]string{level.Proven: \"\"}":                                                   0,
		"var m = map[string]level.Level{\"\": level.Proven}":                                                   1,
		"func f(l *level.Level) { l.UnmarshalText(nil) }":                                                      1,
		"var s = struct{ Level level.Level }{Level: 1}":                                                        1,
		"const proven level.Level = 1":                                                                         1,
		"func f(l *level.Level) { *l++ }":                                                                      0, // not seen: a level is a number after all
	} {
		if got := raised(t, "x.go", []byte(head+src)); len(got) != want {
			t.Errorf("%s: %v, want %d", src, got, want)
		}
	}
}

// raised lists where a file names a level above claimed in another place than a comparison.
func raised(t *testing.T, path string, src []byte) (out []string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	for _, imp := range file.Imports {
		if p, _ := strconv.Unquote(imp.Path.Value); p == "github.com/taolight/taolight/core/level" {
			name = "level"
			if imp.Name != nil {
				name = imp.Name.Name
			}
		}
	}
	if name == "" {
		return nil
	}
	if name == "." {
		return []string{path + ": imports core/level under no name"}
	}
	of := func(n ast.Node, names ...string) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		pkg, ok := sel.X.(*ast.Ident)
		if !ok || pkg.Name != name {
			return false
		}
		for _, want := range names {
			if sel.Sel.Name == want {
				return true
			}
		}
		return false
	}
	harmless := map[ast.Node]bool{}
	add := func(n ast.Node, what string) {
		out = append(out, set.Position(n.Pos()).String()+": "+what)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			switch n.Op {
			case token.EQL, token.NEQ, token.LSS, token.GTR, token.LEQ, token.GEQ:
				harmless[n.X], harmless[n.Y] = true, true
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				harmless[e] = true
			}
		case *ast.KeyValueExpr:
			harmless[n.Key] = true
			key, isName := n.Key.(*ast.Ident)
			lit, isNumber := n.Value.(*ast.BasicLit)
			if isName && isNumber && strings.HasSuffix(key.Name, "Level") && lit.Kind == token.INT && lit.Value != "0" {
				add(n, "gives a level as a number")
			}
		case *ast.CallExpr:
			if of(n.Fun, "Level") {
				add(n, "makes a level out of something else")
			}
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "UnmarshalText" {
				add(n, "reads a level from text")
			}
		case *ast.ValueSpec:
			if len(n.Values) > 0 && n.Type != nil && of(n.Type, "Level") {
				for _, v := range n.Values {
					if _, ok := v.(*ast.BasicLit); ok {
						add(n, "gives a level as a number")
					}
				}
			}
		case *ast.SelectorExpr:
			if of(n, "Proven", "Replayed") && !harmless[n] {
				add(n, "names level."+n.Sel.Name)
			}
		}
		return true
	})
	return out
}
