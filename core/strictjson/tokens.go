package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// tokens are those of a document, each with where it stands. It is a [json.Decoder], and its source too: the bytes that it
// hands to the decoder it keeps for as long as they matter, since the decoder doesn't tell where a token begins or how it
// is written.
type tokens struct {
	*json.Decoder
	src io.Reader
	err error // of src; io.EOF at the end

	most   int    // bytes of the next token, and as much as may stand before it
	window []byte // of the document, up to where src is read
	base   int64  // the offset of window[0]
	from   int64  // what stands before it may go from the window

	start, end int64 // of the token read last
	recording  bool
	ahead      bool // the token read last is to come again
	last       json.Token
}

// errNotUTF8 is of a string that the decoder would mend.
var errNotUTF8 = errors.New("not UTF-8")

// tooLong is the error of a value that takes more than so many bytes.
type tooLong int

func (n tooLong) Error() string {
	return fmt.Sprintf("a value of more than %d bytes, with the space before it", int(n))
}

func (t *tokens) begin(src io.Reader) {
	t.src, t.most = src, MaxString
	t.Decoder = json.NewDecoder((*feed)(t))
	t.UseNumber()
}

// next returns the next token.
func (t *tokens) next() (json.Token, error) {
	if t.ahead {
		t.ahead = false
		return t.last, nil
	}
	token, err := t.Token()
	if err != nil {
		return nil, err
	}
	if raw := t.advance(); raw[0] == '"' && !utf8.Valid(raw) {
		return nil, errNotUTF8
	}
	return token, nil
}

// decode reads the next value, which may be as long as most bytes, into v.
func (t *tokens) decode(v any, most int) error {
	t.most = most
	err := t.Decode(v)
	t.most = MaxString
	if mistyped := (*json.UnmarshalTypeError)(nil); err == nil || errors.As(err, &mistyped) {
		t.advance()
	}
	return err
}

// advance notes where the token stands that the decoder has read, and returns it as it is written.
func (t *tokens) advance() []byte {
	t.start, t.end = t.end, t.InputOffset()
	raw := t.window[t.start-t.base : t.end-t.base]
	for separator(raw[0]) {
		raw = raw[1:]
		t.start++
	}
	if !t.recording {
		t.from = t.end
	}
	return raw
}

// separator says whether c can stand between tokens.
func separator(c byte) bool {
	return c == ',' || c == ':' || c == ' ' || c == '\n' || c == '\t' || c == '\r'
}

// putBack makes the token read last the next one.
func (t *tokens) putBack(token json.Token) { t.last, t.ahead = token, true }

// keep begins a record with the next token.
func (t *tokens) keep() {
	t.recording = true
	if t.from = t.end; t.ahead {
		t.from = t.start
	}
}

// recorded returns the length of the record.
func (t *tokens) recorded() int { return int(t.end - t.from) }

// kept ends the record and returns it; it is valid until the next token.
func (t *tokens) kept() []byte {
	raw := t.window[t.from-t.base : t.end-t.base]
	for len(raw) > 0 && separator(raw[0]) {
		raw = raw[1:]
	}
	t.recording, t.from = false, t.end
	return raw
}

// feed is tokens as the decoder's source.
type feed tokens

// Read reads from the source, and no more than a token may need.
func (t *feed) Read(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	read := t.base + int64(len(t.window))
	room := t.end + int64(t.most) + 3 - read // quotes, and the byte behind by which the decoder sees the end
	if room <= 0 {
		return 0, tooLong(t.most)
	}
	if t.from > t.base {
		t.window = t.window[:copy(t.window, t.window[t.from-t.base:])]
		t.base = t.from
	}
	n, err := t.src.Read(p[:min(int64(len(p)), room)])
	t.window = append(t.window, p[:n]...)
	t.err = err
	return n, err
}

// explain makes an error of reading, at a path, one of the document.
func (t *tokens) explain(err error, path string) *Error {
	here, read := t.InputOffset(), t.base+int64(len(t.window))
	noJSON, long := (*json.SyntaxError)(nil), tooLong(0)
	switch {
	case errors.As(err, &noJSON):
		return &Error{Path: path, Offset: here, Reason: "not JSON: " + err.Error()}
	case errors.As(err, &long):
		return &Error{Path: path, Offset: here, Reason: err.Error()}
	case err == errNotUTF8:
		return &Error{Path: path, Offset: t.start, Reason: err.Error()}
	case t.err == io.EOF:
		return &Error{Path: path, Offset: read, Reason: "the input ends here"}
	}
	return &Error{Path: path, Offset: read, Reason: "reading failed: " + err.Error(), Err: err}
}
