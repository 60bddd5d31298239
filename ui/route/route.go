// Package route reads and writes the address's fragment, which says what page is shown and optionally what to trust.
//
// The form is `#/path?trust=HEIGHT:HASH`, or a signed checkpoint there. A bare `#trust=HEIGHT:HASH` is the overview with that trust root. [Parse]
// never fails: an unknown path is the page NotFound.
package route

import (
	"strconv"
	"strings"
)

// Page names a page.
type Page string

// The pages.
const (
	Overview Page = "overview" // #/
	Account  Page = "account"  // #/account or #/account/ADDRESS
	Blocks   Page = "blocks"   // #/blocks or #/blocks/BELOW
	Block    Page = "block"    // #/block/HEIGHT
	Subnets  Page = "subnets"  // #/subnets
	Subnet   Page = "subnet"   // #/subnet/NETUID
	Node     Page = "node"     // #/node
	Neuron   Page = "neuron"   // #/neuron/NETUID/UID
	Verify   Page = "verify"   // #/verify
	Proof    Page = "proof"    // #/proof/HEIGHT/PROGRAM/ARGS: a figure of a block that is past, see [ToProof]
	Fraud    Page = "fraud"    // #/fraud
	NotFound Page = "notfound"
)

// Route is one address within the page.
type Route struct {
	Page    Page
	Address string // of Account, as given: it may be wrong
	Height  uint64 // of Block; of Blocks: the newest one to list, 0 for the head
	Netuid  uint16 // of Subnet, Neuron
	UID     uint16 // of Neuron
	Program string // of Proof, such as account@1; Height is that of the block after which the state is asked
	Args    string // of Proof: the program's arguments, hex of their canonical CBOR
	Path    string // as given
	Trust   string // HEIGHT:HASH or a signed checkpoint, as given, unchecked; empty: none
}

const longest = 4 << 10 // bytes of a fragment that are looked at: it may hold a signed checkpoint

// Parse reads a fragment, with or without its #.
func Parse(fragment string) Route {
	fragment = strings.TrimPrefix(fragment, "#")
	if len(fragment) > longest {
		fragment = fragment[:longest]
	}
	path, query, _ := strings.Cut(fragment, "?")
	if !strings.HasPrefix(path, "/") && strings.Contains(path, "=") {
		path, query = "", path
	}
	r := Route{Page: NotFound, Path: path}
	for pair := range strings.SplitSeq(query, "&") {
		if v, ok := strings.CutPrefix(pair, "trust="); ok {
			r.Trust = unescape(v)
		}
	}
	name, rest, _ := strings.Cut(strings.Trim(path, "/"), "/")
	rest = unescape(rest)
	switch {
	case name == "" && rest == "":
		r.Page = Overview
	case name == "account":
		r.Page, r.Address = Account, rest
	case (name == "node" || name == "verify" || name == "fraud") && rest == "":
		r.Page = Page(name)
	case name == "neuron":
		a, b, _ := strings.Cut(rest, "/")
		n, err := strconv.ParseUint(a, 10, 16)
		u, err2 := strconv.ParseUint(b, 10, 16)
		if err == nil && err2 == nil {
			r.Page, r.Netuid, r.UID = Neuron, uint16(n), uint16(u)
		}
	case name == "proof":
		r.parseProof(rest)
	case name == "blocks" && rest == "":
		r.Page = Blocks
	case name == "subnets" && rest == "":
		r.Page = Subnets
	case name == "subnet":
		if n, err := strconv.ParseUint(rest, 10, 16); err == nil {
			r.Page, r.Netuid = Subnet, uint16(n)
		}
	case name == "blocks", name == "block":
		height, err := strconv.ParseUint(rest, 10, 64)
		if err != nil || height == 0 {
			break
		}
		r.Page, r.Height = Page(name), height
	}
	return r
}

// To returns the fragment of an account's page.
func ToAccount(address string) string { return "#/account/" + escape(address) }

// ToBlock returns the fragment of a block's page.
func ToBlock(height uint64) string { return "#/block/" + strconv.FormatUint(height, 10) }

// ToSubnet returns the fragment of a subnet's page.
func ToSubnet(netuid uint16) string { return "#/subnet/" + strconv.FormatUint(uint64(netuid), 10) }

// ToNeuron returns the fragment of a neuron's page.
func ToNeuron(netuid, uid uint16) string {
	return "#/neuron/" + strconv.FormatUint(uint64(netuid), 10) + "/" + strconv.FormatUint(uint64(uid), 10)
}

// ToBlocks returns the fragment of the list of blocks at and below a height; 0: from the head.
func ToBlocks(below uint64) string {
	if below == 0 {
		return "#/blocks"
	}
	return "#/blocks/" + strconv.FormatUint(below, 10)
}

// Search returns the fragment of what a visitor typed into the search field: a number is a block, anything else an
// address, right or wrong.
func Search(typed string) string {
	typed = strings.TrimSpace(typed)
	digits := strings.ReplaceAll(strings.ReplaceAll(typed, ",", ""), " ", "")
	if n, err := strconv.ParseUint(digits, 10, 64); err == nil && n > 0 {
		return ToBlock(n)
	}
	if typed == "" {
		return "#/account"
	}
	return ToAccount(typed)
}

// escape writes a text so that it is one part of a path. (net/url would add 20 kB to the download.)
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~:", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// unescape is the way back. A text that escape can't have written stays as it is.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return s
		}
		n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return s
		}
		b.WriteByte(byte(n))
		i += 2
	}
	return b.String()
}
