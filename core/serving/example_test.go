package serving_test

import (
	"fmt"
	"net/netip"

	"github.com/taolight/taolight/core/serving"
)

func ExampleEndpointAt() {
	fmt.Println(serving.EndpointAt(netip.MustParseAddrPort("[2001:db8::1]:8091")))
	fmt.Println(serving.EndpointAt(netip.MustParseAddrPort("203.0.113.7:8091")))
	// Output:
	// [2001:db8::1]:8091
	// 203.0.113.7:8091
}
