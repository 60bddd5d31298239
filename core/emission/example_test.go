package emission_test

import (
	"fmt"

	"github.com/taolight/taolight/core/emission"
	"github.com/taolight/taolight/core/tao"
)

func Example() {
	issued := 10_500_000*tao.TAO - 1
	fmt.Println(emission.Block(issued), emission.NextHalving(issued))
	fmt.Println(emission.Block(issued+1), emission.NextHalving(issued+1).TAOString())
	// Output:
	// 1000000000 10500000000000000
	// 500000000 15750000
}
