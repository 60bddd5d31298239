// Command taolight runs a chain, and uses one without trusting whoever serves it.
//
// Start with "taolight devnet" for a chain of your own and with "taolight query account ADDRESS" to look something up:
// the answer is verified as the browser tab does it, with the same code. "taolight help" lists the rest.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// The first signal asks for a clean end; a second one ends the process at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
