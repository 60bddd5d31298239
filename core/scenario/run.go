package scenario

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"golang.org/x/crypto/blake2b"
)

// Report is what a scenario did.
type Report struct {
	Calls      []CallResult  `json:"calls"`
	Checks     []CheckResult `json:"checks"`
	Height     uint64        `json:"height"`
	Root       string        `json:"root"`
	Issuance   tao.Amount    `json:"issuance"`
	Mismatches []string      `json:"mismatches"` // each with its path in the script; none when all is as expected
}

// CallResult is what became of one call.
type CallResult struct {
	Path   string     `json:"path"` // in the script
	At     uint64     `json:"at"`
	From   string     `json:"from"`
	Call   string     `json:"call"`   // as the script names it
	Result string     `json:"result"` // ok, or the code of the refusal
	Reason string     `json:"reason,omitempty"`
	Fee    tao.Amount `json:"fee"`
}

// CheckResult is what a query answered.
type CheckResult struct {
	Path  string          `json:"path"`
	At    uint64          `json:"at"`
	Query string          `json:"query"`
	Value json.RawMessage `json:"value"`
}

const (
	ok        = "ok"           // the result of a call that succeeds
	blockTime = 12_000_000_000 // ns
)

// machine is the chain that a scenario drives.
type machine struct {
	ctx            context.Context
	script         *script
	calls, queries *dictionary
	tree           *state.Tree
	chainID        string
	height         uint64
	nonces         map[nonceOf]uint64 // used in the block in progress
	report         *Report
}

// nonceOf names a count of transactions: of an account, or of the hotkey that it is.
type nonceOf struct {
	signer keys.Account
	hotkey bool
}

// Run runs the script in src, in which calls and queries have the chain's names and those in names. What is not as expected
// is in the report; an error says that the script can't be run. It is a [*strictjson.Error] where the script is to blame,
// and the cause of ctx where that ends first.
func Run(ctx context.Context, src io.Reader, names Names) (*Report, error) {
	s, err := read(src)
	if err != nil {
		return nil, err
	}
	m := &machine{
		ctx: ctx, script: s, calls: names.calls(), queries: names.queries(), tree: state.New(), chainID: s.genesis.ChainID(),
		report: &Report{Calls: []CallResult{}, Checks: []CheckResult{}, Mismatches: []string{}},
	}
	if err := m.begin(); err != nil {
		return nil, err
	}
	if err := m.run(); err != nil {
		return nil, err
	}
	totals, err := chain.Audit(m.tree)
	if err != nil {
		return nil, err
	}
	m.report.Height, m.report.Root, m.report.Issuance = m.height, m.tree.Root().String(), totals.Issuance
	return m.report, nil
}

// begin writes the genesis.
func (m *machine) begin() error {
	err := m.script.genesis.Apply(m.tree)
	var taken *chain.OwnerError
	if errors.As(err, &taken) {
		return fault(fmt.Sprintf("$.subnets[%d].hotkey", slices.Index(m.script.netuids, taken.Netuid)), "%s", taken.Reason())
	}
	return err
}

// run executes all blocks up to the last that the script names.
func (m *machine) run() error {
	if err := m.runChecks(); err != nil {
		return err
	}
	for left := m.script.calls; m.height < m.script.last; {
		if m.ctx.Err() != nil {
			return context.Cause(m.ctx)
		}
		m.height++
		m.nonces = map[nonceOf]uint64{}
		now := 0
		for now < len(left) && left[now].at == m.height {
			now++
		}
		if err := m.block(left[:now]); err != nil {
			return err
		}
		if err := m.runChecks(); err != nil {
			return err
		}
		left = left[now:]
	}
	return nil
}

// block executes the next block.
func (m *machine) block(calls []call) error {
	txs, err := m.transactions(calls)
	if err != nil {
		return err
	}
	params, err := ledger.ReadParams(m.tree)
	if err != nil {
		return err
	}
	out, err := chain.Execute(m.tree, chain.Block{
		ChainID: m.chainID, Height: m.height, Time: begun*1e9 + m.height*blockTime, Hash: m.hash(m.height), AppVersion: chain.AppVersion, Txs: txs,
	}, sign.VerifyAll)
	if err != nil {
		return fmt.Errorf("block %d: %w", m.height, err)
	}
	for i := range calls {
		c := &calls[i]
		r := CallResult{Path: c.path, At: m.height, From: c.from, Call: c.name, Result: ok}
		refusal := out.Refusals[i]
		if refusal != nil {
			r.Result, r.Reason = refusal.Code.String(), cmp.Or(c.wrong, refusal.Text)
		}
		if refusal == nil || !refusal.Invalid {
			if r.Fee, err = fee(params, txs[i]); err != nil {
				return err
			}
		}
		m.report.Calls = append(m.report.Calls, r)
		switch {
		case strings.EqualFold(r.Result, c.expect):
		case r.Reason == "":
			m.miss("%s: %s is %s, expected %s", c.path, c.name, r.Result, c.wanted())
		default:
			m.miss("%s: %s is %s (%s), expected %s", c.path, c.name, r.Result, r.Reason, c.wanted())
		}
	}
	return nil
}

// wanted is what a call was expected to be, in words.
func (c *call) wanted() string {
	if strings.EqualFold(c.expect, ok) || slices.ContainsFunc(ledger.Codes(), c.expects) {
		return c.expect
	}
	return c.expect + ", which is no code of a refusal"
}

// fee is what a transaction pays that a block holds.
func fee(params ledger.Params, raw []byte) (tao.Amount, error) {
	tx, err := chain.DecodeTx(raw)
	if err != nil || free(tx.Body.Call) {
		return 0, err
	}
	cost, err := chain.Cost(raw)
	return params.Fee(cost), err
}

func free(name string) bool {
	c, ok := chain.LookupCall(name)
	return ok && c.Feeless
}

// hash stands for the hash of a block.
func (m *machine) hash(height uint64) [32]byte {
	return blake2b.Sum256(binary.BigEndian.AppendUint64([]byte(m.chainID), height))
}

func (m *machine) miss(format string, args ...any) {
	m.report.Mismatches = append(m.report.Mismatches, fmt.Sprintf(format, args...))
}
