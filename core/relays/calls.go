package relays

import (
	"encoding/binary"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/tao"
	"golang.org/x/crypto/blake2b"
)

// Register lists a relay of the signer's for Params.RelayPeriod blocks, or renews it: the address and the name are then
// those of the new call, and the deposit what a new one takes.
type Register struct {
	_     struct{} `cbor:",toarray"`
	Addr  string   `json:"addr"`  // multiaddr, see [multiaddr.Parse]
	Name  string   `json:"name"`  // may be empty
	Until uint64   `json:"until"` // last block in which the proof is good
	Proof [64]byte `json:"proof"` // the relay key's signature over [ProofPayload]
}

// Unregister takes a relay of the signer's off the list and frees its deposit.
type Unregister struct {
	_    struct{}         `cbor:",toarray"`
	Peer multiaddr.PeerID `json:"peer"`
}

// What the calls cost beyond their bytes. At worst a relay comes in the place of an expired one of somebody else: its
// record, two ends, two owners' counts and accounts, the total.
var (
	RegisterCost   = ledger.Cost{Keys: 8, Signatures: 1}
	UnregisterCost = ledger.Cost{Keys: 5}
)

// Registered is the event RelayRegistered.
type Registered struct {
	_       struct{} `cbor:",toarray"`
	Peer    multiaddr.PeerID
	Owner   keys.Account
	Addr    string
	Name    string
	Expires uint64
	Deposit tao.Amount
}

// Ended is the event RelayUnregistered, and RelayExpired.
type Ended struct {
	_       struct{} `cbor:",toarray"`
	Peer    multiaddr.PeerID
	Owner   keys.Account
	Deposit tao.Amount
}

// ProofDomain is the domain of the payload that a relay's key signs to be listed.
const ProofDomain = "taolight-relay"

// ProofPayload is what the key of a relay signs so that owner may list it at addr on one chain, up to and in block until.
func ProofPayload(chainID string, owner keys.Account, addr string, until uint64) []byte {
	b := append([]byte{byte(len(chainID))}, chainID...)
	b = binary.BigEndian.AppendUint64(append(b, owner[:]...), until)
	return sign.Payload(ProofDomain, blake2b.Sum256(append(b, addr...)))
}

// Run executes the call for signer. Refusals, in this order: InvalidRelayAddress, InvalidRelayName, RelayProofExpired,
// RelayOfAnother, TooManyRelays, RelayListFull, InvalidRelayProof, InsufficientBalance, ExistentialDeposit.
func (c Register) Run(l *ledger.Ledger, signer keys.Account) error {
	at, err := multiaddr.Parse(c.Addr)
	if err != nil {
		return ledger.Refuse(ledger.InvalidRelayAddress, "%v", err)
	}
	if err := checkName(c.Name); err != nil {
		return err
	}
	if c.Until < l.Height {
		return ledger.Refuse(ledger.RelayProofExpired, "the relay's proof is good until block %d, this is block %d; make another", c.Until, l.Height)
	}
	r, listed, err := Get(l, at.Peer)
	if err != nil {
		return err
	}
	if listed && r.Owner != signer {
		if r.Expires > l.Height {
			return ledger.Refuse(ledger.RelayOfAnother, "%s is listed by %s until block %d", at.Peer, r.Owner, r.Expires)
		}
		if err := expire(l, at.Peer, r); err != nil { // it is over, only the sweep hasn't come to it
			return err
		}
		r, listed = Relay{}, false
	}
	if !listed {
		if err := room(l, signer); err != nil {
			return err
		}
	}
	if !c.proves(l.ChainID, at.Peer, signer) {
		return ledger.Refuse(ledger.InvalidRelayProof, "the key of %s did not sign that %s may list it at this address on %s until block %d", at.Peer, signer, l.ChainID, c.Until)
	}
	return c.list(l, at.Peer, signer, r, listed)
}

// checkName refuses names that are too long or not all printable.
func checkName(name string) error {
	if n := len(name); n > MaxName {
		return ledger.Refuse(ledger.InvalidRelayName, "a name of %d bytes; at most %d are allowed", n, MaxName)
	}
	for i := range len(name) {
		if b := name[i]; b < ' ' || b > '~' {
			return ledger.Refuse(ledger.InvalidRelayName, "byte %d of the name is 0x%02x; printable ASCII is allowed", i, b)
		}
	}
	return nil
}

// room refuses one more relay of owner's.
func room(l *ledger.Ledger, owner keys.Account) error {
	mine, err := CountOf(l, owner)
	if err != nil {
		return err
	}
	if most := l.Params.RelaysPerOwner; mine >= most {
		return ledger.Refuse(ledger.TooManyRelays, "%s has listed %d relays; at most %d are allowed", owner, mine, most)
	}
	all, err := Count(l)
	if err != nil {
		return err
	}
	if most := l.Params.RelayLimit; all >= most {
		return ledger.Refuse(ledger.RelayListFull, "%d relays are listed, the most that are allowed; there is room when one of them ends", all)
	}
	return nil
}

func (c Register) proves(chainID string, peer multiaddr.PeerID, owner keys.Account) bool {
	return sign.Verify(sign.Check{
		Scheme: sign.Ed25519, Account: keys.Account(peer), Message: ProofPayload(chainID, owner, c.Addr, c.Until), Signature: c.Proof,
	})
}

// list writes the relay over what was listed before.
func (c Register) list(l *ledger.Ledger, peer multiaddr.PeerID, owner keys.Account, r Relay, listed bool) (err error) {
	had := r.Deposit
	if listed {
		err = l.Delete(endKey(r.Expires, peer))
	} else {
		r.Since = l.Height
		if err = add(l, ownerKey(owner), true); err == nil {
			err = add(l, totalKey(), true)
		}
	}
	if err != nil {
		return err
	}
	r.Owner, r.Addr, r.Name, r.Expires, r.Deposit = owner, c.Addr, c.Name, l.Height+l.Params.RelayPeriod, l.Params.RelayDeposit
	if r.Deposit > had {
		err = account.Reserve(l, owner, r.Deposit-had, ledger.InsufficientBalance)
	} else {
		err = account.Unreserve(l, owner, had-r.Deposit)
	}
	if err != nil {
		return err
	}
	if err := l.Put(relayKey(peer), r); err != nil {
		return err
	}
	if err := l.Put(endKey(r.Expires, peer), true); err != nil {
		return err
	}
	return l.Emit("RelayRegistered", Registered{Peer: peer, Owner: owner, Addr: r.Addr, Name: r.Name, Expires: r.Expires, Deposit: r.Deposit})
}

// Run executes the call for signer. Refusals: RelayNotFound, RelayOfAnother.
func (c Unregister) Run(l *ledger.Ledger, signer keys.Account) error {
	r, listed, err := Get(l, c.Peer)
	switch {
	case err != nil:
		return err
	case !listed:
		return ledger.Refuse(ledger.RelayNotFound, "no relay %s is listed", c.Peer)
	case r.Owner != signer:
		return ledger.Refuse(ledger.RelayOfAnother, "%s is listed by %s, who alone can take it off the list", c.Peer, r.Owner)
	}
	if err := remove(l, c.Peer, r); err != nil {
		return err
	}
	return l.Emit("RelayUnregistered", Ended{Peer: c.Peer, Owner: signer, Deposit: r.Deposit})
}
