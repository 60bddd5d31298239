// Package idb keeps a go-datastore in the browser's IndexedDB.
//
// [Open] a database by name; the [Store] works in pages and workers and is batching: a batch is one transaction, so all
// of it is kept or nothing. Writes are relaxed: they survive the tab, not necessarily a power cut. Every failure is an
// [Error]; [ErrUnavailable], [ErrBlocked] and [ErrQuota] name those that a program should expect, and upon which it
// does best to go on without keeping anything.
package idb

import "errors"

var (
	// ErrUnavailable says that there is no IndexedDB here, or that the browser withholds it.
	ErrUnavailable = errors.New("the browser keeps no data for this page")
	// ErrBlocked says that another tab holds an older form of the database open.
	ErrBlocked = errors.New("another tab holds the saved data")
	// ErrQuota says that the browser gives no more room.
	ErrQuota = errors.New("the browser gives this page no more room")
)

// Error is a failed operation.
type Error struct {
	Op      string // such as "open"
	Name    string // of the browser's exception, such as QuotaExceededError; may be empty
	Message string // the browser's words
	cause   error
}

// Error says what failed and why, in the browser's words.
func (e *Error) Error() string {
	text := "IndexedDB " + e.Op + ": "
	if e.cause != nil {
		text += e.cause.Error()
		if e.Message != "" {
			text += " (" + e.Message + ")"
		}
		return text
	}
	if e.Name != "" {
		text += e.Name + ": "
	}
	return text + e.Message
}

// Unwrap returns one of this package's errors, or nil.
func (e *Error) Unwrap() error { return e.cause }

// failure makes an [Error] of an exception's name and message.
func failure(op, name, message string) *Error {
	e := &Error{Op: op, Name: name, Message: message}
	switch name {
	case "QuotaExceededError":
		e.cause = ErrQuota
	case "InvalidStateError", "SecurityError", "NotAllowedError", "UnknownError":
		e.cause = ErrUnavailable
	}
	return e
}
