package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
)

// usageError says that the command line is wrong.
type usageError struct {
	command string // that knows better
	text    string
}

func (e *usageError) Error() string {
	return e.text + " (see " + e.command + " --help)"
}

func usage(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{command: cmd.CommandPath(), text: fmt.Sprintf(format, args...)}
}

// flagWants says what values of a flag's type are.
var flagWants = map[string]string{
	"int": "a whole number", "int64": "a whole number", "uint": "a whole number from 0", "uint16": "a whole number from 0 to 65535", "uint64": "a whole number from 0",
	"duration": "a time such as 30s or 5m", "bool": "true or false",
}

// flagWords names the flag that can't be read, its value and what it may be.
func flagWords(err error) string {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err.Error()
	}
	want, known := flagWants[bad.GetFlag().Value.Type()]
	if !known {
		return err.Error()
	}
	return fmt.Sprintf("--%s %q: want %s", bad.GetFlag().Name, bad.GetValue(), want)
}

// hintError adds to an error what to do next.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() + ": " + e.hint }
func (e *hintError) Unwrap() error { return e.err }

func hint(err error, format string, args ...any) error {
	return &hintError{err: err, hint: fmt.Sprintf(format, args...)}
}

// fail prints an error in one line and returns the exit status.
func (a *app) fail(err error) int {
	if err == nil {
		return 0
	}
	status := 1
	var said statusError
	if errors.As(err, &said) {
		return int(said)
	}
	var wrong *usageError
	if !errors.As(err, &wrong) && strings.HasPrefix(err.Error(), "unknown command") {
		err = &usageError{command: "taolight", text: firstLine(err.Error())}
	}
	if errors.As(err, &wrong) {
		status = 2
	}
	var submitted *submittedError
	if errors.Is(err, context.Canceled) && !errors.As(err, &submitted) {
		err = errors.New("interrupted")
	}
	text := oneLine(err.Error())
	if a.json {
		line, _ := json.Marshal(struct {
			Error string `json:"error"`
			Code  string `json:"code"`
		}{text, code(err)})
		fmt.Fprintf(a.err, "%s\n", line)
	} else {
		fmt.Fprintf(a.err, "taolight: %s\n", text)
	}
	return status
}

// code names an error for programs.
func code(err error) string {
	var wrong *usageError
	var refusal *wire.Refusal
	var coded interface{ Code() string }
	switch {
	case errors.As(err, &wrong):
		return "usage"
	case errors.As(err, &refusal):
		return refusal.Code
	case errors.As(err, &coded):
		return coded.Code()
	case errors.Is(err, os.ErrNotExist):
		return "not_found"
	}
	return light.Code(err)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// oneLine keeps an error in one line and what a relay said in it harmless to a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ';'
		case r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0):
			return ' '
		}
		return r
	}, s)
}
