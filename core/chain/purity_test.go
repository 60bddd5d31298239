//go:build !js

package chain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What executes blocks must give the same result on every machine at any time: no clock, network, chance, goroutine or
// float in the packages that it is made of.
func TestConsensusPackagesArePure(t *testing.T) {
	forbidden := []string{"time", "net", "net/http", "os", "math/rand", "math/rand/v2", "crypto/rand", "runtime", "unsafe"}
	files := 0
	for _, name := range []string{
		"account", "batch", "chain", "codec", "coinbase", "commitment", "emission", "fixed", "hyper", "ledger", "market", "multiaddr", "multisig",
		"proxy", "registration", "relays", "serving", "stake", "state", "strictjson", "subnet", "tao", "weights", "yuma",
	} {
		err := filepath.WalkDir(filepath.Join("..", name), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "iavlbench" {
				if err == nil {
					err = filepath.SkipDir
				}
				return err
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			files++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ImportSpec:
					if p, _ := strconv.Unquote(n.Path.Value); slices.Contains(forbidden, p) {
						t.Errorf("%s: imports %s", set.Position(n.Pos()), p)
					}
				case *ast.GoStmt:
					t.Errorf("%s: starts a goroutine", set.Position(n.Pos()))
				case *ast.Ident:
					if n.Name == "float32" || n.Name == "float64" {
						t.Errorf("%s: a float", set.Position(n.Pos()))
					}
				case *ast.BasicLit:
					if n.Kind == token.FLOAT && !strings.ContainsAny(n.Value, "eE") { // 1e6 is a whole number
						t.Errorf("%s: a float", set.Position(n.Pos()))
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 40 {
		t.Errorf("only %d files were read", files)
	}
}
