package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/blake2b"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/weights"
)

// callInput is what was given for a call: texts by field, or by name of an extra flag.
type callInput struct {
	app    *app
	names  forms.Names // of accounts; the app's where it is nil
	signer keys.Account
	texts  map[string]string
	note   [][2]string // what the person has to keep
	relay  *sign.Key   // of the node that is listed; nil where it has signed already
}

func (in *callInput) address(text string) (keys.Account, error) {
	if in.names != nil {
		return in.names(text)
	}
	return in.app.address(text)
}

// take returns a text and removes it.
func (in *callInput) take(name string) (text string, given bool) {
	text, given = in.texts[name]
	delete(in.texts, name)
	return text, given
}

func checkTransfer(signer keys.Account, args any) error {
	if t := args.(account.Transfer); t.All && t.To == signer {
		return errors.New("sending everything to the same address only costs the fee: name another recipient")
	}
	return nil
}

// hashNewColdkey makes the hash that an announcement tells.
func hashNewColdkey(in *callInput) error {
	text, given := in.take("new")
	if _, hashed := in.texts["hash"]; hashed == given {
		return &missing{"new"}
	} else if hashed {
		return nil
	}
	address, err := in.address(text)
	if err != nil {
		return &forms.Error{Path: "new", Reason: err.Error()}
	}
	if address == in.signer {
		return &forms.Error{Path: "new", Reason: fmt.Sprintf("%s is the coldkey that is to be swapped: name another", address)}
	}
	hash := blake2b.Sum256(address[:])
	in.texts["hash"] = hex.EncodeToString(hash[:])
	return nil
}

// wide is the denominator of shares of 64 bits.
var wide = new(big.Int).SetUint64(1<<64 - 1)

// shareOf reads a share: a percentage, or a whole number of the denominator. What doesn't fit is rounded down.
func shareOf(text string, of *big.Int) (string, error) {
	percent, isPercent := strings.CutSuffix(strings.TrimSpace(text), "%")
	if !isPercent {
		return text, nil
	}
	r, ok := decimal(percent)
	if !ok || r.Cmp(big.NewRat(100, 1)) > 0 {
		return "", fmt.Errorf("%.40q: want a percentage from 0%% to 100%%", text)
	}
	n := new(big.Int).Mul(r.Num(), of)
	return n.Quo(n, new(big.Int).Mul(r.Denom(), big.NewInt(100))).String(), nil
}

// share16 is the denominator of shares of 16 bits.
var share16 = big.NewInt(65_535)

