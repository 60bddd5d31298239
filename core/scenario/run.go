package scenario

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/strictjson"
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
	At     uint64     `json:"at"`
	From   string     `json:"from"`
	Call   string     `json:"call"`
	Result string     `json:"result"` // ok, or the code of the refusal
	Reason string     `json:"reason,omitempty"`
	Fee    tao.Amount `json:"fee"`
}

// CheckResult is what a query answered.
type CheckResult struct {
	At    uint64          `json:"at"`
	Query string          `json:"query"`
	Value json.RawMessage `json:"value"`
}

const (
	blockTime = 12_000_000_000 // ns
	begun     = 1_700_000_000  // s since 1970
)

// machine is the chain that a scenario drives.
type machine struct {
	script  *script
	tree    *state.Tree
	chainID string
	height  uint64
	nonces  map[nonceOf]uint64 // used in the block in progress
	report  *Report
}

// nonceOf names a count of transactions: of an account, or of the hotkey that it is.
type nonceOf struct {
	signer keys.Account
	hotkey bool
}

// Run runs the script in src. What is not as expected is in the report; an error says that the script can't be run.
func Run(src io.Reader) (*Report, error) {
	s, err := read(src)
	if err != nil {
		return nil, err
	}
	g, err := s.makeGenesis()
	if err != nil {
		return nil, err
	}
	m := &machine{
		script: s, tree: state.New(), chainID: g.ChainID(),
		report: &Report{Calls: []CallResult{}, Checks: []CheckResult{}, Mismatches: []string{}},
	}
	if err := g.Apply(m.tree); err != nil {
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

// makeGenesis writes a genesis file of the script and reads it as any other.
func (s *script) makeGenesis() (*chain.Genesis, error) {
	balances, stakes := map[keys.Account]string{}, map[keys.Account]map[keys.Account]string{}
	for _, name := range slices.Sorted(maps.Keys(s.free)) {
		a, err := address(name)
		if err != nil {
			return nil, &strictjson.Error{Path: "$.accounts." + name, Reason: err.Error()}
		}
		balances[a] = s.free[name]
	}
	for _, name := range slices.Sorted(maps.Keys(s.stakes)) {
		coldkey, err := address(name)
		if err != nil {
			return nil, &strictjson.Error{Path: "$.accounts." + name, Reason: err.Error()}
		}
		stakes[coldkey] = map[keys.Account]string{}
		for _, hot := range slices.Sorted(maps.Keys(s.stakes[name])) {
			hotkey, err := address(hot)
			if err != nil {
				return nil, &strictjson.Error{Path: "$.accounts." + name + ".stakes." + hot, Reason: err.Error()}
			}
			stakes[coldkey][hotkey] = s.stakes[name][hot]
		}
	}
	file := map[string]any{
		"name": "simulation", "salt": "00000000000000000000000000000000", "time": begun * 1000, "source": "made up for a simulation",
		"producers": []map[string]any{{"pubkey": hex.EncodeToString(make([]byte, 32)), "power": 1}},
		"balances":  balances, "stakes": stakes,
	}
	for name, raw := range s.genesis {
		file[name] = raw
	}
	raw, err := json.Marshal(file)
	if err != nil {
		return nil, err
	}
	return chain.ParseGenesis(raw)
}

// run executes all blocks up to the last that the script names.
func (m *machine) run() error {
	last := uint64(0)
	for _, c := range m.script.checks {
		last = max(last, c.at)
	}
	blocks := m.script.blocks
	if len(blocks) > 0 {
		last = max(last, blocks[len(blocks)-1].at)
	}
	for next := 0; m.height < last; {
		m.height++
		m.nonces = map[nonceOf]uint64{}
		at := -1
		if next < len(blocks) && blocks[next].at == m.height {
			at = next
			next++
		}
		if err := m.block(at); err != nil {
			return err
		}
		for i, c := range m.script.checks {
			if c.at != m.height {
				continue
			}
			if err := m.check(fmt.Sprintf("$.checks[%d]", i), c); err != nil {
				return err
			}
		}
	}
	return nil
}

// block executes the next block, with the calls of the script's block at an index, -1 for none.
func (m *machine) block(at int) error {
	var calls []call
	if at >= 0 {
		calls = m.script.blocks[at].calls
	}
	txs := make([][]byte, len(calls))
	fees := make([]tao.Amount, len(calls))
	params, err := ledger.ReadParams(m.tree)
	if err != nil {
		return err
	}
	for i, c := range calls {
		path := fmt.Sprintf("$.blocks[%d].calls[%d]", at, i)
		raw, err := m.sign(c)
		if err != nil {
			return &strictjson.Error{Path: path, Reason: err.Error()}
		}
		txs[i] = raw
		if cost, err := chain.Cost(raw); err == nil && !free(c.name) {
			fees[i] = params.Fee(cost)
		}
	}
	out, err := chain.Execute(m.tree, chain.Block{
		ChainID: m.chainID, Height: m.height, Time: begun*1e9 + m.height*blockTime, Hash: m.hash(m.height), AppVersion: chain.AppVersion, Txs: txs,
	}, sign.VerifyAll)
	if err != nil {
		return fmt.Errorf("block %d: %w", m.height, err)
	}
	for i, c := range calls {
		r := CallResult{At: m.height, From: c.from, Call: c.name, Result: "ok", Fee: fees[i]}
		if refusal := out.Refusals[i]; refusal != nil {
			r.Result, r.Reason = refusal.Code.String(), refusal.Text
			if refusal.Invalid {
				r.Fee = 0
			}
		}
		m.report.Calls = append(m.report.Calls, r)
		if r.Result != c.expect {
			m.miss("$.blocks[%d].calls[%d]: %s is %s (%s), expected %s", at, i, c.name, r.Result, r.Reason, c.expect)
		}
	}
	return nil
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

// sign makes the transaction of a call.
func (m *machine) sign(c call) ([]byte, error) {
	k, err := sign.FromURI(c.from)
	if err != nil {
		return nil, fmt.Errorf("from %s: %w", c.from, err)
	}
	call, ok := chain.LookupCall(c.name)
	if !ok {
		return nil, fmt.Errorf("no call %q", c.name)
	}
	filled, err := m.fill(c, k.Account())
	if err != nil {
		return nil, fmt.Errorf("args: %w", err)
	}
	args, err := forms.Encode(call.Args(), filled, address)
	if err != nil {
		return nil, fmt.Errorf("args: %w", err)
	}
	nonce, err := m.nonce(k.Account(), call, c.expect)
	if err != nil {
		return nil, err
	}
	return chain.Body{
		Signer: k.Account(), Scheme: k.Scheme(), Nonce: nonce, ValidUntil: m.height, Call: c.name, Args: args,
	}.Sign(m.chainID, k)
}

// nonce returns the next one of a signer: of its account, or of the hotkey that it is for a call without a fee. A call
// that is expected to be invalid uses none up.
func (m *machine) nonce(signer keys.Account, call chain.Call, expect string) (uint64, error) {
	var next uint64
	switch {
	case call.Worked:
		return 0, nil
	case call.Feeless:
		h, _, err := stake.GetHotkey(m.tree, signer)
		if err != nil {
			return 0, err
		}
		next = h.Nonce
	default:
		a, _, err := account.Get(m.tree, signer)
		if err != nil {
			return 0, err
		}
		next = a.Nonce
	}
	counted := nonceOf{signer, call.Feeless}
	next += m.nonces[counted]
	if !invalid(call, expect) {
		m.nonces[counted]++
	}
	return next, nil
}

// invalid says whether a call that ends as expected is no part of a block.
func invalid(call chain.Call, expect string) bool {
	if expect == "ok" || call.Feeless {
		return expect != "ok"
	}
	return slices.ContainsFunc(ledger.Codes(), func(c ledger.Code) bool { return c.Invalid() && c.String() == expect })
}

// check runs a query and holds the answer to what is expected.
func (m *machine) check(path string, c check) error {
	program, ok := chain.Latest(c.query)
	if !ok {
		return &strictjson.Error{Path: path + ".query", Reason: fmt.Sprintf("no query %q", c.query)}
	}
	encoded, err := forms.Encode(program.Args(), c.args, address)
	if err != nil {
		return &strictjson.Error{Path: path + ".args", Reason: err.Error()}
	}
	answer, err := program.Run(m.tree, encoded)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	result := program.NewResult()
	if err := codec.Decode(answer, result); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	value, err := json.Marshal(result)
	if err != nil {
		return err
	}
	m.report.Checks = append(m.report.Checks, CheckResult{At: c.at, Query: c.query, Value: value})
	expect, err := named(c.expect)
	if err != nil {
		return &strictjson.Error{Path: path + ".expect", Reason: err.Error()}
	}
	want, err := generic(expect)
	if err != nil {
		return err
	}
	got, err := generic(value)
	if err != nil {
		return err
	}
	if miss := mismatch(path+".expect", want, got); miss != "" {
		m.miss("%s", miss)
	}
	return nil
}
