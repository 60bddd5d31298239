package checkpoint

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
)

// Limits of a list of parties.
const (
	MaxParties = 64
	MaxName    = 32 // bytes
)

// Party is somebody whose word about blocks means something to whoever made the list.
type Party struct {
	Account keys.Account `json:"address"`
	Name    string       `json:"name"`
}

// Parties is a list of known parties; an account stands in it once.
type Parties []Party

// ParseParties reads a list ADDRESS=NAME,ADDRESS=NAME,… An empty text is an empty list. Errors are [FormError].
func ParseParties(text string) (Parties, error) {
	var out Parties
	if text == "" {
		return out, nil
	}
	for entry := range strings.SplitSeq(text, ",") {
		address, name, _ := strings.Cut(entry, "=")
		account, err := keys.Parse(address)
		if err != nil {
			return nil, &FormError{Part: "party", Value: entry, Want: "ADDRESS=NAME (" + err.Error() + ")"}
		}
		if out, err = out.Add(Party{Account: account, Name: name}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Add returns the list with one more party. Errors are [FormError]: the name can't be shown, the account or the name is in
// the list already, or the list is full.
func (p Parties) Add(one Party) (Parties, error) {
	bad := func(want string) (Parties, error) { return nil, &FormError{Part: "party", Value: one.Name, Want: want} }
	if n := len(one.Name); n == 0 || n > MaxName || !utf8.ValidString(one.Name) || strings.TrimSpace(one.Name) != one.Name ||
		strings.ContainsFunc(one.Name, func(r rune) bool { return !strconv.IsPrint(r) || r == '=' || r == ',' }) {
		return bad(fmt.Sprintf("a name of 1 to %d bytes without = and comma", MaxName))
	}
	for _, other := range p {
		if other.Account == one.Account || other.Name == one.Name {
			return bad("each address and each name once, " + other.Name + " is there already")
		}
	}
	if len(p) >= MaxParties {
		return bad(fmt.Sprintf("at most %d parties", MaxParties))
	}
	return append(p[:len(p):len(p)], one), nil
}

// Find returns the name of a party, and whether it is known.
func (p Parties) Find(a keys.Account) (name string, known bool) {
	for _, one := range p {
		if one.Account == a {
			return one.Name, true
		}
	}
	return "", false
}

// Signers is whose signatures under a checkpoint are right. Each account is named once however often it signed.
type Signers struct {
	Known   []Party        // in the order of their signatures
	Unknown []keys.Account // right signatures of accounts that are not in the list
	False   []keys.Account // whose signatures are not right, known or not
}

// Check checks all signatures of a checkpoint.
func (p Parties) Check(c Checkpoint) Signers {
	var out Signers
	message := c.Payload()
	checks := make([]sign.Check, len(c.Signatures))
	for i, s := range c.Signatures {
		checks[i] = sign.Check{Scheme: s.Scheme, Account: s.Party, Message: message, Signature: s.Signature}
	}
	seen := make(map[keys.Account]bool)
	for i, right := range sign.VerifyAll(checks) {
		account := c.Signatures[i].Party
		if !right {
			out.False = append(out.False, account)
			continue
		}
		if seen[account] {
			continue
		}
		seen[account] = true
		if name, known := p.Find(account); known {
			out.Known = append(out.Known, Party{Account: account, Name: name})
		} else {
			out.Unknown = append(out.Unknown, account)
		}
	}
	return out
}

// Require returns [FalseError] if a signature is false, and [RequireError] if fewer than n known parties signed.
func (s Signers) Require(n int) error {
	if len(s.False) > 0 {
		return &FalseError{Parties: s.False}
	}
	if len(s.Known) < n {
		return &RequireError{Got: len(s.Known), Want: n}
	}
	return nil
}

// Names returns the names of the known parties.
func (s Signers) Names() []string {
	out := make([]string, len(s.Known))
	for i, p := range s.Known {
		out[i] = p.Name
	}
	return out
}

// String says who signed, such as "signed by Ana, Ben and 1 unknown party", or "not signed".
func (s Signers) String() string {
	who := s.Names()
	switch n := len(s.Unknown); {
	case n == 1:
		who = append(who, "1 unknown party")
	case n > 1:
		who = append(who, strconv.Itoa(n)+" unknown parties")
	}
	last := len(who) - 1
	switch {
	case last < 0:
		return "not signed"
	case last == 0:
		return "signed by " + who[0]
	}
	return "signed by " + strings.Join(who[:last], ", ") + " and " + who[last]
}
