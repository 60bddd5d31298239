//go:build !js

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long any one expectation may take on a slow machine; tests wait for states, never for time.
const patience = 60 * time.Second

// browser starts Chromium with a fresh profile, or with the one in profile, and returns one tab's context.
func browser(t *testing.T, profile string) context.Context {
	t.Helper()
	if profile == "" {
		profile = t.TempDir()
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true),
		chromedp.WindowSize(1440, 900))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return tab
}

// another opens a tab beside a browser's first one; it shares its profile and nothing of what a page of another address
// keeps there.
func another(t *testing.T, first context.Context) context.Context {
	t.Helper()
	tab, closeTab := chromedp.NewContext(first)
	t.Cleanup(closeTab)
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("no other tab: %v", err)
	}
	return tab
}

func visit(t *testing.T, tab context.Context, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
}

// eval runs JavaScript in the page.
func eval[T any](t *testing.T, tab context.Context, js string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		t.Fatalf("evaluate %s: %v", js, err)
	}
	return v
}

// until waits for a JavaScript expression to become true and shows the page's text if it does not.
func until(t *testing.T, tab context.Context, what, js string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(tab, patience)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+js+")"))
		cancel()
		if err == nil && ok {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	shot(t, tab, "failed-"+strings.ReplaceAll(t.Name(), "/", "-"), 1440)
	t.Fatalf("waited in vain until %s (%s); the page shows:\n%s", what, js, eval[string](t, tab, "document.documentElement.dataset.sync + '\\n' + document.body.innerText"))
}

// shot writes a picture of the whole page to the folder in TAOLIGHT_SHOTS, if that is set.
func shot(t *testing.T, tab context.Context, name string, width int64) {
	t.Helper()
	folder := os.Getenv("TAOLIGHT_SHOTS")
	if folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Sleep(300*time.Millisecond)); err != nil {
		t.Logf("no picture: %v", err)
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d.png", name, width)), png, 0o644)
	}
	if err != nil {
		t.Logf("no picture: %v", err)
	}
}

// Expressions that the tests share.
const (
	live   = `document.documentElement.dataset.sync === 'live'`
	proven = `[...document.querySelectorAll('[data-level=proven]')].filter(e => e.textContent.trim() !== '')`
	alarm  = `document.querySelector('[role=alert]')`
)
