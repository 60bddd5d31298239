package vector

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/strictjson"
)

// Wherever a document is cut, what was written is not JSON and the error has a place.
func TestCutDocuments(t *testing.T) {
	doc := `{"vectors":[{"name":"é","init":` + tiny + `},` + stepped(`{}`, `{"block":5,"set_weights":[[1,[0,1]]]}`) + `]}`
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, doc)
	z.Close()
	for name, doc := range map[string]string{"plain": doc, "packed": packed.String()} {
		if out, err := eval(doc, Options{}); err != nil || !json.Valid([]byte(out)) {
			t.Fatalf("%s, the whole: %v", name, err)
		}
		for i := range len(doc) {
			out, err := eval(doc[:i], Options{})
			var bad *strictjson.Error
			if !errors.As(err, &bad) || json.Valid([]byte(out)) {
				t.Fatalf("%s, %d bytes: %v, %q", name, i, err, out)
			}
		}
	}
}

// A packed document is read to its checksum, and nothing may follow.
func TestDamagedGzip(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, stepped(`{}`))
	z.Close()
	for name, damage := range map[string]func(b []byte) []byte{
		"checksum": func(b []byte) []byte { b[len(b)-8] ^= 1; return b },
		"length":   func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"more":     func(b []byte) []byte { return append(b, "more"...) },
		"header":   func(b []byte) []byte { b[2] = 0; return b },
		"twice":    func(b []byte) []byte { return append(b, b...) },
	} {
		out, err := eval(string(damage(bytes.Clone(packed.Bytes()))), Options{})
		var bad *strictjson.Error
		if !errors.As(err, &bad) || json.Valid([]byte(out)) {
			t.Errorf("%s: %v, %q", name, err, out)
		}
	}
}

// An endless bundle goes through in a memory that has an end: what comes out is never far behind what goes in.
func TestBundlesAreStreams(t *testing.T) {
	var out bytes.Buffer
	source := &bundleSource{t: t, out: &out, left: 300, vector: `{"init":` + tiny + `,"steps":[{"out":"` + strings.Repeat("x", 1<<13) + `","patch":{}}]}`}
	if err := Eval(source, &out, Options{}); err != nil || !json.Valid(out.Bytes()) {
		t.Fatal(err)
	}
}

// bundleSource makes up a bundle while it is read.
type bundleSource struct {
	t      *testing.T
	out    *bytes.Buffer
	vector string
	made   int
	left   int
	rest   string
}

func (s *bundleSource) Read(p []byte) (int, error) {
	if s.rest == "" && s.left >= 0 {
		switch {
		case s.made == 0:
			s.rest = `{"vectors":[` + s.vector
		case s.left > 0:
			s.rest = "," + s.vector
		default:
			s.rest = "]}"
		}
		s.made++
		s.left--
		// A vector's results are over 1,200 bytes; buffers on the way hold some vectors.
		if ahead := s.made - s.out.Len()/1200; ahead > 100 {
			s.t.Fatalf("%d vectors read, %d bytes written", s.made, s.out.Len())
		}
	}
	if s.rest == "" {
		return 0, io.EOF
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// Whatever comes in, what comes out is JSON if and only if there is no error.
func FuzzEval(f *testing.F) {
	for _, doc := range edges() {
		f.Add([]byte(doc))
	}
	raw, _ := io.ReadAll(openData(f, "small.json"))
	var bundle struct{ Vectors []json.RawMessage }
	if err := json.Unmarshal(raw, &bundle); err != nil {
		f.Fatal(err)
	}
	for _, v := range bundle.Vectors {
		if len(v) < 6000 {
			f.Add([]byte(v))
		}
	}
	f.Add([]byte(stepped(`{"n":65535}`, `{"set_weights":[[1,[65535,65535,0,1,0,2]]],"replace_neuron":[[0,1]]}`)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var out bytes.Buffer
		err := Eval(bytes.NewReader(doc), &out, Options{Trace: true})
		if (err == nil) != json.Valid(out.Bytes()) {
			t.Fatalf("%v, %q", err, out.Bytes())
		}
		var bad *strictjson.Error
		if err != nil && !errors.As(err, &bad) {
			t.Fatalf("untyped error %v", err)
		}
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := Eval(&out, &again, Options{Trace: true}); err != nil {
			t.Fatal(err)
		}
	})
}
