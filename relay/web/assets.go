package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

// Encodings in which a file may lie beside itself, the better first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// types by extension: what the system's own table says differs between machines.
var types = map[string]string{
	".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".ico": "image/x-icon",
	".js": "text/javascript; charset=utf-8", ".json": "application/json", ".map": "application/json",
	".png": "image/png", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
	".wasm": "application/wasm", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2",
}

// hashed is a file name that carries a hash of its content, such as node.3f2a91bc.wasm: it never changes.
var hashed = regexp.MustCompile(`\.[0-9a-f]{8,64}\.[a-z0-9]+$`)

// assets are the dashboard's files by path. Files ending in .br or .gz beside a file of the name before that are its
// compressed forms and have no address of their own. Go sources and hidden files are left out.
type assets struct {
	files fs.FS
	byURL map[string]*asset
}

type asset struct {
	name  string
	kind  string
	cache string
	tag   string            // hash of the uncompressed content
	forms map[string]string // content encoding → file name
}

func newAssets(files fs.FS) (*assets, error) {
	a := &assets{files: files, byURL: map[string]*asset{}}
	if files == nil {
		return a, nil
	}
	present := map[string]bool{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if base := path.Base(name); !strings.HasPrefix(base, ".") && path.Ext(base) != ".go" {
			present[name] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for name := range present {
		if isForm(name, present) {
			continue
		}
		one, err := a.read(name, present)
		if err != nil {
			return nil, err
		}
		a.byURL["/"+name] = one
	}
	if index := a.byURL["/index.html"]; index != nil {
		a.byURL["/"] = index
	}
	return a, nil
}

func isForm(name string, present map[string]bool) bool {
	for _, e := range encodings {
		if base, ok := strings.CutSuffix(name, e.suffix); ok && present[base] {
			return true
		}
	}
	return false
}

func (a *assets) read(name string, present map[string]bool) (*asset, error) {
	f, err := a.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	one := &asset{name: name, kind: types[path.Ext(name)], cache: "no-cache", tag: hex.EncodeToString(sum.Sum(nil)[:16]), forms: map[string]string{}}
	if one.kind == "" {
		one.kind = "application/octet-stream"
	}
	if hashed.MatchString(name) {
		one.cache = cacheForever
	}
	for _, e := range encodings {
		if present[name+e.suffix] {
			one.forms[e.name] = name + e.suffix
		}
	}
	return one, nil
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	one := a.byURL[r.URL.Path]
	if one == nil {
		refuse(w, http.StatusNotFound, errNoSuchAddress)
		return
	}
	name, tag := one.name, one.tag
	if len(one.forms) > 0 {
		w.Header().Set("Vary", "Accept-Encoding")
	}
	for _, e := range encodings {
		if form := one.forms[e.name]; form != "" && accepts(r.Header.Get("Accept-Encoding"), e.name) {
			name, tag = form, tag+"-"+e.name
			w.Header().Set("Content-Encoding", e.name)
			break
		}
	}
	content, err := openSeeker(a.files, name)
	if err != nil {
		w.Header().Del("Content-Encoding")
		refuse(w, http.StatusInternalServerError, serve.Refuse(wire.CodeInternal, "the file can't be read"))
		return
	}
	defer content.Close()
	w.Header().Set("Content-Type", one.kind)
	w.Header().Set("Cache-Control", one.cache)
	w.Header().Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, content)
}

// accepts says whether an Accept-Encoding header names the encoding and does not rule it out with q=0.
func accepts(header, encoding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q, weighed := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
			return !weighed || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

func openSeeker(files fs.FS, name string) (io.ReadSeekCloser, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	if s, ok := f.(io.ReadSeekCloser); ok {
		return s, nil
	}
	all, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return inMemory{bytes.NewReader(all)}, nil
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }
