package strictjson

import (
	"io"
	"math"
	"unicode/utf8"
)

// maxNumber is how much of a number is kept; longer ones are no whole number in any range.
const maxNumber = 40

// more reads ahead until n bytes are there, at most 8, and says whether they are.
func (r *Reader) more(n int) bool {
	for idle := 0; r.end-r.pos < n && r.err == nil; {
		copy(r.buf, r.buf[r.pos:r.end])
		r.base += int64(r.pos)
		r.pos, r.end = 0, r.end-r.pos
		var k int
		k, r.err = r.src.Read(r.buf[r.end:])
		r.end += k
		if idle++; k == 0 && r.err == nil && idle == 100 {
			r.err = io.ErrNoProgress
		}
	}
	return r.end-r.pos >= n
}

// cut is the error of an input that has no more.
func (r *Reader) cut() error {
	if r.err == io.EOF {
		return r.Fail("the input ends here")
	}
	return &Error{Path: r.Path(), Offset: r.Offset(), Reason: "reading failed: " + r.err.Error(), Err: r.err}
}

// take goes on by k bytes, which are read ahead.
func (r *Reader) take(k int) {
	if r.recording && len(r.record) <= r.limit {
		r.record = append(r.record, r.buf[r.pos:r.pos+k]...)
	}
	r.pos += k
}

// keep is take that adds the bytes to the text, too.
func (r *Reader) keep(k int) {
	r.text = append(r.text, r.buf[r.pos:r.pos+k]...)
	r.take(k)
}

// next skips space and returns the byte behind it, without taking it.
func (r *Reader) next() (byte, error) {
	if r.recording && len(r.record) > r.limit {
		return 0, r.Fail("more than %d bytes", r.limit)
	}
	for {
		for ; r.pos < r.end; r.pos++ {
			if c := r.buf[r.pos]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
				return c, nil
			}
		}
		if !r.more(1) {
			return 0, r.cut()
		}
	}
}

// kind names what begins with c.
func kind(c byte) string {
	switch {
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == '"':
		return "a string"
	case c == '-' || '0' <= c && c <= '9':
		return "a number"
	case c == 't' || c == 'f':
		return "true or false"
	case c == 'n':
		return "null"
	}
	return "something else"
}

// want sees that a value of a kind comes next.
func (r *Reader) want(begin byte, words string) error {
	c, err := r.next()
	if err == nil && c != begin {
		err = r.Fail("want %s, found %s", words, kind(c))
	}
	return err
}

// punctuation takes one of two bytes and returns which.
func (r *Reader) punctuation(a, b byte) (byte, error) {
	c, err := r.next()
	if err == nil && c != a && c != b {
		err = r.Fail("not JSON: want %q or %q", a, b)
	}
	if err == nil {
		r.take(1)
	}
	return c, err
}

func (r *Reader) members(words string, keys bool, read func(name string) error) error {
	if err := r.want('{', words); err != nil {
		return err
	}
	r.take(1)
	depth := len(r.path)
	for first := true; ; first = false {
		if c, err := r.next(); err != nil {
			return err
		} else if !first || c == '}' {
			if c, err = r.punctuation(',', '}'); err != nil || c == '}' {
				return err
			}
		}
		name, err := r.fieldName()
		if err != nil {
			return err
		}
		r.path = append(r.path, segment{name: name, key: keys, index: -1})
		if err := read(name); err != nil {
			return err
		}
		r.path = r.path[:depth]
	}
}

// fieldName reads a name and the colon.
func (r *Reader) fieldName() (string, error) {
	c, err := r.next()
	if err != nil {
		return "", err
	}
	if c != '"' {
		return "", r.Fail("not JSON: want a field name")
	}
	name, err := r.quoted()
	if err == nil {
		_, err = r.punctuation(':', ':')
	}
	return name, err
}

func (r *Reader) elements(words string, read func(i int) error) error {
	if err := r.want('[', words); err != nil {
		return err
	}
	r.take(1)
	depth := len(r.path)
	for i := 0; ; i++ {
		c, err := r.next()
		if err != nil {
			return err
		}
		if i > 0 || c == ']' {
			if c, err = r.punctuation(',', ']'); err != nil || c == ']' {
				return err
			}
		}
		r.path = append(r.path, segment{index: i})
		if err := read(i); err != nil {
			return err
		}
		r.path = r.path[:depth]
	}
}

