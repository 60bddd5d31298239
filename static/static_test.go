package static

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(Files(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPageObeysItsPolicy finds what a strict policy would block only in the browser.
func TestPageObeysItsPolicy(t *testing.T) {
	page := read(t, "index.html")
	for what, bad := range map[string]string{
		"an inline script":        `<script(\s[^>]*)?>[^<]`,
		"a style element":         `<style`,
		"a style attribute":       `\sstyle=`,
		"an inline handler":       `\son\w+=`,
		"a foreign address":       `(src|href)="(https?:)?//`,
		"a script without a file": `<script(\s+(defer|async|type="[^"]*"))*>`,
	} {
		if m := regexp.MustCompile(bad).FindString(page); m != "" {
			t.Errorf("index.html holds %s: %s", what, m)
		}
	}
	for _, name := range []string{"boot.js", "dom.js"} {
		for _, sink := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "setTimeout(\"", ".style."} {
			if strings.Contains(read(t, name), sink) {
				t.Errorf("%s uses %s", name, sink)
			}
		}
	}
	sheet := read(t, "taolight.css")
	if strings.Contains(sheet, "@import") || regexp.MustCompile(`url\(["']?(https?:)?//`).MatchString(sheet) {
		t.Error("the sheet loads something foreign")
	}
}

// TestPageNamesFilesThatAreThere follows each address of the page.
func TestPageNamesFilesThatAreThere(t *testing.T) {
	page := read(t, "index.html")
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"#][^"]*)"`).FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(m[1], "build/") {
			continue // built, see Programs
		}
		read(t, m[1])
	}
	for _, icon := range regexp.MustCompile(`href="#(i-[a-z]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `<symbol id="`+icon[1]+`"`) {
			t.Errorf("no symbol %s", icon[1])
		}
	}
	if !strings.Contains(page, `data-sync="starting"`) || !strings.Contains(page, "<noscript>") || strings.Count(page, "<h1") != 1 {
		t.Error("the first paint lacks data-sync, noscript or a heading")
	}
}

func TestBuilt(t *testing.T) {
	for _, name := range Built() {
		if _, err := fs.Stat(Files(), name); err == nil {
			t.Errorf("%s is there", name)
		}
	}
}
