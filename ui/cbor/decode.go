package cbor

import (
	"fmt"
	"reflect"
	"unicode/utf8"
)

// Decode reads one value from all of b into the pointer v. What it stores does not share memory with b.
func Decode(b []byte, v any) error {
	d := decoder{rest: b}
	err := d.value(reflect.ValueOf(v).Elem(), 0)
	if err == nil && len(d.rest) > 0 {
		err = ErrTrailing
	}
	if err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	return nil
}

type decoder struct{ rest []byte }

// head reads a major type and its number. Simple values have major type 7.
func (d *decoder) head() (major byte, n uint64, err error) {
	if len(d.rest) == 0 {
		return 0, 0, ErrShort
	}
	first := d.rest[0]
	major, n = first>>5, uint64(first&31)
	if n < 24 {
		d.rest = d.rest[1:]
		return major, n, nil
	}
	if n > 27 || major == 7 {
		return 0, 0, ErrNotCanonical // longer simple values, floats, reserved or indefinite lengths
	}
	size := 1 << (n - 24)
	if len(d.rest) <= size {
		return 0, 0, ErrShort
	}
	n = 0
	for _, c := range d.rest[1 : 1+size] {
		n = n<<8 | uint64(c)
	}
	least := map[int]uint64{1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}[size]
	if n < least {
		return 0, 0, ErrNotCanonical
	}
	d.rest = d.rest[1+size:]
	return major, n, nil
}

// want reads a head of one major type.
func (d *decoder) want(major byte) (uint64, error) {
	m, n, err := d.head()
	if err == nil && m != major {
		err = ErrMismatch
	}
	return n, err
}

func (d *decoder) take(n uint64) ([]byte, error) {
	if n > uint64(len(d.rest)) {
		return nil, ErrShort
	}
	out := d.rest[:n]
	d.rest = d.rest[n:]
	return out, nil
}

func (d *decoder) null() bool {
	if len(d.rest) > 0 && d.rest[0] == simpleNull {
		d.rest = d.rest[1:]
		return true
	}
	return false
}

func (d *decoder) value(v reflect.Value, depth int) error {
	if v.Type() == rawType {
		before := d.rest
		if err := d.skip(depth); err != nil {
			return err
		}
		v.SetBytes(append([]byte(nil), before[:len(before)-len(d.rest)]...))
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if d.null() {
			v.SetZero()
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(v.Elem(), depth)
	case reflect.Bool:
		m, n, err := d.head()
		if err != nil {
			return err
		}
		if m != 7 || n != simpleFalse&31 && n != simpleTrue&31 {
			return ErrMismatch
		}
		v.SetBool(n == simpleTrue&31)
		return nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := d.want(uints)
		if err != nil {
			return err
		}
		if v.OverflowUint(n) {
			return ErrMismatch
		}
		v.SetUint(n)
		return nil
	case reflect.String:
		n, err := d.want(text)
		if err != nil {
			return err
		}
		s, err := d.take(n)
		if err != nil {
			return err
		}
		if !utf8.Valid(s) {
			return ErrNotCanonical
		}
		v.SetString(string(s))
		return nil
	case reflect.Array, reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return d.bytes(v)
		}
		return d.list(v, depth)
	case reflect.Struct:
		fields, err := fieldsOf(v.Type())
		if err != nil {
			return err
		}
		n, err := d.want(array)
		if err != nil {
			return err
		}
		if n != uint64(len(fields)) {
			return ErrMismatch
		}
		if depth >= maxNested {
			return ErrTooLarge
		}
		for _, i := range fields {
			if err := d.value(v.Field(i), depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("cbor: no form for %s", v.Type())
}

func (d *decoder) bytes(v reflect.Value) error {
	n, err := d.want(bytes)
	if err != nil {
		return err
	}
	b, err := d.take(n)
	if err != nil {
		return err
	}
	if v.Kind() == reflect.Slice {
		v.SetBytes(append([]byte{}, b...))
		return nil
	}
	if len(b) != v.Len() {
		return ErrMismatch
	}
	reflect.Copy(v, reflect.ValueOf(b))
	return nil
}

// list reads a list of any length. Its memory grows with what is really there, not with what its head promises.
func (d *decoder) list(v reflect.Value, depth int) error {
	n, err := d.want(array)
	if err != nil {
		return err
	}
	if n > maxItems || depth >= maxNested {
		return ErrTooLarge
	}
	if n > uint64(len(d.rest)) {
		return ErrShort // each element takes a byte or more
	}
	if v.Kind() != reflect.Slice {
		return fmt.Errorf("cbor: no form for %s", v.Type())
	}
	out := reflect.MakeSlice(v.Type(), 0, int(min(n, 1024)))
	for range n {
		e := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(e, depth+1); err != nil {
			return err
		}
		out = reflect.Append(out, e)
	}
	v.Set(out)
	return nil
}

// skip reads any value of the types that this package knows, to carry it along.
func (d *decoder) skip(depth int) error {
	m, n, err := d.head()
	if err != nil {
		return err
	}
	switch m {
	case uints, negative:
		return nil
	case bytes, text:
		b, err := d.take(n)
		if err == nil && m == text && !utf8.Valid(b) {
			err = ErrNotCanonical
		}
		return err
	case array:
		if n > maxItems || depth >= maxNested {
			return ErrTooLarge
		}
		for range n {
			if err := d.skip(depth + 1); err != nil {
				return err
			}
		}
		return nil
	case 7:
		if n >= simpleFalse&31 && n <= simpleNull&31 {
			return nil
		}
	}
	return ErrMismatch // maps, tags and the rest are in no message
}
