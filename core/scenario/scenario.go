// Package scenario runs the state machine by a script, without a network: accounts and subnets at genesis, calls in
// chosen blocks, and what is expected of both calls and state.
//
// [Run] reads a script and returns a [Report]:
//
//	{"params": {"existential_deposit": "500", …},
//	 "accounts": {"//Alice": {"free": "1000000000", "stakes": {"//Alice//hot": "5000000000"}}},
//	 "subnets": [{"netuid": 1, "name": "one", "owner": "//Alice", "params": {"tempo": "10"}, "hotkeys": ["//Alice//hot"]}],
//	 "blocks": [{"at": 5, "calls": [{"from": "//Alice", "call": "transfer", "args": {…}, "expect": "ok"}]}],
//	 "checks": [{"at": 9, "query": "account", "args": {"address": "//Alice"}, "expect": {"free": "990000000"}}]}
//
// Keys are development keys by their names, whose secrets everybody knows. Calls are signed and executed as on a chain,
// in the order in which they stand; blocks without calls run too. A call is expected to succeed unless it says with which
// code it is refused. A check's expect is a part of the answer that must be there; numbers may stand as strings, and
// "5000±2" is any number from 4998 to 5002.
//
// What nobody can write by hand is filled in. In register, "nonce": "search" finds proof of work that meets the difficulty,
// on the last block and for the signer unless block and hotkey say otherwise. In commit_weights the hash may be the row
// itself, {"uids": […], "values": […], "salt": […], "version": 0}. In associate_hotkey and swap_hotkey the new hotkey
// signs where signature is left out. In register_relay a development name may stand behind /p2p/ in place of the peer id:
// that key signs where proof is left out, for this block unless until says otherwise; in unregister_relay it may stand as
// peer. Calls inside of others are not filled in.
package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/strictjson"
)

// Limits of a script.
const (
	maxBytes  = 16 << 20
	maxHeight = 1_000_000
	maxCalls  = 10_000 // in one block
)

// script is a scenario as it is read.
type script struct {
	genesis map[string]json.RawMessage // params and subnets, for the genesis
	free    map[string]string
	stakes  map[string]map[string]string
	blocks  []block
	checks  []check
}

type block struct {
	at    uint64
	calls []call
}

type call struct {
	from, name, expect string
	args               json.RawMessage
}

type check struct {
	at     uint64
	query  string
	args   json.RawMessage
	expect json.RawMessage
}

// read reads a script. The error is a [*strictjson.Error].
func read(src io.Reader) (*script, error) {
	s := &script{genesis: map[string]json.RawMessage{}, free: map[string]string{}, stakes: map[string]map[string]string{}}
	r := strictjson.NewReader(io.LimitReader(src, maxBytes+1))
	err := r.Object(strictjson.Fields{
		"params":   {Read: func() error { return keep(r, s.genesis, "params") }},
		"subnets":  {Read: func() error { return keep(r, s.genesis, "subnets") }},
		"accounts": {Required: true, Read: func() error { return r.Map("an object of accounts", s.account(r)) }},
		"blocks":   {Read: func() error { return r.Array(maxHeight, s.block(r)) }},
		"checks":   {Read: func() error { return r.Array(maxHeight, s.check(r)) }},
	})
	if err == nil {
		err = r.End()
	}
	return s, err
}

// keep keeps a value as it stands, with the names of keys replaced by their addresses.
func keep(r *strictjson.Reader, into map[string]json.RawMessage, name string) error {
	raw, err := record(r)
	if err != nil {
		return err
	}
	if into[name], err = named(raw); err != nil {
		return r.Fail("%v", err)
	}
	return nil
}

// record keeps any value as it stands.
func record(r *strictjson.Reader) (json.RawMessage, error) {
	raw, err := r.Record(maxBytes, r.Skip)
	return bytes.Clone(raw), err
}

func (s *script) account(r *strictjson.Reader) func(name string) error {
	return func(name string) error {
		return r.Object(strictjson.Fields{
			"free": {Read: func() (err error) {
				s.free[name], err = r.String(32)
				return err
			}},
			"stakes": {Read: func() error {
				s.stakes[name] = map[string]string{}
				return r.Map("an object of hotkeys", func(hotkey string) (err error) {
					s.stakes[name][hotkey], err = r.String(32)
					return err
				})
			}},
		})
	}
}

func (s *script) block(r *strictjson.Reader) func(i int) error {
	return func(i int) error {
		var b block
		err := r.Object(strictjson.Fields{
			"at": {Required: true, Read: func() (err error) {
				b.at, err = s.height(r)
				return err
			}},
			"calls": {Required: true, Read: func() error {
				return r.Array(maxCalls, func(int) error {
					c, err := readCall(r)
					b.calls = append(b.calls, c)
					return err
				})
			}},
		})
		if err == nil && i > 0 && s.blocks[i-1].at >= b.at {
			err = r.FailAt(".at", "block %d comes behind block %d", b.at, s.blocks[i-1].at)
		}
		s.blocks = append(s.blocks, b)
		return err
	}
}

func readCall(r *strictjson.Reader) (c call, err error) {
	c.expect = "ok"
	text := func(to *string) func() error {
		return func() (err error) {
			*to, err = r.String(256)
			return err
		}
	}
	return c, r.Object(strictjson.Fields{
		"from": {Required: true, Read: text(&c.from)},
		"call": {Required: true, Read: text(&c.name)},
		"args": {Required: true, Read: func() (err error) {
			c.args, err = record(r)
			return err
		}},
		"expect": {Read: text(&c.expect)},
	})
}

func (s *script) check(r *strictjson.Reader) func(i int) error {
	return func(int) error {
		c := check{args: json.RawMessage("{}"), expect: json.RawMessage("{}")}
		into := func(to *json.RawMessage) func() error {
			return func() (err error) {
				*to, err = record(r)
				return err
			}
		}
		err := r.Object(strictjson.Fields{
			"at": {Required: true, Read: func() (err error) {
				c.at, err = s.height(r)
				return err
			}},
			"query": {Required: true, Read: func() (err error) {
				c.query, err = r.String(64)
				return err
			}},
			"args":   {Read: into(&c.args)},
			"expect": {Read: into(&c.expect)},
		})
		s.checks = append(s.checks, c)
		return err
	}
}

func (s *script) height(r *strictjson.Reader) (uint64, error) {
	h, err := r.Uint(maxHeight)
	if err == nil && h == 0 {
		err = r.Fail("blocks begin at 1")
	}
	return h, err
}

// address finds an account by its address or as a development key.
func address(text string) (keys.Account, error) {
	if strings.HasPrefix(text, "//") {
		k, err := sign.FromURI(text)
		if err != nil {
			return keys.Account{}, err
		}
		return k.Account(), nil
	}
	return keys.Parse(text)
}

// named replaces every text in a JSON value that names a development key by its address.
func named(raw json.RawMessage) (json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	v, err := rename(v)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func rename(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case string:
		if !strings.HasPrefix(v, "//") {
			return v, nil
		}
		a, err := address(v)
		return a.String(), err
	case []any:
		for i := range v {
			if v[i], err = rename(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if v[name], err = rename(v[name]); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return v, nil
}