// str takes a string, into the text if it is to be kept, and says whether it has escapes.
func (r *Reader) str(keep bool) (escaped bool, err error) {
	take := r.take
	if r.text = r.text[:0]; keep {
		take = r.keep
	}
	take(1)
	for {
		if len(r.text) > 1+MaxString {
			return escaped, r.Fail("a string of more than %d bytes", MaxString)
		}
		if !r.more(1) {
			return escaped, r.cut()
		}
		n, window := 0, min(r.end, r.pos+2+MaxString-len(r.text))
		for _, c := range r.buf[r.pos:window] {
			if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
				break
			}
			n++
		}
		if take(n); r.pos == window {
			continue
		}
		switch c := r.buf[r.pos]; {
		case c == '"':
			take(1)
			return escaped, nil
		case c == '\\':
			if n, err = r.escape(); err != nil {
				return escaped, err
			}
			escaped = true
			take(n)
		case c < ' ':
			return escaped, r.Fail("not JSON: a control character in a string")
		default:
			r.more(utf8.UTFMax)
			symbol, size := utf8.DecodeRune(r.buf[r.pos:r.end])
			if symbol == utf8.RuneError && size == 1 {
				return escaped, r.Fail("not UTF-8")
			}
			take(size)
		}
	}
}

// escape returns the length of the escape that begins here.
func (r *Reader) escape() (int, error) {
	if !r.more(2) {
		return 0, r.cut()
	}
	switch r.buf[r.pos+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, nil
	case 'u':
		if !r.more(6) {
			return 0, r.cut()
		}
		for _, c := range r.buf[r.pos+2 : r.pos+6] {
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return 0, r.Fail("not JSON: an escape without four hex digits")
			}
		}
		return 6, nil
	}
	return 0, r.Fail("not JSON: an unknown escape")
}

// wantNumber takes a number into the text, or says what is found in its place.
func (r *Reader) wantNumber() (found string, err error) {
	c, err := r.next()
	if err == nil && c != '-' && (c < '0' || c > '9') {
		return kind(c), nil
	}
	if err == nil {
		err = r.number()
	}
	return "", err
}

// number takes a number and keeps its beginning in the text.
func (r *Reader) number() error {
	r.text = r.text[:0]
	if r.at() == '-' {
		r.digit()
	}
	switch c := r.at(); {
	case c == '0':
		r.digit()
	case !r.digits():
		return r.Fail("not JSON: a sign without digits")
	}
	if r.at() == '.' {
		if r.digit(); !r.digits() {
			return r.Fail("not JSON: a point without digits")
		}
	}
	if c := r.at(); c == 'e' || c == 'E' {
		r.digit()
		if c := r.at(); c == '+' || c == '-' {
			r.digit()
		}
		if !r.digits() {
			return r.Fail("not JSON: an exponent without digits")
		}
	}
	if c := r.at(); '0' <= c && c <= '9' {
		return r.Fail("not JSON: a number that begins with 0")
	}
	return nil
}

// at returns the byte that comes, 0 at the end.
func (r *Reader) at() byte {
	if r.pos == r.end && !r.more(1) {
		return 0
	}
	return r.buf[r.pos]
}

// digit takes one byte of a number.
func (r *Reader) digit() { r.part(1) }

// part takes n bytes of a number, and keeps of all parts what has room.
func (r *Reader) part(n int) {
	r.text = append(r.text, r.buf[r.pos:r.pos+min(n, maxNumber-len(r.text))]...)
	r.take(n)
}

// digits takes digits and says whether there were any.
func (r *Reader) digits() (any bool) {
	for c := r.at(); '0' <= c && c <= '9'; c = r.at() {
		n := 1
		for r.pos+n < r.end && '0' <= r.buf[r.pos+n] && r.buf[r.pos+n] <= '9' {
			n++
		}
		r.part(n)
		any = true
	}
	return any
}

// parseUint returns the value of digits, and whether they are nothing else and fit.
func parseUint(digits []byte) (uint64, bool) {
	v := uint64(0)
	for _, c := range digits {
		d := uint64(c - '0')
		if d > 9 || v > (math.MaxUint64-d)/10 {
			return 0, false
		}
		v = v*10 + d
	}
	return v, true
}

func (r *Reader) literal(word string) error {
	r.more(len(word))
	if string(r.buf[r.pos:min(r.end, r.pos+len(word))]) != word {
		return r.Fail("not JSON: want %s", word)
	}
	r.take(len(word))
	return nil
}
