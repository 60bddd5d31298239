package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
)

// runChecks runs the checks of the block that was executed last.
func (m *machine) runChecks() error {
	left := m.script.checks[len(m.report.Checks):]
	for len(left) > 0 && left[0].at == m.height {
		if m.ctx.Err() != nil {
			return context.Cause(m.ctx)
		}
		if err := m.check(left[0]); err != nil {
			return err
		}
		left = left[1:]
	}
	return nil
}

// check runs a query and holds the answer to what is expected.
func (m *machine) check(c check) error {
	given, _ := members(c.args)
	e, known := m.queries.find(c.query, given)
	if !known {
		return fault(c.path+".query", "%s", m.queries.noSuch(c.query))
	}
	program, _ := chain.Lookup(e.name)
	w := newWriting(m.calls, keys.Account{}, c.path+".args")
	args, err := w.read(m.queries, e, c.args, "", w.whole)
	if err != nil {
		return err
	}
	encoded, err := w.encode(e, args)
	if err != nil {
		return err
	}
	want, err := generic(c.expect)
	if err != nil {
		return err
	}
	if want, err = expected(c.path+".expect", want); err != nil {
		return err
	}
	answer, err := program.Run(m.tree, encoded)
	if errors.Is(err, chain.ErrArguments) {
		return fault(w.whole, "%v", err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.path, err)
	}
	result := program.NewResult()
	if err := codec.Decode(answer, result); err != nil {
		return fmt.Errorf("%s: %w", c.path, err)
	}
	value, err := json.Marshal(result)
	if err != nil {
		return err
	}
	m.report.Checks = append(m.report.Checks, CheckResult{Path: c.path, At: c.at, Query: c.query, Value: value})
	got, err := generic(value)
	if err != nil {
		return err
	}
	if miss := mismatch(c.path+".expect", want, got); miss != "" {
		m.miss("%s", miss)
	}
	return nil
}
