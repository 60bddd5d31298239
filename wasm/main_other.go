//go:build !js

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "this program is for a browser's worker: build it with GOOS=js GOARCH=wasm (make wasm)")
	os.Exit(2)
}
