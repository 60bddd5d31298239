package host

import (
	"bytes"
	"testing"
	"time"

	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

func TestReports(t *testing.T) {
	block := make(chan struct{})
	began := make(chan struct{})
	a := &script{report: func(evidence []byte) error {
		switch {
		case len(evidence) == wire.MaxEvidence:
			return nil
		case string(evidence) == "slow":
			began <- struct{}{}
			<-block
			return nil
		}
		return serve.Refuse(wire.CodeInvalidEvidence, "it convicts nobody")
	}}
	h := listen(t, Options{})
	h.Serve(a)
	v := visitor(t, h)
	report := func(evidence []byte) string {
		t.Helper()
		var reply wire.EvidenceReply
		ask(t, v, h, wire.EvidenceProtocol, wire.EvidenceRequest{Evidence: evidence}, &reply)
		if reply.Refusal == nil {
			return ""
		}
		return reply.Refusal.Code
	}
	if code := report(make([]byte, wire.MaxEvidence)); code != "" {
		t.Errorf("the largest: %s", code)
	}
	if code := report([]byte("nothing")); code != wire.CodeInvalidEvidence {
		t.Errorf("nothing: %q", code)
	}
	var reply wire.EvidenceReply
	large := stream(t, v, h, wire.EvidenceProtocol)
	large.Write([]byte{0, 0x10, 0, 65}) // the length alone: nobody reads more
	if err := wire.ReadFrame(large, 1000, &reply); err != nil || reply.Refusal == nil || reply.Refusal.Code != wire.CodeBadRequest {
		t.Errorf("too large: %+v, %v", reply, err)
	}

	// One at a time from each peer, as many as there are peers.
	first := stream(t, v, h, wire.EvidenceProtocol)
	if err := wire.WriteFrame(first, wire.EvidenceRequest{Evidence: []byte("slow")}); err != nil {
		t.Fatal(err)
	}
	<-began
	second := stream(t, v, h, wire.EvidenceProtocol)
	wire.WriteFrame(second, wire.EvidenceRequest{Evidence: []byte("nothing")}) // may fail already
	if err := wire.ReadFrame(second, 1000, &reply); err == nil {
		t.Errorf("a second stream at the same time: %+v", reply)
	}
	other := visitor(t, h)
	ask(t, other, h, wire.EvidenceProtocol, wire.EvidenceRequest{Evidence: []byte("nothing")}, &reply)
	close(block)
	if err := wire.ReadFrame(first, 1000, &reply); err != nil || reply.Refusal != nil {
		t.Errorf("the first: %+v, %v", reply, err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) { // its stream ends a moment later
		s := stream(t, v, h, wire.EvidenceProtocol)
		wire.WriteFrame(s, wire.EvidenceRequest{Evidence: bytes.Repeat([]byte{1}, 9)})
		if err := wire.ReadFrame(s, 1000, &reply); err == nil || time.Now().After(deadline) {
			if err != nil {
				t.Errorf("afterwards: %v", err)
			}
			break
		}
	}
}
