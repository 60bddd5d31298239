// Package scenario runs the state machine by a script, without a network: accounts and subnets at genesis, calls in
// chosen blocks, and what is expected of both calls and state.
//
// [Run] reads a script and returns a [Report]:
//
//	{"params": {"existential_deposit": "500", …},
//	 "accounts": {"//Alice": {"free": "1000000000", "stakes": {"//Alice//hot": "5000000000"}}},
//	 "subnets": [{"netuid": 1, "name": "one", "owner": "//Alice", "params": {"tempo": 10}, "hotkeys": ["//Alice//hot"]}],
//	 "blocks": [{"at": 5, "calls": [{"from": "//Alice", "call": "transfer", "args": {…}, "expect": "ok"}]}],
//	 "checks": [{"at": 9, "query": "account", "args": {"address": "//Alice"}, "expect": {"free": "990000000"}}]}
//
// Each part may be left out. Keys are development keys by their names, whose secrets everybody knows. Numbers are whole and
// decimal, and may stand as such or as strings of digits; amounts are rao. Calls, queries and their arguments have the
// chain's names, with underscores or dashes, and those that the caller's [Names] add. What can't be run is refused with its
// path in the script, and so is a field that is repeated. A "comment" anywhere, and the whole's "name" and "description", are for people.
//
// Calls are signed and executed as on a chain, in the order in which they stand; blocks without calls run too. A call is
// expected to succeed unless it says with which code it is refused, in upper or lower case. Where that is UnknownCall or
// BadArguments, a call that there isn't, or with arguments that it doesn't take, is submitted all the same. A check sees
// the state behind its block, or genesis at 0. Its expect is a part of the answer that must be there; "5000±2" is any
// number from 4998 to 5002.
//
// What nobody can write by hand is filled in. In register, where nonce and work are left out, proof of work is found that
// meets the difficulty, on the last block and for the signer unless block and hotkey say otherwise; "nonce": "search" says
// the same. In commit_weights the hash may be the row itself, {"uids": […], "values": […], "salt": […], "version": 0}. In
// associate_hotkey and swap_hotkey the new hotkey signs where signature is left out. In set_subnet_identity what is left
// out stays. In register_relay a development name may stand behind /p2p/ in place of the peer id: that key signs where
// proof is left out, for this block unless until says otherwise; in unregister_relay it may stand as peer. Calls inside of
// others are not filled in.
package scenario

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
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
	genesis *chain.Genesis
	netuids []uint16 // of the subnets, in the order in which they stand
	calls   []call   // by block, those of one block in the order in which they stand
	checks  []check  // likewise
	last    uint64   // block that is named
}

type call struct {
	path               string
	at                 uint64
	from, name, expect string
	args               json.RawMessage
	wrong              string // with the arguments, where that is expected
}

type check struct {
	path   string
	at     uint64
	query  string
	args   json.RawMessage
	expect json.RawMessage
}

// begun is when a chain of a scenario begins, in seconds since 1970.
const begun = 1_700_000_000

// read reads a script. The error is a [*strictjson.Error].
func read(src io.Reader) (*script, error) {
	s := &script{genesis: &chain.Genesis{
		Name: "simulation", Time: begun * 1000, Source: "made up for a simulation", Params: ledger.DefaultParams(),
		Producers: []chain.Producer{{Power: 1}},
	}}
	r := strictjson.NewReader(io.LimitReader(src, maxBytes+1))
	part := chain.NewPart(r, s.genesis, address)
	err := r.Object(commented(r, strictjson.Fields{
		"params":   {Read: func() error { return misplaced(part.Params()) }},
		"subnets":  {Read: part.Subnets},
		"accounts": {Read: func() error { return readAccounts(r, part) }},
		"blocks":   {Read: func() error { return r.Array(maxHeight, s.block(r)) }},
		"checks":   {Read: func() error { return r.Array(maxHeight, s.check(r)) }},

		"name": {Read: r.SkipDistinct}, "description": {Read: r.SkipDistinct}, // for people
	}))
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return nil, err
	}
	for _, n := range s.genesis.Subnets {
		s.netuids = append(s.netuids, n.Netuid)
	}
	part.End()
	slices.SortStableFunc(s.calls, func(a, b call) int { return cmp.Compare(a.at, b.at) })
	slices.SortStableFunc(s.checks, func(a, b check) int { return cmp.Compare(a.at, b.at) })
	return s, s.bound()
}

