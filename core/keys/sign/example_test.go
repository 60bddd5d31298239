package sign_test

import (
	"fmt"

	"github.com/taolight/taolight/core/keys/sign"
)

func Example() {
	alice, err := sign.FromURI("//Alice")
	if err != nil {
		fmt.Println(err)
		return
	}
	message := sign.Payload(sign.DomainTx, [32]byte{1})
	signature, err := alice.Sign(message)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(alice, sign.Verify(sign.Check{Scheme: alice.Scheme(), Account: alice.Account(), Message: message, Signature: signature}))
	// Output: 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY true
}
