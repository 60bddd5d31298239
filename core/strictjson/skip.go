package strictjson

// skip takes any value that stands depth levels deep in what is skipped.
func (r *Reader) skip(depth int) error {
	c, err := r.next()
	if err != nil {
		return err
	}
	if depth > MaxDepth {
		return r.Fail("more than %d levels deep", MaxDepth)
	}
	switch kind(c) {
	case "an object", "a list":
		return r.skipInside(c+2, depth) // in ASCII both brackets close two further
	case "a string":
		_, err = r.str(false)
		return err
	case "a number":
		return r.number()
	case "true or false":
		_, err = r.Bool()
		return err
	case "null":
		return r.literal("null")
	}
	return r.Fail("not JSON: %q begins no value", c)
}

// skipInside takes an object or a list that ends with the given bracket.
func (r *Reader) skipInside(closing byte, depth int) error {
	r.take(1)
	for first := true; ; first = false {
		c, err := r.next()
		if err != nil {
			return err
		}
		if !first || c == closing {
			if c, err = r.punctuation(',', closing); err != nil || c == closing {
				return err
			}
		}
		if closing == '}' {
			if c, err = r.next(); err == nil && c != '"' {
				err = r.Fail("not JSON: want a field name")
			}
			if err == nil {
				_, err = r.str(false)
			}
			if err == nil {
				_, err = r.punctuation(':', ':')
			}
			if err != nil {
				return err
			}
		}
		if err := r.skip(depth + 1); err != nil {
			return err
		}
	}
}