// bound refuses more calls in one block than there may be.
func (s *script) bound() error {
	first := 0
	for i, c := range s.calls {
		if s.calls[first].at != c.at {
			first = i
		}
		if i-first == maxCalls {
			return &strictjson.Error{Path: c.path, Offset: -1, Reason: fmt.Sprintf("more than %d calls in block %d", maxCalls, c.at)}
		}
	}
	return nil
}

// misplaced adds to the refusal of a parameter where it belongs.
func misplaced(err error) error {
	var bad *strictjson.Error
	if errors.As(err, &bad) {
		if _, _, ok := hyper.Find(strings.TrimPrefix(bad.Path, "$.params.")); ok {
			bad.Reason = "a hyperparameter: it belongs into the params of one of the subnets"
		}
	}
	return err
}

// commented adds the field that is for people only.
func commented(r *strictjson.Reader, fields strictjson.Fields) strictjson.Fields {
	fields["comment"] = strictjson.Field{Read: r.SkipDistinct}
	return fields
}

// readAccounts reads what accounts have at genesis.
func readAccounts(r *strictjson.Reader, part chain.Part) error {
	seen := map[keys.Account]bool{}
	return r.Map("an object of accounts", func(name string) error {
		a, err := address(name)
		if err != nil {
			return r.Fail("%v", err)
		}
		if seen[a] {
			return r.Fail("the same account twice")
		}
		seen[a] = true
		return r.Object(commented(r, strictjson.Fields{
			"free":   {Read: func() error { return part.Balance(a) }},
			"stakes": {Read: func() error { return part.Stakes(a) }},
		}))
	})
}

// raw keeps any value as it stands.
func raw(r *strictjson.Reader, to *json.RawMessage) func() error {
	return func() error {
		raw, err := r.Record(maxBytes, r.SkipDistinct)
		*to = bytes.Clone(raw)
		return err
	}
}

func text(r *strictjson.Reader, max int, to *string) func() error {
	return func() (err error) {
		*to, err = r.String(max)
		return err
	}
}

// block reads the calls of one block. Blocks may stand in any order, and more than once.
func (s *script) block(r *strictjson.Reader) func(i int) error {
	return func(int) error {
		var at uint64
		var calls []call
		err := r.Object(commented(r, strictjson.Fields{
			"at": {Required: true, Read: func() (err error) {
				if at, err = r.UintOrText(maxHeight); err == nil && at == 0 {
					err = r.Fail("blocks begin at 1")
				}
				return err
			}},
			"calls": {Required: true, Read: func() error {
				return r.Array(maxCalls, func(int) error {
					c, err := readCall(r)
					calls = append(calls, c)
					return err
				})
			}},
		}))
		for i := range calls {
			calls[i].at = at
		}
		s.calls = append(s.calls, calls...)
		s.last = max(s.last, at)
		return err
	}
}

func readCall(r *strictjson.Reader) (c call, err error) {
	c.path, c.expect, c.args = r.Path(), ok, json.RawMessage("{}")
	return c, r.Object(commented(r, strictjson.Fields{
		"from":   {Required: true, Read: text(r, 256, &c.from)},
		"call":   {Required: true, Read: text(r, 256, &c.name)},
		"args":   {Read: raw(r, &c.args)},
		"expect": {Read: text(r, 256, &c.expect)},
	}))
}

func (s *script) check(r *strictjson.Reader) func(i int) error {
	return func(int) error {
		c := check{path: r.Path(), args: json.RawMessage("{}"), expect: json.RawMessage("{}")}
		err := r.Object(commented(r, strictjson.Fields{
			"at": {Required: true, Read: func() (err error) {
				c.at, err = r.UintOrText(maxHeight)
				return err
			}},
			"query":  {Required: true, Read: text(r, 256, &c.query)},
			"args":   {Read: raw(r, &c.args)},
			"expect": {Read: raw(r, &c.expect)},
		}))
		s.checks = append(s.checks, c)
		s.last = max(s.last, c.at)
		return err
	}
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
	a, err := keys.Parse(text)
	if err != nil {
		err = fmt.Errorf("%w; a development key is named such as //Alice", err)
	}
	return a, err
}
