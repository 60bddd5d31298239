package commitment_test

import (
	"testing"

	"github.com/taolight/taolight/core/commitment"
	"github.com/taolight/taolight/core/fuzztest"
)

func FuzzField(f *testing.F) {
	fuzztest.Text[commitment.Field](f, "a text", "0x00ff", "0x", "0X12", "\x00", "\u200b")
}
