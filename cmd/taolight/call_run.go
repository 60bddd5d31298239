package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/tao"
)

// runCall reads the arguments, opens the wallets and sends the call.
func (a *app) runCall(cmd *cobra.Command, sp callSpec, call chain.Call, sg *signing, texts map[string]string) error {
	if sg.from == "" {
		who := "the wallet that pays"
		if call.Feeless {
			who = "the hotkey's wallet"
		}
		return usage(cmd, "--from is missing: name %s", who)
	}
	in := &callInput{app: a, texts: texts}
	me, err := a.identify(sg.from)
	wallet := err // said after what is wrong with the arguments
	in.signer = me.account
	if sp.shape != nil {
		if err := sp.shape(in); err != nil {
			return sp.explain(cmd, err)
		}
	}
	cosigner, err := a.cosigner(sp, in)
	if err != nil {
		return err
	}
	args, err := a.readArgs(sp, call, in, true)
	switch {
	case err != nil:
		return sp.explain(cmd, err)
	case wallet != nil:
		return wallet
	case sp.check != nil:
		if err := sp.check(me.account, args); err != nil {
			return err
		}
	}
	if !sg.dryRun {
		if me.key, err = a.signer(sg.from); err != nil {
			return err
		}
		if cosigner != nil && cosigner.key == nil {
			if cosigner.key, err = a.signer(cosigner.name); err != nil {
				return err
			}
		}
	}
	return a.send(cmd.Context(), sg, me, func(ctx context.Context, s *session) (order, error) {
		if sp.fill != nil {
			if err := sp.fill(ctx, s, in); err != nil {
				return order{}, err
			}
		}
		if cosigner != nil && cosigner.key != nil {
			if err := cosigner.sign(s.chain, in); err != nil {
				return order{}, err
			}
		}
		if sp.choose != nil {
			name, err := sp.choose(ctx, s, args)
			if err != nil {
				return order{}, err
			}
			call, _ = chain.LookupCall(name)
		}
		args, err := a.readArgs(sp, call, in, false)
		if err != nil {
			return order{}, sp.explain(cmd, err)
		}
		return orderOf(ctx, s, sp, call, me.account, args, in.note)
	})
}

// explain says which flag or argument an error is about.
func (sp *callSpec) explain(cmd *cobra.Command, err error) error {
	name := func(field string) string {
		field, rest, _ := strings.Cut(field, ".")
		if i := strings.IndexByte(field, '['); i >= 0 {
			field, rest = field[:i], field[i:]+"."+rest
		}
		if slices.Contains(strings.Fields(sp.args), field) {
			return strings.TrimRight(sp.argument(field)+" "+rest, " .")
		}
		return strings.TrimRight("--"+sp.flagOf(field)+" "+rest, " .")
	}
	var no *missing
	var bad *forms.Error
	switch {
	case errors.As(err, &no):
		return usage(cmd, "%s is missing", name(no.name))
	case errors.As(err, &bad) && bad.Reason == "is missing" && !strings.ContainsAny(bad.Path, ".["):
		return usage(cmd, "%s is missing", name(bad.Path))
	case errors.As(err, &bad):
		return fmt.Errorf("%s: %s", name(bad.Path), bad.Reason)
	}
	return err
}

// readArgs makes the call's arguments of texts. Early is before the chain was asked for what is left out.
func (a *app) readArgs(sp callSpec, call chain.Call, in *callInput, early bool) (any, error) {
	texts := map[string]string{}
	for field, text := range in.texts {
		texts[field] = text
	}
	if early {
		for _, field := range strings.Fields(sp.filled) {
			if _, given := texts[field]; !given {
				texts[field] = ""
			}
		}
	}
	for _, f := range forms.Fields(call.Args()) {
		text, given := texts[f.Name]
		if !given {
			continue
		}
		var err error
		switch {
		case f.Kind == "rao":
			var sum tao.Amount
			sum, err = tao.Parse(text)
			text = sum.String()
		case f.Name == "take":
			text, err = shareOf(text, share16)
		case strings.HasPrefix(text, "@") && (strings.HasSuffix(f.Kind, "JSON") || strings.HasSuffix(f.Kind, "call")):
			text, err = readArgument(text[1:])
		}
		if err != nil {
			return nil, &forms.Error{Path: f.Name, Reason: err.Error()}
		}
		texts[f.Name] = text
	}
	dst := reflect.New(reflect.TypeOf(call.Args()))
	if err := forms.Parse(dst.Interface(), texts, a.address); err != nil {
		return nil, err
	}
	if _, hasAll := texts["all"]; !hasAll || texts["all"] == "false" {
		if f := fieldOf(forms.Fields(call.Args()), "amount"); f != nil && texts["amount"] == "" {
			return nil, &missing{"amount"}
		}
	}
	return dst.Elem().Interface(), nil
}

func fieldOf(all []forms.Field, name string) *forms.Field {
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// maxArgument bounds a file that stands for an argument: a transaction holds less.
const maxArgument = 1 << 20

func readArgument(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxArgument+1))
	if err == nil && len(raw) > maxArgument {
		err = fmt.Errorf("%s: more than %d bytes", path, maxArgument)
	}
	return string(raw), err
}

// party is who signs: an account, and its key once the wallet is open.
type party struct {
	name    string
	account keys.Account
	scheme  sign.Scheme
	key     *sign.Key
}

// cosigner is the hotkey that signs for its owner, nil where none does. Its signature follows when the chain is known.
func (a *app) cosigner(sp callSpec, in *callInput) (*party, error) {
	if sp.cosigner == "" {
		return nil, nil
	}
	name, given := in.texts[sp.cosigner]
	in.texts["scheme"], in.texts["signature"] = "0", strings.Repeat("00", 64)
	if !given {
		return nil, nil // said where all arguments are read
	}
	p, err := a.identify(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sp.argument(sp.cosigner), err)
	}
	in.texts["scheme"] = fmt.Sprint(uint8(p.scheme))
	return &p, nil
}

// sign accepts the signer as the owner.
func (p *party) sign(chainID string, in *callInput) error {
	sig, err := p.key.Sign(stake.AssociationPayload(chainID, p.account, in.signer))
	in.texts["signature"] = fmt.Sprintf("%x", sig)
	return err
}
