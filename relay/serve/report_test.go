package serve

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/wire"
)

func TestCourtAdmitsSome(t *testing.T) {
	now := time.Unix(1000, 0)
	c := court{now: func() time.Time { return now }, left: reportBurst}
	admitted := func() (n int) {
		for n < 2*reportBurst && c.admit() == 0 {
			n++
		}
		return n
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{
		{0, reportBurst}, {0, 0}, {reportEvery / 2, 0}, {reportEvery / 2, 1}, {reportEvery * 5 / 2, 2}, {reportEvery / 2, 1},
		{time.Hour, reportBurst}, {-time.Hour, reportBurst}, {reportEvery, 1}, // a clock that was set back locks nobody out
	} {
		now = now.Add(step.after)
		if n := admitted(); n != step.want {
			t.Errorf("%v later: %d, want %d", step.after, n, step.want)
		}
	}
	if wait := c.admit(); wait <= 0 || wait > reportEvery {
		t.Errorf("wait %v", wait)
	}
}

func TestReport(t *testing.T) {
	s := New(Sources{Report: func(evidence []byte) error {
		if string(evidence) == "panic" {
			panic("a mistake")
		}
		return nil
	}})
	for _, c := range []struct {
		evidence, code string
	}{{"good", ""}, {"", wire.CodeBadRequest}, {strings.Repeat("x", wire.MaxEvidence+1), wire.CodeBadRequest}} {
		err := s.Report(context.Background(), []byte(c.evidence))
		var no *wire.Refusal
		if errors.As(err, &no); c.code == "" && err != nil || c.code != "" && (no == nil || no.Code != c.code) {
			t.Errorf("%.9q: %v, want %q", c.evidence, err, c.code)
		}
	}
	err := s.Report(context.Background(), []byte("panic"))
	if no, own := AsRefusal(err); no.Code != wire.CodeInternal || !own || strings.Contains(no.Message, "mistake") {
		t.Errorf("after a panic: %v", no)
	}
	for range reportBurst {
		err = s.Report(context.Background(), []byte("good"))
	}
	if no, own := AsRefusal(err); no.Code != wire.CodeBusy || own {
		t.Errorf("after many: %v", err)
	}
}