// decimal reads a number such as 0.25 exactly.
func decimal(text string) (*big.Rat, bool) {
	if text == "" || len(text) > 40 || strings.Trim(text, "0123456789.") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func shapeChildren(in *callInput) error {
	children, given := in.take("children")
	if !given {
		return &missing{"children"}
	}
	proportions, _ := in.take("proportions")
	type link struct {
		Proportion string `json:"proportion"`
		Hotkey     string `json:"hotkey"`
	}
	links := []link{}
	hotkeys, shares := items(children), items(proportions)
	if len(hotkeys) != len(shares) {
		return fmt.Errorf("%d children and %d proportions: give one proportion for each child", len(hotkeys), len(shares))
	}
	for i, h := range hotkeys {
		share, err := shareOf(shares[i], wide)
		if err != nil {
			return &forms.Error{Path: "proportions", Reason: err.Error()}
		}
		if _, err := strconv.ParseUint(share, 10, 64); err != nil {
			return &forms.Error{Path: "proportions", Reason: fmt.Sprintf("%.40q: want a share such as 25%%, or a whole number of 2^64-1", share)}
		}
		links = append(links, link{share, h})
	}
	in.texts["children"] = toJSON(links)
	return nil
}

func items(list string) []string {
	if strings.TrimSpace(list) == "" {
		return nil
	}
	all := strings.Split(list, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error() // no JSON; it is refused where it is read
	}
	return string(b)
}

var groupFlags = []extraFlag{
	{"signatories", "LIST", "addresses of the group's members, separated by commas; yourself may be among them"},
	{"threshold", "N", "how many must approve"},
}

// shapeGroup makes a group of members and threshold; the chain wants the others sorted and without the signer.
func shapeGroup(in *callInput) error {
	list, given := in.take("signatories")
	if !given {
		return &missing{"signatories"}
	}
	threshold, given := in.take("threshold")
	if !given {
		return &missing{"threshold"}
	}
	if _, err := strconv.ParseUint(threshold, 10, 16); err != nil {
		return &forms.Error{Path: "threshold", Reason: fmt.Sprintf("%.40q: want a whole number from 0 to 65535", threshold)}
	}
	others := []keys.Account{}
	for _, text := range items(list) {
		address, err := in.address(text)
		if err != nil {
			return &forms.Error{Path: "signatories", Reason: err.Error()}
		}
		if address != in.signer {
			others = append(others, address)
		}
	}
	slices.SortFunc(others, func(a, b keys.Account) int { return bytes.Compare(a[:], b[:]) })
	in.texts["group"] = toJSON(struct {
		Threshold string         `json:"threshold"`
		Others    []keys.Account `json:"other_signatories"`
	}{threshold, slices.Compact(others)})
	return nil
}

// scaleWeights lets a row be written with decimals.
func scaleWeights(in *callInput) (err error) {
	if text, given := in.texts["values"]; given {
		if in.texts["values"], err = scaled(text); err != nil {
			return &forms.Error{Path: "values", Reason: err.Error()}
		}
	}
	return nil
}

// scaled writes a row whose entries are not all whole numbers of 16 bits as one whose largest entry is 65535.
func scaled(list string) (string, error) {
	row := make([]*big.Rat, 0, 16)
	largest, small := new(big.Rat), true
	for _, text := range items(list) {
		r, ok := decimal(text)
		if !ok {
			return "", fmt.Errorf("%.40q is no number", text)
		}
		row = append(row, r)
		small = small && r.IsInt() && r.Cmp(big.NewRat(65_535, 1)) <= 0
		if r.Cmp(largest) > 0 {
			largest = r
		}
	}
	out := make([]string, len(row))
	for i, r := range row {
		if !small {
			r = new(big.Rat).Quo(new(big.Rat).Mul(r, big.NewRat(65_535, 1)), largest)
		}
		out[i] = r.FloatString(0) // rounds halves away from zero
	}
	return strings.Join(out, ","), nil
}

// sealWeights makes the hash to commit to, and says what the reveal needs.
func sealWeights(in *callInput) error {
	uids, haveRow := in.take("uids")
	values, _ := in.take("weights")
	salt, salted := in.take("salt")
	version, _ := in.take("version-key")
	if _, hashed := in.texts["hash"]; hashed {
		if haveRow {
			return errors.New("--hash is of a row that was sealed elsewhere: give it without --uids, or leave it out")
		}
		return nil
	}
	if !haveRow {
		return &missing{"uids"}
	}
	switch {
	case !salted && in.names != nil:
		return &missing{"salt"} // nobody would be told a random one
	case !salted:
		salt = freshSalt()
	}
	values, err := scaled(values)
	if err != nil {
		return &forms.Error{Path: "weights", Reason: err.Error()}
	}
	var o weights.Opening
	for _, l := range []struct {
		flag, text string
		at         *[]uint16
	}{{"uids", uids, &o.UIDs}, {"weights", values, &o.Values}, {"salt", salt, &o.Salt}} {
		for _, text := range items(l.text) {
			n, err := strconv.ParseUint(text, 10, 16)
			if err != nil {
				return &forms.Error{Path: l.flag, Reason: fmt.Sprintf("%.40q: want whole numbers from 0 to 65535", text)}
			}
			*l.at = append(*l.at, uint16(n))
		}
	}
	if len(o.UIDs) != len(o.Values) {
		return fmt.Errorf("%d uids and %d weights: give one weight for each uid", len(o.UIDs), len(o.Values))
	}
	if version != "" {
		if o.Version, err = strconv.ParseUint(version, 10, 64); err != nil {
			return &forms.Error{Path: "version-key", Reason: fmt.Sprintf("%.40q is no whole number", version)}
		}
	}
	netuid, err := strconv.ParseUint(in.texts["netuid"], 10, 16)
	if err != nil {
		return nil // said where all fields are read
	}
	in.texts["hash"] = weights.Seal(in.signer, uint16(netuid), o).String()
	in.note = [][2]string{{"uids", uids}, {"weights", values}, {"salt", salt}, {"version-key", strconv.FormatUint(o.Version, 10)}}
	return nil
}

// freshSalt is as many random numbers as a commit needs to be safe from guessing.
func freshSalt() string {
	var b [16]byte
	rand.Read(b[:])
	all := make([]string, 8)
	for i := range all {
		all[i] = strconv.Itoa(int(binary.LittleEndian.Uint16(b[2*i:])))
	}
	return strings.Join(all, ",")
}

// chooseTake says whether a take is raised or lowered.
func chooseTake(ctx context.Context, s *session, args any) (string, error) {
	c := args.(stake.IncreaseTake)
	now, err := ask[view.Hotkey](ctx, s, "hotkey@1", chain.HotkeyArgs{Hotkey: c.Hotkey})
	switch {
	case err != nil:
		return "", err
	case now.Value().Delegate && now.Value().Take == c.Take:
		return "", fmt.Errorf("the take of %s is %s (%d/65535) already: name another", c.Hotkey, shareText(c.Take), c.Take)
	case c.Take < now.Value().Take:
		return "decrease_take", nil
	}
	return "increase_take", nil
}

// fillIdentity leaves what isn't named as it is.
func fillIdentity(ctx context.Context, s *session, in *callInput) error {
	n, err := strconv.ParseUint(in.texts["netuid"], 10, 16)
	if err != nil {
		return err
	}
	now, err := ask[view.SubnetDetail](ctx, s, "subnet@1", netuidArgs(uint16(n)))
	if err != nil {
		return err
	}
	v := now.Value()
	for name, text := range map[string]string{"name": v.Subnet.Name, "url": v.URL, "contact": v.Contact, "description": v.Description} {
		if _, given := in.texts[name]; !given {
			in.texts[name] = text
		}
	}
	return nil
}
