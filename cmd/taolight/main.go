// Command taolight runs a chain, and uses one without trusting whoever serves it.
//
// Start with "taolight devnet" for a chain of your own and with "taolight query account ADDRESS" to look something up:
// the answer is verified as the browser tab does it, with the same code. "taolight help" lists the rest.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
