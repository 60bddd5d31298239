package checkpoint_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
)

// key is a development key.
func key(t testing.TB, scheme sign.Scheme, name string) *sign.Key {
	t.Helper()
	k, err := sign.FromURIScheme(scheme, name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func block() checkpoint.Block {
	return checkpoint.Block{ChainID: "test-0123456789abcdef", Height: 1200, Hash: [32]byte{0x5f, 31: 1}, Time: 1_764_376_271}
}

// signed is the block with a signature by each of the names; a name in capitals signs with ed25519.
func signed(t testing.TB, b checkpoint.Block, names ...string) checkpoint.Checkpoint {
	t.Helper()
	c := checkpoint.Checkpoint{Block: b}
	for _, name := range names {
		scheme := sign.Sr25519
		if strings.ToUpper(name) == name {
			scheme = sign.Ed25519
		}
		if err := c.Sign(key(t, scheme, name)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestTextIsReadBack(t *testing.T) {
	const first = "taolight-checkpoint:test-0123456789abcdef:1200:5f00000000000000000000000000000000000000000000000000000000000001:20251129T003111Z"
	for _, names := range [][]string{nil, {"//Alice"}, {"//Alice", "//BOB", "//Charlie"}} {
		c := signed(t, block(), names...)
		text := c.String()
		if line, _, _ := strings.Cut(text, "+"); line != first {
			t.Fatalf("%s", line)
		}
		if got := string(c.Payload()); got != "<Bytes>"+first+"</Bytes>" {
			t.Errorf("signed is %s", got)
		}
		if n := strings.Count(c.Lines(), "\n"); n != 1+len(names) {
			t.Errorf("%d lines for %d signatures", n, len(names))
		}
		for _, form := range []string{text, c.Lines(), " \n" + text + "\r\n", strings.Join(strings.SplitAfter(text, "7"), "\r\n\t ")} {
			got, err := checkpoint.Parse(form)
			if err != nil || got.String() != text {
				t.Errorf("%q: %v, %v", form, got, err)
			}
			if !checkpoint.Is(form) {
				t.Errorf("%q is not taken for a checkpoint", form)
			}
		}
	}
	if checkpoint.Is("1200:5f00") {
		t.Error("a trust root's short form is taken for a checkpoint")
	}
}

func TestParseRefuses(t *testing.T) {
	good := signed(t, block(), "//Alice", "//BOB").String()
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%s is not in %s", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	alice := key(t, sign.Sr25519, "//Alice").Account().String()
	cases := map[string]string{
		"nothing":           "",
		"another word":      change("taolight-", "taolite-"),
		"short form":        "1200:5f00000000000000000000000000000000000000000000000000000000000001",
		"no chain":          change("test-0123456789abcdef", ""),
		"capital in chain":  change("test", "Test"),
		"long chain":        change("test", strings.Repeat("t", 40)),
		"height 0":          change(":1200:", ":0:"),
		"height with zero":  change(":1200:", ":01200:"),
		"height with plus":  change(":1200:", ":+1200:"),
		"huge height":       change(":1200:", ":9223372036854775808:"),
		"capital in hash":   change(":5f", ":5F"),
		"short hash":        change(":5f", ":5"),
		"zero hash":         change("5f00000000000000000000000000000000000000000000000000000000000001", strings.Repeat("0", 64)),
		"day that is none":  change("20251129", "20251131"),
		"before 1970":       change("2025", "1925"),
		"a fraction":        change("03111Z", "03111.5Z"),
		"other zone":        change("03111Z", "03111+01"),
		"field too many":    change("Z+", "Z:+"),
		"empty signature":   good + "+",
		"mistyped address":  change(alice, alice[:20]+"x"+alice[21:]),
		"unknown scheme":    change(":sr25519:", ":secp256k1:"),
		"padded signature":  good + "=",
		"short signature":   good[:len(good)-2],
		"loose last bits":   good[:len(good)-1] + looser(good[len(good)-1]),
		"seventeen parties": good + strings.Repeat(good[strings.Index(good, "+"):], 8),
		"too long":          good + strings.Repeat(" ", checkpoint.MaxText),
		"not text":          good + "\xff",
	}
	for name, text := range cases {
		_, err := checkpoint.Parse(text)
		var form *checkpoint.FormError
		if !errors.As(err, &form) || form.Part == "" || form.Want == "" || form.Code() != "bad_checkpoint" {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && len(err.Error()) > 5000 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
	}
}

// looser is another character for the last one of a signature, that differs in bits which hold nothing.
func looser(last byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, last)|1])
}

func TestSigners(t *testing.T) {
	alice, bob, eve := key(t, sign.Sr25519, "//Alice"), key(t, sign.Ed25519, "//BOB"), key(t, sign.Sr25519, "//Eve")
	known := checkpoint.Parties{{Account: alice.Account(), Name: "Ana"}, {Account: bob.Account(), Name: "Ben"}}
	c := signed(t, block(), "//Alice", "//Eve", "//BOB")
	got := known.Check(c)
	if len(got.Known) != 2 || got.Known[0].Name != "Ana" || got.Known[1].Name != "Ben" || len(got.Unknown) != 1 || got.Unknown[0] != eve.Account() || len(got.False) != 0 {
		t.Fatalf("%+v", got)
	}
	if got.String() != "signed by Ana, Ben and 1 unknown party" {
		t.Errorf("%s", got)
	}
	if err := got.Require(2); err != nil {
		t.Error(err)
	}
	var few *checkpoint.RequireError
	if err := got.Require(3); !errors.As(err, &few) || few.Got != 2 || few.Want != 3 {
		t.Error(err)
	}

	// The same party twice counts once, whether it is the same signature or another one.
	twice := c
	again := signed(t, block(), "//Alice")
	twice.Signatures = append(append([]checkpoint.Signature{}, c.Signatures...), c.Signatures[0], again.Signatures[0])
	if got := known.Check(twice); len(got.Known) != 2 || len(got.Unknown) != 1 {
		t.Errorf("%+v", got)
	}
	// Signing again replaces.
	if err := c.Sign(alice); err != nil || len(c.Signatures) != 3 {
		t.Errorf("%v, %d signatures", err, len(c.Signatures))
	}
	if got := (checkpoint.Parties{}).Check(c).String(); got != "signed by 3 unknown parties" {
		t.Error(got)
	}
	if got := known.Check(checkpoint.Checkpoint{Block: block()}); got.String() != "not signed" || got.Require(0) != nil {
		t.Errorf("%+v", got)
	}
}

// Whatever of a checkpoint changes, its signatures are false then.
func TestEveryFieldIsSigned(t *testing.T) {
	known := checkpoint.Parties{{Account: key(t, sign.Sr25519, "//Alice").Account(), Name: "Ana"}}
	for name, change := range map[string]func(*checkpoint.Checkpoint){
		"chain":     func(c *checkpoint.Checkpoint) { c.ChainID = "test-0123456789abcdee" },
		"height":    func(c *checkpoint.Checkpoint) { c.Height++ },
		"hash":      func(c *checkpoint.Checkpoint) { c.Hash[31] ^= 1 },
		"date":      func(c *checkpoint.Checkpoint) { c.Time++ },
		"party":     func(c *checkpoint.Checkpoint) { c.Signatures[0].Party = key(t, sign.Sr25519, "//Bob").Account() },
		"scheme":    func(c *checkpoint.Checkpoint) { c.Signatures[0].Scheme = sign.Ed25519 },
		"signature": func(c *checkpoint.Checkpoint) { c.Signatures[0].Signature[3] ^= 1 },
		"zero key":  func(c *checkpoint.Checkpoint) { c.Signatures[0] = checkpoint.Signature{} },
	} {
		c := signed(t, block(), "//Alice")
		change(&c)
		got := known.Check(c)
		var wrong *checkpoint.FalseError
		if len(got.Known)+len(got.Unknown) != 0 || len(got.False) != 1 || !errors.As(got.Require(0), &wrong) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A signature for another use is none for a checkpoint, and the other way round.
func TestPrefixIsItsOwn(t *testing.T) {
	k := key(t, sign.Sr25519, "//Alice")
	c := checkpoint.Checkpoint{Block: block()}
	for _, message := range [][]byte{[]byte(c.Block.String()), sign.Payload(sign.DomainTx, c.Hash), sign.Payload("taolight-checkpoint", c.Hash)} {
		sig, err := k.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		c.Signatures = []checkpoint.Signature{{Party: k.Account(), Scheme: k.Scheme(), Signature: sig}}
		if got := (checkpoint.Parties{}).Check(c); len(got.False) != 1 {
			t.Errorf("a signature of %s counts: %+v", message, got)
		}
	}
}

func TestSeventeenthSignature(t *testing.T) {
	c := checkpoint.Checkpoint{Block: block()}
	for i := range checkpoint.MaxSignatures {
		if err := c.Add(checkpoint.Signature{Party: keys.Account{byte(i), 1}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Sign(key(t, sign.Sr25519, "//Alice")); err == nil {
		t.Error("a seventeenth was taken")
	}
	if _, err := checkpoint.Parse(c.String()); err != nil {
		t.Errorf("sixteen are refused: %v", err)
	}
}

// What could not be read again is not signed.
func TestSignRefuses(t *testing.T) {
	for name, change := range map[string]func(*checkpoint.Block){
		"chain":          func(b *checkpoint.Block) { b.ChainID = "A chain" },
		"no chain":       func(b *checkpoint.Block) { b.ChainID = "" },
		"height 0":       func(b *checkpoint.Block) { b.Height = 0 },
		"huge height":    func(b *checkpoint.Block) { b.Height = 1 << 63 },
		"zero hash":      func(b *checkpoint.Block) { b.Hash = [32]byte{} },
		"the year 10000": func(b *checkpoint.Block) { b.Time = 253402300800 },
	} {
		c := checkpoint.Checkpoint{Block: block()}
		change(&c.Block)
		var form *checkpoint.FormError
		if err := c.Sign(key(t, sign.Sr25519, "//Alice")); !errors.As(err, &form) || len(c.Signatures) != 0 {
			t.Errorf("%s: %v, %d signatures", name, err, len(c.Signatures))
		}
	}
	last := checkpoint.Checkpoint{Block: block()}
	last.Height, last.Time = 1<<63-1, 253402300799
	if err := last.Sign(key(t, sign.Sr25519, "//Alice")); err != nil {
		t.Fatal(err)
	}
	if got, err := checkpoint.Parse(last.String()); err != nil || got.Block != last.Block {
		t.Errorf("%+v, %v", got.Block, err)
	}
}

func TestCompare(t *testing.T) {
	var list checkpoint.Parties
	compare := func(a, b checkpoint.Checkpoint) (bool, error) {
		return checkpoint.Compare(a, b, list.Check(a), list.Check(b))
	}
	a := signed(t, block(), "//Alice")
	if agree, err := compare(a, signed(t, block(), "//BOB")); !agree || err != nil {
		t.Errorf("the same block: %v, %v", agree, err)
	}
	other := block()
	other.Hash[0]++
	_, err := compare(a, signed(t, other, "//BOB", "//Eve"))
	var conflict *checkpoint.ConflictError
	if !errors.As(err, &conflict) || conflict.Height != 1200 || conflict.A.Hash != a.Hash || conflict.B.Hash != other.Hash ||
		conflict.A.By != "signed by 1 unknown party" || conflict.B.By != "signed by 2 unknown parties" || conflict.Code() != "checkpoint_conflict" {
		t.Errorf("%v", err)
	}
	higher := block()
	higher.Height, higher.Hash, higher.Time = 1300, [32]byte{9}, block().Time+1200
	for _, pair := range [][2]checkpoint.Block{{block(), higher}, {higher, block()}} {
		if agree, err := compare(signed(t, pair[0], "//Alice"), signed(t, pair[1], "//BOB")); agree || err != nil {
			t.Errorf("different heights: %v, %v", agree, err)
		}
	}
	higher.Time = block().Time // cut off to the second
	for _, pair := range [][2]checkpoint.Block{{block(), higher}, {higher, block()}} {
		if agree, err := compare(signed(t, pair[0], "//Alice"), signed(t, pair[1], "//BOB")); agree || err != nil {
			t.Errorf("two heights in one second: %v, %v", agree, err)
		}
	}
	higher.Time = block().Time - 1
	sooner := block()
	sooner.Time++
	for name, b := range map[string]checkpoint.Block{"higher and older": higher, "two dates": sooner} {
		for _, pair := range [][2]checkpoint.Block{{block(), b}, {b, block()}} {
			var date *checkpoint.DateError
			if _, err := compare(signed(t, pair[0], "//Alice"), signed(t, pair[1], "//BOB")); !errors.As(err, &date) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	foreign := block()
	foreign.ChainID = "other-1"
	var chain *checkpoint.ChainError
	if _, err := compare(a, signed(t, foreign, "//BOB")); !errors.As(err, &chain) || chain.Got != "other-1" {
		t.Errorf("%v", err)
	}
}

func TestParties(t *testing.T) {
	alice, bob := key(t, sign.Sr25519, "//Alice").Account(), key(t, sign.Sr25519, "//Bob").Account()
	list, err := checkpoint.ParseParties(alice.String() + "=Ana Nguyễn," + bob.String() + "=Ben")
	if err != nil || len(list) != 2 || list[0] != (checkpoint.Party{Account: alice, Name: "Ana Nguyễn"}) || list[1].Name != "Ben" {
		t.Fatalf("%v, %v", list, err)
	}
	if name, known := list.Find(bob); !known || name != "Ben" {
		t.Error(name)
	}
	if list, err := checkpoint.ParseParties(""); err != nil || list != nil {
		t.Errorf("%v, %v", list, err)
	}
	for name, text := range map[string]string{
		"no name": alice.String(), "empty name": alice.String() + "=", "no address": "Ana", "long name": alice.String() + "=" + strings.Repeat("x", 33),
		"control": alice.String() + "=a\x00b", "twice": alice.String() + "=Ana," + alice.String() + "=Ben", "one name": alice.String() + "=Ana," + bob.String() + "=Ana",
		"space": alice.String() + "= Ana", "equal sign": alice.String() + "=a=b", "comma at the end": alice.String() + "=Ana,", "not UTF-8": alice.String() + "=\xff",
	} {
		var form *checkpoint.FormError
		if _, err := checkpoint.ParseParties(text); !errors.As(err, &form) {
			t.Errorf("%s: %v", name, err)
		}
	}
	full := checkpoint.Parties{}
	for i := range checkpoint.MaxParties {
		if full, err = full.Add(checkpoint.Party{Account: keys.Account{byte(i + 1)}, Name: strings.Repeat("n", 1+i%30) + string(rune('a'+i/30))}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := full.Add(checkpoint.Party{Account: alice, Name: "Zoe"}); err == nil {
		t.Error("a list without end")
	}
}
