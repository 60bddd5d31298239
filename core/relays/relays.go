// Package relays is the list of relays on chain, from which light nodes learn of others than the one that they came by.
//
// [Register] puts a relay on the list or renews it, [Unregister] takes it off, and [Expire] ends, at the end of every
// block, what nobody has renewed. [List] reads the list. A deposit is reserved as long as a relay is listed.
//
// A peer id is listed once, with one address and one owner. The relay's own key signs that it is to be that owner's at
// that address ([ProofPayload]): nobody lists somebody else's relay, and nobody keeps another from listing his own. That
// a relay is listed says nothing of what it does: a light node verifies all that it sends.
package relays

import (
	"encoding/binary"
	"fmt"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// MaxName is how many bytes the name of a relay has at most, all of them printable ASCII.
const MaxName = 32

// Relay is one relay on the list.
type Relay struct {
	_       struct{} `cbor:",toarray"`
	Owner   keys.Account
	Addr    string // multiaddr, ends in the peer id
	Name    string
	Since   uint64     // block since which it is listed without a gap
	Expires uint64     // block at whose end it leaves the list unless it is renewed
	Deposit tao.Amount // reserved of the owner
}

func relayKey(peer multiaddr.PeerID) ledger.Key { return ledger.TableRelay.Key().Bytes(peer[:]) }

// endKey is the index from blocks to the relays that leave the list at their end.
func endKey(block uint64, peer multiaddr.PeerID) ledger.Key {
	return ledger.TableRelayEnd.Key().U64(block).Bytes(peer[:])
}

func ownerKey(owner keys.Account) ledger.Key { return ledger.TableRelayOwner.Key().Account(owner) }

func totalKey() ledger.Key { return ledger.TableGlobal.Key().Byte(ledger.FieldRelays) }

// Get returns the relay with a peer id, and whether it is listed.
func Get(r state.Reader, peer multiaddr.PeerID) (relay Relay, ok bool, err error) {
	ok, err = ledger.Load(r, relayKey(peer), &relay)
	return relay, ok, err
}

// Count returns how many relays are listed.
func Count(r state.Reader) (uint64, error) { return count(r, totalKey()) }

// CountOf returns how many of them an account has listed.
func CountOf(r state.Reader, owner keys.Account) (uint64, error) { return count(r, ownerKey(owner)) }

func count(r state.Reader, key ledger.Key) (n uint64, err error) {
	_, err = ledger.Load(r, key, &n)
	return n, err
}

// add changes a count by one, up or down; a count of none is no entry.
func add(l *ledger.Ledger, key ledger.Key, up bool) error {
	n, err := count(l, key)
	switch {
	case err != nil:
		return err
	case up:
		n++
	case n == 0:
		return fmt.Errorf("state key %x: fewer relays than were listed", key)
	default:
		n--
	}
	if n == 0 {
		return l.Delete(key)
	}
	return l.Put(key, n)
}

// Entry is a relay with its peer id.
type Entry struct {
	Peer multiaddr.PeerID
	Relay
}

// List returns the relays in the order of their peer ids' bytes, from the given one on and at most limit, and where the
// next page begins, the zero id if there is none: its key signs nothing, so it is never listed.
func List(r state.Reader, from multiaddr.PeerID, limit int) (page []Entry, next multiaddr.PeerID, err error) {
	prefix := ledger.TableRelay.Key()
	for e, err := range r.Iterate(prefix, relayKey(from)) {
		if err != nil {
			return nil, next, err
		}
		if len(e.Key) != len(prefix)+len(from) {
			return nil, next, fmt.Errorf("state key %x: not a relay's", e.Key)
		}
		entry := Entry{Peer: multiaddr.PeerID(e.Key[len(prefix):])}
		if len(page) == limit {
			return page, entry.Peer, nil
		}
		if err := codec.Decode(e.Value, &entry.Relay); err != nil {
			return nil, next, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		page = append(page, entry)
	}
	return page, next, nil
}

// remove takes a relay off the list and frees its deposit.
func remove(l *ledger.Ledger, peer multiaddr.PeerID, r Relay) error {
	if err := l.Delete(relayKey(peer)); err != nil {
		return err
	}
	if err := l.Delete(endKey(r.Expires, peer)); err != nil {
		return err
	}
	for _, key := range []ledger.Key{ownerKey(r.Owner), totalKey()} {
		if err := add(l, key, false); err != nil {
			return err
		}
	}
	return account.Unreserve(l, r.Owner, r.Deposit)
}

// ExpirePerBlock is how many relays leave the list for their age at the end of one block. The others follow in the next
// ones, and stay on the list until then.
const ExpirePerBlock = 16

// Expire ends the relays that nobody has renewed; it runs once, when the block ends.
func Expire(l *ledger.Ledger) error {
	var due []multiaddr.PeerID
	prefix := ledger.TableRelayEnd.Key()
	for e, err := range l.Iterate(prefix, nil) {
		if err != nil {
			return err
		}
		const block = 8
		if len(e.Key) != len(prefix)+block+len(multiaddr.PeerID{}) {
			return fmt.Errorf("state key %x: not the end of a relay", e.Key)
		}
		rest := e.Key[len(prefix):]
		if len(due) == ExpirePerBlock || binary.BigEndian.Uint64(rest) > l.Height {
			break
		}
		due = append(due, multiaddr.PeerID(rest[block:]))
	}
	for _, peer := range due {
		r, ok, err := Get(l, peer)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("relays: %s is to end and isn't listed", peer)
		}
		if err := expire(l, peer, r); err != nil {
			return err
		}
	}
	return nil
}

func expire(l *ledger.Ledger, peer multiaddr.PeerID, r Relay) error {
	if err := remove(l, peer, r); err != nil {
		return err
	}
	return l.Emit("RelayExpired", Ended{Peer: peer, Owner: r.Owner, Deposit: r.Deposit})
}
