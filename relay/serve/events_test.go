package serve

import (
	"context"
	"errors"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/wire"
)

func TestEvents(t *testing.T) {
	broken := errors.New("disk on fire")
	asked := 0
	s := New(Sources{Events: func(height uint64) ([][]byte, bool, error) {
		asked++
		switch height {
		case 1:
			return [][]byte{{1}, {2, 3}}, true, nil
		case 2:
			return nil, true, nil
		case 3:
			return make([][]byte, wire.MaxEvents), true, nil
		case 4:
			return make([][]byte, wire.MaxEvents+1), true, nil
		case 5:
			return [][]byte{make([]byte, wire.MaxEventBytes-1), {1}}, true, nil
		case 6:
			return [][]byte{make([]byte, wire.MaxEventBytes), {1}}, true, nil
		case 7:
			return nil, false, nil
		}
		return nil, false, broken
	}})
	ctx := context.Background()
	if _, err := s.Events(ctx, 1); asked != 0 || refusalCode(err) != wire.CodeNotFound {
		t.Errorf("before any block: %v", err)
	}
	publish(t, &s.feed, 8)
	for height, want := range map[uint64]struct {
		events int
		code   string
	}{
		0: {code: wire.CodeBadRequest}, 1: {events: 2}, 2: {events: 0}, 3: {events: wire.MaxEvents}, 4: {code: wire.CodeTooLarge}, 5: {events: 2},
		6: {code: wire.CodeTooLarge}, 7: {code: wire.CodeNotFound}, 9: {code: wire.CodeNotFound},
	} {
		r, err := s.Events(ctx, height)
		if want.code != "" {
			if refusalCode(err) != want.code {
				t.Errorf("block %d: %v, want %s", height, err, want.code)
			}
			continue
		}
		var reply wire.EventsReply
		if err != nil || codec.Decode(r.Body, &reply) != nil || len(reply.Events) != want.events || reply.Refusal != nil {
			t.Errorf("block %d: %d events, %v", height, len(reply.Events), err)
		}
	}
	if _, err := s.Events(ctx, 8); !errors.Is(err, broken) {
		t.Errorf("the relay's own trouble: %v", err)
	}
	before := asked
	if _, err := s.Events(ctx, 1); err != nil || asked != before {
		t.Errorf("the same was made anew: %v", err)
	}
}

func refusalCode(err error) string {
	var no *wire.Refusal
	if errors.As(err, &no) {
		return no.Code
	}
	return ""
}
