package registration_test

import (
	"fmt"

	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/tao"
)

func ExampleDecay() {
	burn := registration.Bump(tao.TAO, 126*registration.One/100)
	factor := registration.DecayFactor(360)
	for range 360 {
		burn = registration.Decay(burn, factor, 0)
	}
	fmt.Println(burn.TAOString()[:6])
	// Output: 0.6299
}
