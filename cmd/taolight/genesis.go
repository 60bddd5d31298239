package main

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/tao"
)

// maxGenesisFile bounds what is read of a spec or an unpacked snapshot.
const maxGenesisFile = 256 << 20

// genesisResult sums up a genesis.
type genesisResult struct {
	File        string     `json:"file,omitempty"`
	ChainID     string     `json:"chain_id"`
	GenesisHash string     `json:"genesis_hash"`
	Issuance    tao.Amount `json:"issuance"`
	Balances    int        `json:"balances"`
	Stakes      int        `json:"stakes"`
	Subnets     int        `json:"subnets"`
	Producers   int        `json:"producers"`
}

func (a *app) genesisCommand() *cobra.Command {
	var spec, snapshot, out string
	var example bool
	c := &cobra.Command{
		Use:   "genesis --spec FILE [--snapshot FILE] -o OUT",
		Short: "Build a genesis file from a spec and a snapshot of balances",
		Long: `Builds a chain's genesis file: a hand-written spec, to which the balances and stakes of a published snapshot are added.
Whatever is wrong with either file is refused by path, byte offset and reason.`,
		Example: `  taolight genesis --example > spec.json
  taolight genesis --spec spec.json -o genesis.json
  taolight genesis --spec spec.json --snapshot finney-snapshot.json.gz -o genesis.json`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if example {
				return a.exampleSpec()
			}
			if spec == "" || out == "" {
				return usage(cmd, "--spec FILE and -o FILE are needed: taolight genesis --example shows a spec")
			}
			g, err := buildGenesis(spec, snapshot)
			if err != nil {
				return err
			}
			file, err := g.Encode()
			if err != nil {
				return err
			}
			if err := os.WriteFile(out, file, 0o644); err != nil {
				return err
			}
			return a.printGenesis(g, out)
		},
	}
	c.Flags().StringVar(&spec, "spec", "", "genesis spec, JSON `FILE`")
	c.Flags().StringVar(&snapshot, "snapshot", "", "snapshot of balances and stakes to add, JSON or JSON.gz `FILE`")
	c.Flags().StringVarP(&out, "output", "o", "", "`FILE` to write")
	c.Flags().BoolVar(&example, "example", false, "print a spec to begin with")
	return c
}

func (a *app) printGenesis(g *chain.Genesis, file string) error {
	hash := g.Hash()
	r := genesisResult{
		File: file, ChainID: g.ChainID(), GenesisHash: hex.EncodeToString(hash[:]), Issuance: g.Issuance(),
		Balances: len(g.Balances), Stakes: len(g.Stakes), Subnets: len(g.Subnets), Producers: len(g.Producers),
	}
	return a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "file\t%s\nchain id\t%s\ngenesis hash\t%s\nissued\t%s\n", file, r.ChainID, r.GenesisHash, amount(r.Issuance))
		fmt.Fprintf(w, "holds\t%d balances, %d stakes, %d subnets, %d block producers\n", r.Balances, r.Stakes, r.Subnets, r.Producers)
	})
}

func buildGenesis(spec, snapshot string) (*chain.Genesis, error) {
	raw, err := readGenesisFile(spec)
	if err != nil {
		return nil, err
	}
	g, err := chain.ParseGenesis(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec, err)
	}
	if snapshot == "" {
		return g, nil
	}
	if raw, err = readGenesisFile(snapshot); err != nil {
		return nil, err
	}
	if err := g.AddSnapshot(raw); err != nil {
		return nil, fmt.Errorf("%s: %w", snapshot, err)
	}
	return g, nil
}

// readGenesisFile reads a file and unpacks it if it is packed by gzip.
func readGenesisFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxGenesisFile+1))
	if err != nil || !bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		return raw, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if raw, err = io.ReadAll(io.LimitReader(unpacked, maxGenesisFile+1)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return raw, nil
}

// exampleSpec prints a small spec with a fresh salt. The producer's key and the balances are to be replaced.
func (a *app) exampleSpec() error {
	salt := make([]byte, 16)
	rand.Read(salt)
	const alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	type object = map[string]any
	spec := struct {
		Name      string   `json:"name"`
		Salt      string   `json:"salt"`
		Time      int64    `json:"time"`
		Source    string   `json:"source"`
		Producers []object `json:"producers"`
		Balances  object   `json:"balances"`
		Stakes    object   `json:"stakes"`
		Subnets   []object `json:"subnets"`
	}{
		Name: "mychain", Salt: hex.EncodeToString(salt), Time: time.Now().UnixMilli(), Source: "made up",
		Producers: []object{{"pubkey": hex.EncodeToString(make([]byte, 31)) + "01", "power": 10}},
		Balances:  object{alice: "1000000000000"},
		Stakes:    object{},
		Subnets:   []object{},
	}
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(spec)
}
