package route

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	const alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	for _, c := range []struct {
		in   string
		want Route
	}{
		{"", Route{Page: Overview}},
		{"#", Route{Page: Overview}},
		{"#/", Route{Page: Overview}},
		{"#/account", Route{Page: Account}},
		{"#/account/", Route{Page: Account}},
		{"#/account/" + alice, Route{Page: Account, Address: alice}},
		{"#/account/a%20b", Route{Page: Account, Address: "a b"}},
		{"#/account/%zz", Route{Page: Account, Address: "%zz"}},
		{"#/blocks", Route{Page: Blocks}},
		{"#/blocks/90", Route{Page: Blocks, Height: 90}},
		{"#/block/10214337", Route{Page: Block, Height: 10214337}},
		{"#/block/0", Route{Page: NotFound}},
		{"#/block/-1", Route{Page: NotFound}},
		{"#/block/99999999999999999999999", Route{Page: NotFound}},
		{"#/node", Route{Page: Node}},
		{"#/node/x", Route{Page: NotFound}},
		{"#/subnets", Route{Page: Subnets}},
		{"#/subnets/1", Route{Page: NotFound}},
		{"#/subnet", Route{Page: NotFound}},
		{"#/subnet/0", Route{Page: Subnet}},
		{"#/subnet/8", Route{Page: Subnet, Netuid: 8}},
		{"#/subnet/65536", Route{Page: NotFound}},
		{"#/subnet/-1", Route{Page: NotFound}},
		{"#/subnet/folding", Route{Page: NotFound}},
		{"#/wallet", Route{Page: NotFound}},
		{"#/verify", Route{Page: Verify}},
		{"#/fraud", Route{Page: Fraud}},
		{"#/verify/x", Route{Page: NotFound}},
		{"#/neuron/3/37", Route{Page: Neuron, Netuid: 3, UID: 37}},
		{"#/neuron/3", Route{Page: NotFound}},
		{"#/neuron/3/65536", Route{Page: NotFound}},
		{"#trust=7:ab", Route{Page: Overview, Trust: "7:ab"}},
		{"#trust=7%3Aab", Route{Page: Overview, Trust: "7:ab"}},
		{"#/?trust=7:ab", Route{Page: Overview, Trust: "7:ab"}},
		{"#/account/" + alice + "?x=1&trust=7:ab", Route{Page: Account, Address: alice, Trust: "7:ab"}},
		{"#nothing", Route{Page: NotFound}},
	} {
		got := Parse(c.in)
		got.Path = ""
		if got != c.want {
			t.Errorf("%q: %+v, want %+v", c.in, got, c.want)
		}
	}
	if got := Parse("#/account/" + strings.Repeat("x", 1<<20)); len(got.Address) > longest {
		t.Errorf("an address of %d bytes was kept", len(got.Address))
	}
}

func TestSearch(t *testing.T) {
	for in, want := range map[string]string{
		"": "#/account", "  ": "#/account", "10,214,337": "#/block/10214337", " 7 ": "#/block/7", "0": "#/account/0",
		"5Grw": "#/account/5Grw", "a/b?c": "#/account/a%2Fb%3Fc",
	} {
		if got := Search(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringN(1, 60, 100).Draw(t, "address")
		if got := Parse(ToAccount(a)); got.Page != Account || got.Address != a {
			t.Fatalf("%q became %+v", a, got)
		}
		h := rapid.Uint64Min(1).Draw(t, "height")
		if got := Parse(ToBlock(h)); got.Page != Block || got.Height != h {
			t.Fatalf("%d became %+v", h, got)
		}
		n := rapid.Uint16().Draw(t, "netuid")
		if got := Parse(ToSubnet(n)); got.Page != Subnet || got.Netuid != n {
			t.Fatalf("%d became %+v", n, got)
		}
		if got := Parse(ToNeuron(n, uint16(h))); got.Page != Neuron || got.Netuid != n || got.UID != uint16(h) {
			t.Fatalf("%d, %d became %+v", n, uint16(h), got)
		}
		if got := Parse(ToBlocks(h)); got.Page != Blocks || got.Height != h {
			t.Fatalf("%d became %+v", h, got)
		}
		Parse(rapid.String().Draw(t, "anything"))
	})
}
