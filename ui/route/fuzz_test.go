package route

import (
	"strings"
	"testing"
)

// FuzzParse: any fragment is a page, and a link to it leads there again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"#/", "#/account/5Grw%zz", "#/block/18446744073709551615", "#/blocks/0", "#/subnet/65536", "#trust=1:00", "#/node?trust=1%3A00&x", "#/%", "#//account//x?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, fragment string) {
		r := Parse(fragment)
		link := ""
		switch r.Page {
		case Account:
			link = ToAccount(r.Address)
		case Block:
			link = ToBlock(r.Height)
		case Blocks:
			link = ToBlocks(r.Height)
		case Subnet:
			link = ToSubnet(r.Netuid)
		default:
			return
		}
		again := Parse(link)
		if len(link) < longest && (again.Page != r.Page || again.Address != r.Address || again.Height != r.Height || again.Netuid != r.Netuid) {
			t.Fatalf("%q is %+v, linked as %q, which is %+v", fragment, r, link, again)
		}
		if strings.ContainsAny(link[1:], "#<>\"'& \x00") {
			t.Fatalf("%q is linked as %q", fragment, link)
		}
	})
}
