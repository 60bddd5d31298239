package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

// script answers for a chain of ten blocks.
type script struct{ feed serve.Feed }

func (s *script) Identity() serve.Identity {
	return serve.Identity{ChainID: "script-1", GenesisHash: [32]byte{0xab}}
}
func (s *script) Heads() *serve.Feed { return &s.feed }

func (s *script) LightBlock(_ context.Context, height uint64) (*serve.Reply, error) {
	if height == 0 {
		height = 10
	}
	if height > 10 {
		return nil, serve.Refuse(wire.CodeNotFound, "block %d is not there yet, the newest is 10", height)
	}
	return serve.NewLightBlockReply(fmt.Appendf(nil, "light block %d", height))
}

func (s *script) Block(_ context.Context, height uint64) (*serve.Reply, error) {
	if height == 3 {
		return nil, errors.New("secret path /home/x")
	}
	return serve.NewBlockReply(wire.BlockReply{Txs: [][]byte{[]byte("tx")}})
}

func (s *script) Events(_ context.Context, height uint64) (*serve.Reply, error) {
	if height == 3 {
		return nil, serve.Refuse(wire.CodeNotFound, "the events of block %d are not kept here", height)
	}
	return serve.NewEventsReply(nil)
}

func (s *script) Witness(_ context.Context, q wire.WitnessRequest) (*serve.Reply, error) {
	if q.Program == "huge@1" {
		return nil, serve.Refuse(wire.CodeTooLarge, "huge@1 touches more of the state than is served at once")
	}
	return serve.NewWitnessReply(append([]byte(q.Program), q.Args...))
}

func (s *script) Report(_ context.Context, evidence []byte) error {
	if string(evidence) != "proof" {
		return serve.Refuse(wire.CodeInvalidEvidence, "it convicts nobody")
	}
	return nil
}

func (s *script) Submit(_ context.Context, tx []byte) (*wire.SubmitReply, error) {
	if string(tx) == "busy" {
		return nil, serve.Refuse(wire.CodeBusy, "the relay has too much to do, ask again in a moment")
	}
	return &wire.SubmitReply{Hash: [32]byte{1}}, nil
}

var files = fstest.MapFS{
	"index.html":                     {Data: []byte("<!doctype html>")},
	"icon.svg":                       {Data: []byte("<svg/>")},
	"static.go":                      {Data: []byte("package static")},
	"build/node.wasm":                {Data: []byte("plain wasm")},
	"build/node.wasm.br":             {Data: []byte("brotli form")},
	"build/node.wasm.gz":             {Data: []byte("gzip form")},
	"build/ui.0123456789abcdef.wasm": {Data: []byte("hashed wasm")},
	"build/.gitkeep":                 {Data: []byte("hidden")},
	"archive.gz":                     {Data: []byte("a file of its own")},
}

func handler(t testing.TB, blocks bool) *Handler {
	t.Helper()
	h, err := New(Options{Static: files, Loopback: true, Relays: func(host string) []string { return []string{"/dns/" + host} }})
	if err != nil {
		t.Fatal(err)
	}
	s := &script{}
	if blocks {
		head, err := serve.NewHead(10, [32]byte{0xcd}, []byte("light block 10"), 10)
		if err != nil {
			t.Fatal(err)
		}
		s.feed.Publish(head)
	}
	h.Serve(s)
	return h
}

// TestConversations plays the golden conversations in testdata. A conversation is a request line, then headers to send
// indented by "> ", then expectations: "status N", "header Name == value", "header Name ~ regexp", "no header Name",
// "body == text", "body contains text", "body < N" bytes.
func TestConversations(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no conversations", err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		h := handler(t, !strings.Contains(path, "starting"))
		play(t, h, path, raw)
	}
}

