//go:build !js

// Command ui is the dashboard: the program that a tab runs on its page, as Vugu components over ui/model.
//
// It is built with GOOS=js GOARCH=wasm into static/build/ui.wasm. The components' templates are the .vugu files; their
// *_gen.go are written by `go tool vugugen -skip-go-mod -skip-main ./ui` and committed. Natively there is nothing to
// run: the components are compiled for their tests.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "ui: the dashboard runs in a browser: build it with GOOS=js GOARCH=wasm")
	os.Exit(2)
}
