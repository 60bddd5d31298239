// Package client asks the light node in the tab's worker and hears what it says.
//
// It matches answers with questions, starts the worker again after it died and leaves the rest to its [Events]. Start
// with [New], then [Client.Start]. Nothing here waits: answers come by callback, in the goroutine that delivers the
// worker's messages. Messages are those of core/tab; one that does not decode ends the worker, for nothing that
// follows it could be believed.
package client

import (
	"errors"
	"fmt"
	"time"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/cbor"
)

// Port is a running worker.
type Port interface {
	Send(message []byte) error
	// SendFile sends a message that has the file which the visitor chose last between these two.
	SendFile(before, after []byte) error
	Close()
}

// Opener starts a worker. It calls message with each message's bytes, which the client may keep, and down once when
// the worker died, with the reason; neither before it returned.
type Opener func(message func([]byte), down func(reason string)) (Port, error)

// Events is what the client tells, all from the goroutine that delivers messages or fires timers.
type Events struct {
	Status func(tab.Status)
	Block  func(tab.Block)
	// Down says that the worker died, why, and when it is started again.
	Down func(reason string, again time.Duration)
	// Up says that a worker was started again: whatever was asked has failed and may be asked again.
	Up func()
}

// ErrDown is the answer to everything that was asked of a worker that died.
var ErrDown = errors.New("the node in this tab stopped; it is started again")

// MalformedError says that the worker sent bytes that are not a message.
type MalformedError struct{ Err error }

// Error says what did not decode.
func (e *MalformedError) Error() string {
	return "the node sent something that is not a message: " + e.Err.Error()
}

// Unwrap returns the decoder's error.
func (e *MalformedError) Unwrap() error { return e.Err }

// Limits.
const (
	maxPending   = 256 // questions without an answer
	firstBackoff = 500 * time.Millisecond
	lastBackoff  = 30 * time.Second
	steady       = time.Minute // a worker that lived this long starts again at firstBackoff
)

// Client is the page's side of the conversation. It is not safe for concurrent use.
type Client struct {
	open    Opener
	on      Events
	after   func(time.Duration, func())
	now     func() time.Time
	port    Port
	round   uint64 // of workers, so that a late word of a dead one is not heard
	params  tab.StartParams
	next    uint64
	pending map[uint64]func(tab.Raw, error)
	backoff time.Duration
	began   time.Time
}

// New returns a client that has not started its worker. after runs a function later, in the goroutine in which the
// client is used.
func New(open Opener, on Events, now func() time.Time, after func(time.Duration, func())) *Client {
	return &Client{open: open, on: on, now: now, after: after, pending: map[uint64]func(tab.Raw, error){}, backoff: firstBackoff}
}

// Start starts the worker with these parameters; a running one is ended first.
func (c *Client) Start(p tab.StartParams) {
	c.params = p
	c.stop(ErrDown)
	c.spawn()
}

func (c *Client) spawn() {
	c.round++
	round := c.round
	c.began = c.now()
	port, err := c.open(
		func(b []byte) {
			if c.round == round {
				c.hear(b)
			}
		},
		func(reason string) {
			if c.round == round {
				c.died(reason)
			}
		})
	if err != nil {
		c.died(err.Error())
		return
	}
	c.port = port
	Ask(c, tab.Start, c.params, func(_ struct{}, err error) {
		if err != nil && !errors.Is(err, ErrDown) && c.round == round {
			c.died("it refused to start: " + err.Error())
		}
	})
}

// stop ends the worker, and fails what was asked of it.
func (c *Client) stop(err error) {
	c.round++
	if c.port != nil {
		c.port.Close()
		c.port = nil
	}
	failed := c.pending
	c.pending = map[uint64]func(tab.Raw, error){}
	for _, done := range failed {
		done(nil, err)
	}
}

func (c *Client) died(reason string) {
	if c.now().Sub(c.began) >= steady {
		c.backoff = firstBackoff
	}
	wait := c.backoff
	c.backoff = min(2*c.backoff, lastBackoff)
	c.stop(ErrDown)
	round := c.round
	if c.on.Down != nil {
		c.on.Down(reason, wait)
	}
	c.after(wait, func() {
		if c.round != round {
			return // started by hand meanwhile
		}
		c.spawn()
		if c.port != nil && c.on.Up != nil {
			c.on.Up()
		}
	})
}

func (c *Client) hear(b []byte) {
	var m tab.Message
	err := cbor.Decode(b, &m)
	if err == nil {
		err = exactlyOne(m)
	}
	if err != nil {
		c.died((&MalformedError{err}).Error())
		return
	}
	switch {
	case m.Status != nil:
		if c.on.Status != nil {
			c.on.Status(*m.Status)
		}
	case m.Block != nil:
		if c.on.Block != nil {
			c.on.Block(*m.Block)
		}
	default:
		done := c.pending[m.Answer.ID]
		if done == nil {
			return // an answer twice, or to nothing: harmless
		}
		delete(c.pending, m.Answer.ID)
		if m.Answer.Error != nil {
			done(nil, m.Answer.Error)
		} else {
			done(m.Answer.Body, nil)
		}
	}
}

