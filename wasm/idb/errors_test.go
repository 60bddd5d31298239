package idb

import (
	"errors"
	"testing"
)

func TestExceptionsThatProgramsExpect(t *testing.T) {
	for name, want := range map[string]error{
		"QuotaExceededError": ErrQuota, "InvalidStateError": ErrUnavailable, "SecurityError": ErrUnavailable, "DataError": nil, "": nil,
	} {
		err := error(failure("write", name, "words of the browser"))
		for _, e := range []error{ErrQuota, ErrUnavailable, ErrBlocked} {
			if errors.Is(err, e) != (e == want) {
				t.Errorf("%q is %v: %t", name, e, errors.Is(err, e))
			}
		}
		if err.Error() == "" {
			t.Errorf("%q says nothing", name)
		}
	}
}
