//go:build !js

package idb_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestInChromium runs testdata/program against the browser's own IndexedDB. It needs Chromium and is run by
// `make browser`.
func TestInChromium(t *testing.T) {
	if os.Getenv("TAOLIGHT_E2E") == "" {
		t.Skip("tests in the browser run with TAOLIGHT_E2E=1")
	}
	program := filepath.Join(t.TempDir(), "program.wasm")
	build := exec.Command("go", "build", "-o", program, "./testdata/program")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	support := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/program.wasm":
			http.ServeFile(w, r, program)
		case "/wasm_exec.js":
			http.ServeFile(w, r, support)
		default:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<title>running</title><script src="wasm_exec.js"></script><script>
				scenario = %q;
				if (scenario === "none") Object.defineProperty(globalThis, "indexedDB", {value: undefined});
				const go = new Go();
				WebAssembly.instantiateStreaming(fetch("program.wasm"), go.importObject).then((m) => go.run(m.instance));
			</script>`, r.URL.Query().Get("scenario"))
		}
	}))
	defer server.Close()

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	tab, closeTab := chromedp.NewContext(allocator)
	defer closeTab()
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	for _, scenario := range []string{"use", "again", "none"} {
		ctx, cancel := context.WithTimeout(tab, time.Minute)
		if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/?scenario="+scenario)); err != nil {
			t.Fatal(err)
		}
		for title := "running"; title == "running"; {
			if title, err = chromedp.Run(ctx, chromedp.Evaluate[string]("document.title")); err != nil {
				t.Fatal(scenario, ": ", err)
			}
			if title != "running" && title != "passed" {
				t.Errorf("%s: %s", scenario, title)
			}
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
	}
}
