package main

import (
	"fmt"
	"time"
)

// basis is the trusted block that something was verified from; none where everything is only claimed.
type basis struct {
	Trust       string     `json:"trust,omitempty"`        // HEIGHT:HASH
	TrustOrigin string     `json:"trust_origin,omitempty"` // where it comes from, in words
	TrustTime   *time.Time `json:"trust_time,omitempty"`   // of the block; absent: not seen
}

func basisOf(s *session) (b basis) {
	if pin, ok := s.client.Pin(); ok {
		b.Trust, b.TrustOrigin = pin.Root.String(), pin.Origin
		if !pin.Time.IsZero() {
			at := pin.Time.UTC()
			b.TrustTime = &at
		}
	}
	return b
}

// source says where the block comes from and how old it is.
func (b basis) source() string {
	old := ""
	if b.TrustTime != nil {
		old = ", " + age(*b.TrustTime) + " old"
	}
	return oneLine(b.TrustOrigin) + old
}

// short is for the end of a sentence.
func (b basis) short() string { return fmt.Sprintf("%.20s… (%s)", b.Trust, b.source()) }
