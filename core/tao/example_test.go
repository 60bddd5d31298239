package tao_test

import (
	"fmt"

	"github.com/taolight/taolight/core/tao"
)

func ExampleParse() {
	a, err := tao.Parse("1.5")
	fmt.Println(a, a.TAOString(), err)
	// Output: 1500000000 1.5 <nil>
}
