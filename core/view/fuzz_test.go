package view_test

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/fuzztest"
	"github.com/taolight/taolight/core/view"
)

func FuzzHash(f *testing.F) {
	fuzztest.Text[view.Hash](f, strings.Repeat("0a", 32), strings.Repeat("F0", 32), strings.Repeat("g", 64))
}
