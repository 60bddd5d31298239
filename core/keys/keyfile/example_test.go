package keyfile_test

import (
	"fmt"

	"github.com/taolight/taolight/core/keys/keyfile"
	"github.com/taolight/taolight/core/keys/sign"
)

func Example() {
	key, err := sign.FromURI("//Alice")
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := keyfile.Seal(key, []byte("correct horse"), keyfile.Params{})
	if err != nil {
		fmt.Println(err)
		return
	}
	back, err := keyfile.Open(file, []byte("correct horse"))
	fmt.Println(back, err)
	_, err = keyfile.Open(file, []byte("incorrect horse"))
	fmt.Println(err)
	// Output:
	// 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY <nil>
	// wrong passphrase
}
