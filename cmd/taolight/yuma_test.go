package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

// Somebody who waits for a document that doesn't come can be interrupted.
func TestYumaEvalIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, document := io.Pipe()
	go func() {
		io.WriteString(document, `{"name":"x",`)
		cancel()
	}()
	var out, errOut bytes.Buffer
	if s := run(ctx, []string{"yuma", "eval"}, in, &out, &errOut); s != 1 || out.Len() > 0 ||
		!strings.Contains(errOut.String(), "interrupted") {
		t.Errorf("status %d, %q, %q", s, out.String(), errOut.String())
	}
	in.Close()
}
