package level_test

import (
	"testing"

	"github.com/taolight/taolight/core/fuzztest"
	"github.com/taolight/taolight/core/level"
)

func FuzzLevel(f *testing.F) {
	fuzztest.Text[level.Level](f, "claimed", "proven", "replayed", "level(3)")
}
