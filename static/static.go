// Package static holds the page: its document, style and scripts, and under build/ the two programs of a tab, as far as
// they were built. Start with [Files].
//
// build/ is filled by `make assets` with ui.wasm, node.wasm and Go's own wasm_exec.js, and is empty in a fresh checkout:
// the package compiles all the same, and [Built] says what is missing.
package static

import (
	"embed"
	"io/fs"
)

//go:embed index.html taolight.css *.js icon.svg manifest.webmanifest all:build
var files embed.FS

// Files returns the page's files under the names by which the page asks for them, such as index.html, boot.js and
// build/ui.wasm. It is for reading only.
func Files() fs.FS { return files }

// Programs are the files that a build puts into build/.
var Programs = []string{"build/wasm_exec.js", "build/ui.wasm", "build/node.wasm"}

// Built returns the [Programs] that are missing from this binary; none when it can serve a working page.
func Built() (missing []string) {
	for _, name := range Programs {
		if _, err := fs.Stat(files, name); err != nil {
			missing = append(missing, name)
		}
	}
	return missing
}
