// Command generate makes Go from the dashboard's .vugu files: Vugu's own generator, and then what it leaves to do, so that
// the files are as all others: formatted, and without its remarks about its own future.
//
// Run it from the top of the tree, as "make generate" does.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	if err := run("ui"); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run generates the components below dir.
func run(dir string) error {
	out, err := exec.Command("go", "tool", "vugugen", "-skip-go-mod", "-skip-main", "-r", "./"+dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("vugugen: %w\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*_gen.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		clean, err := tidy(src)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if bytes.Equal(src, clean) {
			continue
		}
		if err := os.WriteFile(name, clean, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// remark is how the generator's comments about its own future end.
var remark = []byte("mostly need to decide syntax")

// tidy takes the generator's remarks out of a file, shortens and formats it.
func tidy(src []byte) ([]byte, error) {
	var kept []byte
	for line := range bytes.Lines(src) {
		if line := bytes.TrimSpace(line); bytes.HasPrefix(line, []byte("//")) && bytes.HasSuffix(line, remark) {
			continue
		}
		kept = append(kept, line...)
	}
	clean, err := format.Source(kept)
	if err != nil {
		return nil, err
	}
	return format.Source([]byte(shorten(string(clean))))
}
