package serving_test

import (
	"testing"

	"github.com/taolight/taolight/core/fuzztest"
	"github.com/taolight/taolight/core/serving"
)

func FuzzEndpoint(f *testing.F) {
	fuzztest.Text[serving.Endpoint](f, "1.2.3.4:80", "[::1]:65535", "[::ffff:1.2.3.4]:1", "[fe80::1%eth0]:1")
}