func play(t *testing.T, h http.Handler, path string, raw []byte) {
	var request *http.Request
	var w *httptest.ResponseRecorder
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "", "#":
			continue
		case ">":
			name, value, _ := strings.Cut(rest, ": ")
			request.Header.Set(name, value)
			continue
		case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW":
			target, body, _ := strings.Cut(rest, " ")
			request = httptest.NewRequest(word, "/", strings.NewReader(body))
			request.Host = "127.0.0.1:8080"
			if err := setTarget(request, target); err != nil {
				t.Fatalf("%s:%d: %v", path, n, err)
			}
			w = nil
			continue
		}
		if w == nil {
			w = httptest.NewRecorder()
			h.ServeHTTP(w, request)
		}
		if err := expect(w, line); err != nil {
			t.Errorf("%s:%d: %s %s: %v", path, n, request.Method, request.URL, err)
		}
	}
}

// setTarget sets the path as a server would that read it from a request line.
func setTarget(r *http.Request, target string) error {
	u, err := r.URL.Parse("http://127.0.0.1:8080")
	if err != nil {
		return err
	}
	path, query, _ := strings.Cut(target, "?")
	if u.Path, err = pathUnescape(path); err != nil {
		return err
	}
	u.RawQuery = query
	r.URL, r.RequestURI = u, target
	return nil
}

func pathUnescape(p string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] != '%' {
			out.WriteByte(p[i])
			continue
		}
		b, err := hex.DecodeString(p[i+1 : i+3])
		if err != nil {
			return "", err
		}
		out.Write(b)
		i += 2
	}
	return out.String(), nil
}

func expect(w *httptest.ResponseRecorder, line string) error {
	f := strings.SplitN(line, " ", 4)
	body := w.Body.String()
	switch {
	case f[0] == "status":
		if got := fmt.Sprint(w.Code); got != f[1] {
			return fmt.Errorf("status %s, want %s; %s", got, f[1], body)
		}
	case f[0] == "header" && f[2] == "==":
		if got := w.Header().Get(f[1]); got != f[3] {
			return fmt.Errorf("%s is %q, want %q", f[1], got, f[3])
		}
	case f[0] == "header" && f[2] == "~":
		if got := w.Header().Get(f[1]); !regexp.MustCompile(f[3]).MatchString(got) {
			return fmt.Errorf("%s is %q, want a match of %s", f[1], got, f[3])
		}
	case f[0] == "no" && f[1] == "header":
		if got, ok := w.Header()[f[2]]; ok {
			return fmt.Errorf("%s is %q, want none", f[2], got)
		}
	case f[0] == "body" && f[1] == "==":
		if want := strings.TrimPrefix(strings.TrimPrefix(line, "body =="), " "); strings.TrimSuffix(body, "\n") != want {
			return fmt.Errorf("body %q, want %q", body, want)
		}
	case f[0] == "body" && f[1] == "contains":
		if want := strings.TrimPrefix(line, "body contains "); !strings.Contains(body, want) {
			return fmt.Errorf("body %q lacks %q", body, want)
		}
	default:
		return fmt.Errorf("no such expectation: %s", line)
	}
	return nil
}

