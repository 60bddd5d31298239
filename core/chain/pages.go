package chain

import (
	"fmt"
	"reflect"

	"github.com/taolight/taolight/core/codec"
)

// Page says where a run of the program stands in a list that may be longer than one answer: whether the list begins with
// it, and the arguments of the run that goes on after it, nil where the list ends. Programs whose arguments have no From
// answer all at once.
func (p Program) Page(args, answer []byte) (first bool, next []byte, err error) {
	a, r := reflect.New(p.args), reflect.New(p.answer)
	from, to := a.Elem().FieldByName("From"), r.Elem().FieldByName("Next")
	if !from.IsValid() || !to.IsValid() || from.Type() != to.Type() {
		return true, nil, nil
	}
	if err := codec.Decode(args, a.Interface()); err != nil {
		return false, nil, fmt.Errorf("%w: %s: %w", ErrArguments, p.ID(), err)
	}
	if err := codec.Decode(answer, r.Interface()); err != nil {
		return false, nil, err
	}
	first = from.IsZero()
	if !to.IsZero() {
		from.Set(to)
		next, err = codec.Encode(a.Interface())
	}
	return first, next, err
}
