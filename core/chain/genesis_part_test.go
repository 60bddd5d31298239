package chain

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/strictjson"
)

// readParts reads a document with the parts of a genesis, in which accounts are called a and b.
func readParts(doc string) (*Genesis, error) {
	g := &Genesis{}
	r := strictjson.NewReader(strings.NewReader(doc))
	p := NewPart(r, g, func(text string) (keys.Account, error) {
		if len(text) != 1 {
			return keys.Account{}, fmt.Errorf("no account %q", text)
		}
		return keys.Account{text[0]}, nil
	})
	err := r.Object(strictjson.Fields{
		"params": {Read: p.Params}, "subnets": {Read: p.Subnets},
		"free": {Read: func() error { return p.Balance(keys.Account{'a'}) }}, "stakes": {Read: func() error { return p.Stakes(keys.Account{'a'}) }},
	})
	p.End()
	return g, err
}

func TestParts(t *testing.T) {
	g, err := readParts(`{"free": 7, "stakes": {"z": "5", "y": 6}, "params": {"min_stake": 1, "subnet_limit": "2"},
	 "subnets": [{"netuid": "9", "owner": "a"}, {"netuid": 1, "name": "one", "owner": "a", "hotkeys": ["y"], "params": {"yuma3": true, "tempo": 5, "kappa": "6"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	switch p := g.Subnets[0].Params; {
	case g.Issuance() != 18, g.Stakes[0].Hotkey[0] != 'y', g.Params.MinStake != 1, g.Params.SubnetLimit != 2,
		g.Subnets[0].Netuid != 1, !p.Yuma3, p.Tempo != 5, p.Kappa != 6, g.Subnets[0].Hotkeys[0][0] != 'y':
		t.Errorf("%+v", g)
	}
	for doc, path := range map[string]string{
		`{"free": "0x7"}`: "$.free", `{"free": 21000000000000001}`: "$.free", `{"free": 20000000000000000, "stakes": {"z": 2000000000000000}}`: `$.stakes["z"]`,
		`{"stakes": {"long": 1}}`: `$.stakes["long"]`, `{"subnets": [{"netuid": 0, "owner": "a"}]}`: "$.subnets[0].netuid",
		`{"subnets": [{"netuid": 1, "owner": "a", "params": {"tempo": 1.5}}]}`: "$.subnets[0].params.tempo", `{"params": {"subnet_limit": "0"}}`: "$.params.subnet_limit",
	} {
		_, err := readParts(doc)
		var bad *strictjson.Error
		if !errors.As(err, &bad) || bad.Path != path {
			t.Errorf("%s: %v, want %s", doc, err, path)
		}
	}
}
