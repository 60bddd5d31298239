package weights_test

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/fuzztest"
	"github.com/taolight/taolight/core/weights"
)

func FuzzHash(f *testing.F) {
	fuzztest.Text[weights.Hash](f, strings.Repeat("0A", 32), "0x"+strings.Repeat("f0", 32), "0x"+strings.Repeat("f", 62))
}
