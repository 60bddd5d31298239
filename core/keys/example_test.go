package keys_test

import (
	"fmt"

	"github.com/taolight/taolight/core/keys"
)

func ExampleParse() {
	alice, err := keys.Parse("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")
	fmt.Printf("%x %v\n", alice[:4], err)
	_, err = keys.Parse("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX")
	fmt.Println(err)
	// Output:
	// d43593c7 <nil>
	// address "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX": wrong checksum, a character is mistyped
}