func TestSubmit(t *testing.T) {
	h := handler(t, true)
	post := func(kind string, body []byte) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, wire.SubmitPath, bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	w := post(typeCBOR, codec.MustEncode(wire.SubmitRequest{Tx: []byte("tx")}))
	var reply wire.SubmitReply
	if err := codec.Decode(w.Body.Bytes(), &reply); err != nil || w.Code != 200 || reply.Hash != [32]byte{1} || reply.Refusal != nil {
		t.Fatalf("%d %+v %v", w.Code, reply, err)
	}
	for name, c := range map[string]struct {
		kind   string
		body   []byte
		status int
	}{
		"busy":          {typeCBOR, codec.MustEncode(wire.SubmitRequest{Tx: []byte("busy")}), 503},
		"not CBOR":      {typeCBOR, []byte("{}"), 400},
		"empty":         {typeCBOR, nil, 400},
		"trailing":      {typeCBOR, append(codec.MustEncode(wire.SubmitRequest{}), 0), 400},
		"long integer":  {typeCBOR, []byte{0x81, 0x58, 1, 7}, 400},
		"wrong type":    {typeCBOR, codec.MustEncode([]uint64{1}), 400},
		"4 GiB claimed": {typeCBOR, []byte{0x81, 0x5a, 0xff, 0xff, 0xff, 0xff}, 400},
		"deep nesting":  {typeCBOR, bytes.Repeat([]byte{0x81}, 10_000), 400},
		"JSON":          {"application/json", []byte("{}"), 415},
		"no type":       {"", []byte("{}"), 415},
		"oversized":     {typeCBOR, make([]byte, wire.MaxRequest+1), 413},
	} {
		w := post(c.kind, c.body)
		var no wire.Refusal
		if err := json.Unmarshal(w.Body.Bytes(), &no); err != nil || w.Code != c.status || no.Code == "" || w.Body.Len() > 1000 {
			t.Errorf("%s: %d %s, want %d and a short refusal", name, w.Code, w.Body, c.status)
		}
	}
}

func TestReport(t *testing.T) {
	h := handler(t, true)
	post := func(kind string, body []byte) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, wire.EvidencePath, bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for evidence, code := range map[string]string{"proof": "", "nothing": wire.CodeInvalidEvidence} {
		var reply wire.EvidenceReply
		w := post(typeCBOR, codec.MustEncode(wire.EvidenceRequest{Evidence: []byte(evidence)}))
		if err := codec.Decode(w.Body.Bytes(), &reply); err != nil || w.Code != 200 || (reply.Refusal == nil) != (code == "") || code != "" && reply.Refusal.Code != code {
			t.Errorf("%s: %d %+v %v", evidence, w.Code, reply.Refusal, err)
		}
	}
	for name, c := range map[string]struct {
		kind   string
		body   []byte
		status int
	}{
		"not CBOR": {typeCBOR, []byte("{}"), 400}, "JSON": {"application/json", nil, 415}, "oversized": {typeCBOR, make([]byte, wire.MaxEvidenceRequest+1), 413},
	} {
		if w := post(c.kind, c.body); w.Code != c.status || w.Body.Len() > 1000 {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, c.status)
		}
	}
	r := httptest.NewRequest(http.MethodGet, wire.EvidencePath, nil)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != 405 {
		t.Errorf("GET: %d", w.Code)
	}
}

func TestPolicy(t *testing.T) {
	const want = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
		"connect-src 'self' wss: https:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types taolight"
	if got := Policy(false); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := Policy(true); got != strings.Replace(want, "https:;", "https: ws://127.0.0.1:* ws://localhost:*;", 1) {
		t.Errorf("with loopback: %s", got)
	}
}

func TestAccepts(t *testing.T) {
	for header, want := range map[string]bool{
		"br": true, "gzip, br": true, "gzip;q=1.0, BR;q=0.5": true, "br;q=0.001": true,
		"": false, "gzip": false, "br;q=0": false, "br; q=0.000, gzip": false, "brotli": false, "*": false,
	} {
		if got := accepts(header, "br"); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestCloseWaits(t *testing.T) {
	h := handler(t, true)
	h.Close()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("after Close: %d", w.Code)
	}
}

func FuzzPaths(f *testing.F) {
	for _, seed := range []string{"/", "/../x", "/v1/lightblock/1", "/v1/witness/00/a@1/", "/build/node.wasm", "/v1/block/18446744073709551616"} {
		f.Add(seed, "br")
	}
	h := handler(f, true)
	f.Fuzz(func(t *testing.T, path, accept string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = path
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError && path != "/v1/block/3" {
			t.Errorf("%q: %d %s", path, w.Code, w.Body)
		}
		if w.Code >= 300 && w.Body.Len() > 1000 {
			t.Errorf("%q: %d bytes of refusal", path, w.Body.Len())
		}
	})
}