func exactlyOne(m tab.Message) error {
	n := 0
	for _, has := range []bool{m.Answer != nil, m.Status != nil, m.Block != nil} {
		if has {
			n++
		}
	}
	if n != 1 {
		return fmt.Errorf("it holds %d things, want 1", n)
	}
	return nil
}

// send asks, and sees to it that done is called exactly once.
func (c *Client) send(method string, params any, done func(tab.Raw, error)) {
	raw := tab.Raw{0xf6} // null
	if params != nil {
		b, err := cbor.Encode(params)
		if err != nil {
			done(nil, err)
			return
		}
		raw = b
	}
	c.post(method, raw, done, func(message []byte) error { return c.port.Send(message) })
}

// post puts a question, whose parameters are encoded, by send.
func (c *Client) post(method string, params tab.Raw, done func(tab.Raw, error), send func(message []byte) error) {
	if c.port == nil {
		done(nil, ErrDown)
		return
	}
	if len(c.pending) >= maxPending {
		done(nil, fmt.Errorf("%d questions wait for an answer already", maxPending))
		return
	}
	c.next++
	b, err := cbor.Encode(tab.Request{ID: c.next, Method: method, Params: params})
	if err != nil {
		done(nil, err)
		return
	}
	c.pending[c.next] = done
	id, round := c.next, c.round
	if err := send(b); err != nil && c.round == round {
		delete(c.pending, id)
		done(nil, err)
	}
}

// Ask asks the worker for a method with its parameters (nil: none) and gives the decoded answer, or the error, to
// done, once. A [*tab.Error] is the node's own; a [*MalformedError] means that the answer is not of type T. Where T is
// struct{} the body is not looked at.
func Ask[T any](c *Client, method string, params any, done func(T, error)) {
	v := new(T)
	into := any(v)
	if _, none := into.(*struct{}); none {
		into = nil
	}
	c.Ask(method, params, into, func(err error) { deliver(v, err, done) })
}

// Ask is [Ask] with the place where the answer goes, a pointer; nil: nowhere. After an error there may be a part of one.
func (c *Client) Ask(method string, params, into any, done func(error)) {
	c.send(method, params, func(body tab.Raw, err error) {
		if err == nil && into != nil {
			err = decode(body, into)
		}
		done(err)
	})
}

// CheckFile asks for what is to be held of the file that the visitor chose last, which has size bytes and does not pass
// through here; see [tab.Check]. The answer goes to into, a pointer to a [tab.ProofReport].
func (c *Client) CheckFile(size uint64, acceptRoot bool, into any, done func(error)) {
	raw, err := cbor.Encode(tab.CheckParams{AcceptRoot: acceptRoot})
	if err != nil {
		done(err)
		return
	}
	const after = 1 // byte, behind the file: whether its root is accepted
	c.post(tab.Check, raw, func(body tab.Raw, err error) {
		if err == nil {
			err = decode(body, into)
		}
		done(err)
	}, func(message []byte) error {
		at := len(message) - after - 1 // where the empty file stands
		return c.port.SendFile(cbor.Bytes(message[:at:at], size), message[at+1:])
	})
}

// Run asks for a program's answer over the newest verified state and gives its result, decoded, beside the figure that
// says how it was checked.
func Run[T any](c *Client, program string, args any, done func(T, tab.Figure, error)) {
	v := new(T)
	c.Run(program, args, v, func(f tab.Figure, err error) {
		deliver(v, err, func(v T, err error) { done(v, f, err) })
	})
}

// Run is [Run] with the place where the result goes, a pointer. After an error there may be a part of one.
func (c *Client) Run(program string, args, into any, done func(tab.Figure, error)) {
	raw, err := cbor.Encode(args)
	if err != nil {
		done(tab.Figure{}, err)
		return
	}
	var f tab.Figure
	c.Ask(tab.Query, tab.QueryParams{Program: program, Args: raw}, &f, func(err error) {
		if err == nil {
			err = decode(f.Result, into)
		}
		if err != nil {
			f = tab.Figure{}
		}
		done(f, err)
	})
}

func decode(b []byte, into any) error {
	if err := cbor.Decode(b, into); err != nil {
		return &MalformedError{err}
	}
	return nil
}

// deliver gives what was read, or nothing of it beside an error.
func deliver[T any](v *T, err error, done func(T, error)) {
	if err != nil {
		v = new(T)
	}
	done(*v, err)
}
