package main

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
)

// TestTransferOutlivesItsRelay restarts the relay between a transaction's submission and the block that would have held
// it. The new process has forgotten it; the command finds the relay again, hands it in again and ends with its receipt.
func TestTransferOutlivesItsRelay(t *testing.T) {
	home := t.TempDir()
	first := startDevnet(t, home)
	first.stop()
	listen := []string{"--listen", strings.TrimPrefix(trimSlash(first.URL), "http://")}
	slow := startDevnet(t, home, append(listen, "--block-time", "1h")...)

	messages, w := io.Pipe()
	var receipt bytes.Buffer
	status := make(chan int, 1)
	go func() {
		status <- run(t.Context(), []string{"transfer", "--home", home, "--relay", trimSlash(slow.URL), "--from", "//Alice", "//Bob", "1"}, nil, &receipt, w)
		w.Close()
	}()
	lines := bufio.NewScanner(messages)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "accepted by the relay") {
	}
	slow.stop()
	fast := startDevnet(t, home, listen...)
	defer fast.stop()
	again := false
	for lines.Scan() {
		again = again || strings.Contains(lines.Text(), "submitting the same transaction")
		t.Log(lines.Text())
	}
	if s := <-status; s != 0 || !again || !strings.Contains(receipt.String(), "proven") {
		t.Errorf("status %d, submitted again: %v, receipt:\n%s", s, again, receipt.String())
	}
}
