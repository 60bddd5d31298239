//go:build !js

package main

import (
	"context"
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

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; " +
	"require-trusted-types-for 'script'; trusted-types taolight"

// page starts the worker, sends what the scenario says at once and notes in the title what comes back.
const pageScript = `
const url = new URL("/" + location.search.slice(1) + "/worker.js", location).href;
const worker = new Worker(trustedTypes.createPolicy("taolight", {createScriptURL: (s) => s}).createScriptURL(url));
const got = [];
worker.onmessage = (e) => {
  got.push(e.data instanceof ArrayBuffer ? new Uint8Array(e.data).join(".") : "crash: " + e.data.crash);
  document.title = got.join(", ");
};
for (const bytes of [[1, 2], [3], [255], [4]]) worker.postMessage(new Uint8Array(bytes).buffer);
`

// TestWorkerInChromium holds static/worker.js to its promises under the page's own policy. It needs Chromium.
func TestWorkerInChromium(t *testing.T) {
	if os.Getenv("TAOLIGHT_E2E") == "" {
		t.Skip("tests in the browser run with TAOLIGHT_E2E=1")
	}
	program := filepath.Join(t.TempDir(), "node.wasm")
	build := exec.Command("go", "build", "-o", program, "./testdata/program")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	serve := func(content, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", content)
			w.Write([]byte(text))
		}
	}
	file := func(path string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			http.ServeFile(w, r, path)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/", serve("text/html", `<title>nothing</title><script src="/page.js"></script>`))
	mux.Handle("/page.js", serve("text/javascript", pageScript))
	for _, scenario := range []string{"/panics/", "/missing/"} {
		mux.Handle(scenario+"worker.js", file(filepath.Join("..", "static", "worker.js")))
		mux.Handle(scenario+"build/wasm_exec.js", file(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")))
	}
	mux.Handle("/panics/build/node.wasm", file(program))
	mux.Handle("/missing/build/", http.NotFoundHandler())
	server := httptest.NewServer(mux)
	defer server.Close()

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	tab, closeTab := chromedp.NewContext(allocator)
	defer closeTab()
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	for scenario, want := range map[string]string{
		"panics":  "1.2, 3, crash: panic: told to", // messages from before the program ran, in order; then its last words
		"missing": "crash: the node’s program did not run: ",
	} {
		ctx, cancel := context.WithTimeout(tab, time.Minute)
		if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/?"+scenario)); err != nil {
			t.Fatal(err)
		}
		for title := ""; !strings.Contains(title, "crash"); time.Sleep(20 * time.Millisecond) {
			if title, err = chromedp.Run(ctx, chromedp.Evaluate[string]("document.title")); err != nil {
				t.Fatalf("%s: %q: %v", scenario, title, err)
			}
			if strings.Contains(title, "crash") && !strings.HasPrefix(title, want) {
				t.Errorf("%s: %q", scenario, title)
			}
		}
		cancel()
	}
}
