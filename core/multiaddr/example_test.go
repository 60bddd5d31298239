package multiaddr_test

import (
	"fmt"

	"github.com/taolight/taolight/core/multiaddr"
)

func Example() {
	a, err := multiaddr.Parse("/dns/relay.tao.net/tcp/443/wss/p2p/12D3KooWGBKfzYRxtjMnYYVMBFkPzKcBdkRjLJUHKvCaXQpvNHKm")
	fmt.Println(a.URL, a.Secure, a.Public(), err)
	// Output: wss://relay.tao.net:443/ true true <nil>
}
