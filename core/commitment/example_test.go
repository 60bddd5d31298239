package commitment_test

import (
	"fmt"

	"github.com/taolight/taolight/core/commitment"
)

func ExampleField() {
	fmt.Println(commitment.Field("hf://example/model"), commitment.Field{0xbe, 0xef})
	// Output: hf://example/model 0xbeef
}
