//go:build !js

package fuzztest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// decoder is how functions are called that make something of bytes or text from elsewhere.
var decoder = regexp.MustCompile(`^(Decode|Parse|Read|Open|Inspect|From|Unmarshal)`)

// others are decoders by other names, or not exported.
var others = []string{
	"core/light.EvidenceHash", "core/state.decodePage", "core/state.decodeVersion", "core/scenario.read",
	"core/p2p.readHandshake", "core/p2p.expectProposal", "core/p2p.checkPayload", "core/p2p.parseMuxers", "core/keys/sign.EntropyOfMnemonic",
	"core/yuma/vector.Eval", "core/strictjson.Uints", "core/strictjson.Skip",
}

// without are decoders that need no target of their own, and why.
var without = map[string]string{
	"core/tab.UnmarshalCBOR":          "copies bytes; FuzzRequest and FuzzMessage go through it",
	"core/keys/keyfile.UnmarshalText": "a field of the file that FuzzOpen reads",
	"core/keys/sign.FromEd25519Style": "keyfile's FuzzOpenBittensor goes through it",
	"core/keys/sign.FromURIScheme":    "FromURI is it for one scheme",
	"core/light.ReadTrust":            "either ParseTrust or checkpoint.Parse",
	"core/multiaddr.ParsePeerID":      "the text of a PeerID, as FuzzPeerID reads it",
	"relay/store.Open":                "takes the name of a folder",
}

// TestEveryDecoderIsFuzzed finds decoders in the sources, by their names and by what they take, and expects a fuzz target
// beside each that names it, or the type of what unmarshals itself.
func TestEveryDecoderIsFuzzed(t *testing.T) {
	root := filepath.Join("..", "..")
	found, fuzzed := map[string]string{}, map[string][]string{} // decoders, and what targets name, by folder
	for _, top := range []string{"core", "relay", "ui", "wasm"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_gen.go") {
				return err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			folder, err := filepath.Rel(root, filepath.Dir(file))
			folder = filepath.ToSlash(folder)
			if strings.HasSuffix(folder, "test") && folder != "core/fuzztest" || strings.Contains(folder, "/testdata") {
				return err // test support
			}
			for _, decl := range parsed.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if !ok {
					continue
				}
				name := folder + "." + f.Name.Name
				switch {
				case strings.HasSuffix(file, "_test.go"):
					if strings.HasPrefix(f.Name.Name, "Fuzz") && f.Recv == nil {
						fuzzed[folder] = append(fuzzed[folder], names(f)...)
					}
				case slices.Contains(others, name), f.Name.IsExported() && decoder.MatchString(f.Name.Name) && takesBytes(f) && fails(f):
					if f.Recv == nil {
						found[name] = f.Name.Name
					} else if wanted := f.Name.Name; strings.HasPrefix(wanted, "Unmarshal") {
						found[name+" of "+receiver(f)] = receiver(f)
					} else {
						found[name+" of "+receiver(f)] = wanted
					}
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, wanted := range found {
		folder := name[:strings.LastIndex(name, ".")]
		base, _, _ := strings.Cut(name, " of ")
		if why := without[base]; why == "" && !slices.Contains(fuzzed[folder], wanted) {
			t.Errorf("%s has no fuzz target beside it that names %s", name, wanted)
		}
	}
	for _, name := range others {
		if !slices.ContainsFunc(keysOf(found), func(k string) bool { return k == name || strings.HasPrefix(k, name+" of ") }) {
			t.Errorf("there is no decoder %s", path.Base(name))
		}
	}
	t.Logf("%d decoders", len(found))
}

func keysOf(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

// takesBytes says whether a function takes bytes, text or a reader as its first argument.
func takesBytes(f *ast.FuncDecl) bool {
	if len(f.Type.Params.List) == 0 {
		return false
	}
	switch typ := f.Type.Params.List[0].Type.(type) {
	case *ast.Ident:
		return typ.Name == "string"
	case *ast.ArrayType:
		inner := typ.Elt
		if a, ok := inner.(*ast.ArrayType); ok {
			inner = a.Elt
		}
		id, ok := inner.(*ast.Ident)
		return ok && id.Name == "byte"
	case *ast.SelectorExpr:
		return typ.Sel.Name == "Reader" && typ.X.(*ast.Ident).Name == "io"
	}
	return false
}

// fails says whether a function's last result is an error or a bool.
func fails(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	last := f.Type.Results.List[len(f.Type.Results.List)-1]
	id, ok := last.Type.(*ast.Ident)
	return ok && (id.Name == "error" || id.Name == "bool") && f.Name.Name != "Read"
}

func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// names are all identifiers in a function.
func names(f *ast.FuncDecl) (out []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			out = append(out, id.Name)
		}
		return true
	})
	return out
}
