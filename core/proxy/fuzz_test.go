package proxy_test

import (
	"testing"

	"github.com/taolight/taolight/core/fuzztest"
	"github.com/taolight/taolight/core/proxy"
)

func FuzzKind(f *testing.F) { fuzztest.Text[proxy.Kind](f, "any", "small_transfer", "unknown") }
