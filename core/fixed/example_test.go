package fixed_test

import (
	"fmt"

	"github.com/taolight/taolight/core/fixed"
)

func Example() {
	half := fixed.Share(32768) // a u16 share, as parameters carry it
	third := fixed.One.Div(fixed.FromU16(3))
	fmt.Println(half.Mul(third).ToShare(), third.Of(1_000_000_000))
	// Output: 10922 333333333
}
