package market

import (
	"errors"
	"fmt"
	"slices"

	"github.com/taolight/taolight/core/batch"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/weights"
)

// Ask runs a query such as metagraph@1 over one state and reads its answer into to.
type Ask func(program string, args, to any) error

// Moves returns the transactions that the simulated users make on the state after block height, signed and encoded. A
// subnet that the simulation does not know is left alone, as is a validator that is no member or has no permit.
func (m *Market) Moves(height uint64, ask Ask) ([][]byte, error) {
	var all view.Subnets
	if err := ask(chain.SubnetsQuery, chain.None{}, &all); err != nil {
		return nil, err
	}
	var out [][]byte
	var errs []error
	for _, s := range all.Subnets {
		var g view.Metagraph
		columns := chain.MetagraphArgs{Netuid: s.Netuid, Select: []string{"hotkeys", "last_update", "validator_permit"}}
		if err := ask("metagraph@1", columns, &g); err != nil {
			return nil, err
		}
		txs, err := m.validate(height, ask, g)
		out, errs = append(out, txs...), append(errs, err)
		if tx, err := m.join(height, ask, g); err != nil {
			errs = append(errs, err)
		} else if tx != nil {
			out = append(out, tx)
		}
	}
	return out, errors.Join(errs...)
}

// validate lets the validators of a subnet do what is due in its epoch. They come one after the other: validator v in the
// v-th block after the first, so that one can be seen to follow the other. At an epoch's end they wait, as what they send
// then may be held by a block of the next one.
func (m *Market) validate(height uint64, ask Ask, g view.Metagraph) (out [][]byte, err error) {
	since := height - g.Last
	if since+late > uint64(g.Tempo) {
		return nil, nil
	}
	secret, asked := false, false
	for uid, hotkey := range g.Hotkeys {
		s := seat{g.Netuid, hotkey}
		v, ok := m.validators[hotkey]
		if !ok || since <= uint64(v) || m.acted[s] > 0 && height < m.acted[s]+late {
			continue
		}
		if !asked {
			if secret, err = m.secret(ask, g.Netuid); err != nil {
				return out, err
			}
			asked = true
		}
		call, args := m.due(v, s, uid, height, secret, g)
		if call == "" {
			continue
		}
		m.acted[s] = height
		tx, err := m.free(height, ask, hotkey, call, args)
		if err != nil {
			return out, err
		}
		out = append(out, tx)
	}
	return out, nil
}

// late is how many blocks it may take until the state shows what was submitted.
const late = 3

// due is what a validator does next, nothing when it has done all for this epoch.
func (m *Market) due(v int, s seat, uid int, height uint64, secret bool, g view.Metagraph) (call string, args any) {
	kept, ok := m.sealed[s]
	switch {
	case ok && kept.epoch+1 == g.Epochs && g.ValidatorPermit[uid]:
		delete(m.sealed, s)
		o := kept.opening
		return "reveal_weights", weights.Reveal{Netuid: g.Netuid, UIDs: o.UIDs, Values: o.Values, Salt: o.Salt, Version: o.Version}
	case g.Last > 0 && g.LastUpdate[uid] > g.Last, height < g.LastUpdate[uid]+rest:
		return "", nil
	case secret:
		o := m.row(v, g, height)
		o.Salt = m.salt(v, g.Netuid, height)
		m.sealed[s] = promise{epoch: g.Epochs, opening: o}
		return "commit_weights", weights.Commit{Netuid: g.Netuid, Hash: weights.Seal(s.hotkey, g.Netuid, o)}
	case g.ValidatorPermit[uid]: // permits come with the first epoch
		o := m.row(v, g, height)
		return "set_weights", weights.Set{Netuid: g.Netuid, UIDs: o.UIDs, Values: o.Values}
	}
	return "", nil
}

// rest is how many blocks a validator rests between two rows at least: the subnets' weights_rate_limit.
const rest = 4

func (m *Market) secret(ask Ask, netuid uint16) (bool, error) {
	var h view.Hyperparameters
	if err := ask("hyperparameters@1", chain.Netuid{Netuid: netuid}, &h); err != nil {
		return false, err
	}
	for _, p := range h.Values {
		if p.Name == "commit_reveal_weights_enabled" {
			return p.Value == "1", nil
		}
	}
	return false, fmt.Errorf("market: subnet %d does not say whether weights are committed to", netuid)
}

// row is what validator v says of all members of a subnet that don't validate.
func (m *Market) row(v int, g view.Metagraph, height uint64) (o weights.Opening) {
	for uid, hotkey := range g.Hotkeys {
		if _, ok := m.validators[hotkey]; ok || m.guests[hotkey] {
			continue
		}
		o.UIDs = append(o.UIDs, uint16(uid))
		o.Values = append(o.Values, m.score(v, g.Netuid, hotkey, height))
	}
	return o
}

func (m *Market) salt(v int, netuid uint16, height uint64) []uint16 {
	salt := make([]uint16, 8)
	for i := range salt {
		salt[i] = uint16(m.draw(1<<16, uint64(i), uint64(v), uint64(netuid), height))
	}
	return salt
}

// join registers the next newcomer, every now and then and on one subnet after the other.
func (m *Market) join(height uint64, ask Ask, g view.Metagraph) ([]byte, error) {
	turn := int(height / joinEvery)
	if height%joinEvery != joinEvery/2 || (turn%len(plan))+1 != int(g.Netuid) {
		return nil, nil
	}
	hotkey := m.hotkeys[len(plan)*perSubnet+turn%newcomers]
	if slices.Contains(g.Hotkeys, hotkey) {
		return nil, nil
	}
	var a view.Account
	if err := ask(chain.AccountQuery, chain.AccountArgs{Address: m.coldkey.Account()}, &a); err != nil {
		return nil, err
	}
	var h view.Hotkey
	if err := ask("hotkey@1", chain.HotkeyArgs{Hotkey: hotkey}, &h); err != nil {
		return nil, err
	}
	register := registration.BurnedRegister{Netuid: g.Netuid, Hotkey: hotkey}
	if h.Exists { // it was here before
		return m.sign(height, m.coldkey, a.Nonce, "burned_register", register)
	}
	signature, err := m.signers[hotkey].Sign(stake.AssociationPayload(m.chainID, hotkey, m.coldkey.Account()))
	if err != nil {
		return nil, err
	}
	associate := stake.AssociateHotkey{Hotkey: hotkey, Scheme: m.signers[hotkey].Scheme(), Signature: signature}
	both := batch.Batch{Calls: []ledger.Nested{{Call: "associate_hotkey", Args: codec.MustEncode(associate)}, {Call: "burned_register", Args: codec.MustEncode(register)}}}
	return m.sign(height, m.coldkey, a.Nonce, "batch", both)
}

// free makes a transaction of a hotkey, which costs no fee.
func (m *Market) free(height uint64, ask Ask, hotkey keys.Account, call string, args any) ([]byte, error) {
	var h view.Hotkey
	if err := ask("hotkey@1", chain.HotkeyArgs{Hotkey: hotkey}, &h); err != nil {
		return nil, err
	}
	return m.sign(height, m.signers[hotkey], h.Nonce, call, args)
}

// validity is how many blocks a transaction may wait.
const validity = 8

func (m *Market) sign(height uint64, signer *sign.Key, nonce uint64, call string, args any) ([]byte, error) {
	raw, err := codec.Encode(args)
	if err != nil {
		return nil, err
	}
	body := chain.Body{Signer: signer.Account(), Scheme: signer.Scheme(), Nonce: nonce, ValidUntil: height + validity, Call: call, Args: raw}
	return body.Sign(m.chainID, signer)
}
