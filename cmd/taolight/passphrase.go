package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// maxPassphrase bounds what is read as a passphrase or a secret.
const maxPassphrase = 4 << 10

var errNoTerminal = errors.New("there is no terminal to ask for a passphrase")

// passphrase returns a wallet's passphrase: from --passphrase-file, the environment, or typed without echo; a new one
// has to be typed twice.
func (a *app) passphrase(prompt string, isNew bool) ([]byte, error) {
	if a.passphraseFile != "" {
		raw, err := readLimited(a.passphraseFile)
		if err != nil {
			return nil, fmt.Errorf("--passphrase-file: %w", err)
		}
		return bytes.TrimRight(raw, "\r\n"), nil
	}
	if p, ok := os.LookupEnv("TAOLIGHT_PASSPHRASE"); ok {
		return []byte(p), nil
	}
	p, err := a.askHidden(prompt)
	if err != nil || !isNew {
		return p, err
	}
	again, err := a.askHidden("the same passphrase again")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(p, again) {
		return nil, errors.New("the two passphrases differ: try again")
	}
	return p, nil
}

// askHidden reads one line from the terminal without showing it.
func (a *app) askHidden(prompt string) ([]byte, error) {
	f, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, hint(errNoTerminal, "set TAOLIGHT_PASSPHRASE or use --passphrase-file")
	}
	fmt.Fprintf(a.err, "%s: ", prompt)
	line, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(a.err)
	return line, err
}

// confirm asks a question that is to be answered with y; without a terminal the answer is yes.
func (a *app) confirm(question string) (bool, error) {
	if !isTerminal(a.in) {
		return true, nil
	}
	fmt.Fprintf(a.err, "%s [y/N] ", question)
	line, err := bufio.NewReader(io.LimitReader(a.in, 100)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes", nil
}

// readLimited reads a small file.
func readLimited(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxPassphrase+1))
	if err == nil && len(raw) > maxPassphrase {
		err = fmt.Errorf("%s: more than %d bytes", path, maxPassphrase)
	}
	return raw, err
}
