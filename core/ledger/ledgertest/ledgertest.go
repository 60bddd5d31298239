// Package ledgertest makes ledgers for tests.
package ledgertest

import (
	"testing"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// ChainID is the id of the chain of every ledger made here.
const ChainID = "test-0123456789abcdef"

// New returns a ledger in block 1 of a chain that holds nothing but the default parameters. To move on, set its Height.
func New(t testing.TB) *ledger.Ledger {
	t.Helper()
	tree := state.New()
	if err := ledger.WriteGenesis(tree, ledger.DefaultParams(), "made up for a test"); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Begin(tree, ChainID, 1, 1_700_000_000_000)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Code returns the code of the refusal that err is, 0 when it is nil. Any other error ends the test.
func Code(t testing.TB, err error) ledger.Code {
	t.Helper()
	if err == nil {
		return 0
	}
	refusal, ok := err.(*ledger.Refusal)
	if !ok {
		t.Fatal(err)
	}
	return refusal.Code
}
