// Package devnet holds what a local chain for trying things out begins with: the balances and stakes of the real
// network as published for March 2023, well-known development accounts with money, and the subnets of
// relay/devnet/market, whose simulated validators and miners keep them busy.
//
// The development accounts' secrets are known to everybody. A devnet listens on the loopback interface and is nothing
// to keep value on.
package devnet

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	_ "embed"
	"fmt"
	"io"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/relay/devnet/market"
)

// snapshot is the carry-over of balances and stakes from the network's chain before, published in March 2023.
//
//go:embed finney-snapshot.json.gz
var snapshot []byte

// Source is what the devnet's balances are, in words.
const Source = "Balances and stakes of the real network as published in March 2023. They are history, not today’s. Development accounts and simulated subnets were added."

// Accounts are the development accounts, by the names that derive their keys.
var Accounts = []string{"//Alice", "//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie"}

// Endowment is what each development account has at genesis.
const Endowment = 10_000 * tao.TAO

// Snapshot returns the published snapshot as JSON, see [chain.Genesis.AddSnapshot].
func Snapshot() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(snapshot))
	if err != nil {
		return nil, fmt.Errorf("devnet: embedded snapshot: %w", err)
	}
	return io.ReadAll(io.LimitReader(r, 64<<20))
}

// Genesis makes a devnet's genesis with one block producer and a fresh salt.
func Genesis(producer [32]byte, now time.Time) (*chain.Genesis, error) {
	g := &chain.Genesis{
		Name: "devnet", Time: uint64(now.UnixMilli()), Source: Source, Params: ledger.DefaultParams(),
		Producers: []chain.Producer{{PubKey: producer, Power: 10}},
	}
	if _, err := rand.Read(g.Salt[:]); err != nil {
		return nil, err
	}
	for _, name := range Accounts {
		coldkey, err := sign.FromURI(name)
		if err != nil {
			return nil, err
		}
		hotkey, err := sign.FromURI(name + "//hotkey")
		if err != nil {
			return nil, err
		}
		g.Balances = append(g.Balances, chain.Balance{Address: coldkey.Account(), Free: Endowment})
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: coldkey.Account(), Hotkey: hotkey.Account(), Amount: 1_000 * tao.TAO})
	}
	owners := make([]keys.Account, len(Accounts))
	for i := range owners {
		owners[i] = g.Balances[i].Address
	}
	if err := market.Add(g, owners); err != nil {
		return nil, err
	}
	file, err := Snapshot()
	if err != nil {
		return nil, err
	}
	return g, g.AddSnapshot(file)
}
