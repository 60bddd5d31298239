package chain

import (
	"crypto/sha256"
	"errors"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// Producer is a block producer: an ed25519 key and its voting power.
type Producer struct {
	_      struct{} `cbor:",toarray"`
	PubKey [32]byte
	Power  int64
}

// Address is the first 20 bytes of SHA-256 of the public key, as headers and commits name producers.
func (p Producer) Address() [20]byte {
	sum := sha256.Sum256(p.PubKey[:])
	return [20]byte(sum[:20])
}

// Evidence convicts one producer of a double vote or of an attack on light clients, as the block's header binds it. An
// attack comes as one of these for each producer behind it, the most powerful first.
type Evidence struct {
	Address [20]byte // of the producer
	Height  uint64   // of the double vote, or from which the attack is judged
}

func producerKey(address [20]byte) ledger.Key { return ledger.TableProducer.Key().Bytes(address[:]) }

// Producers returns the block producers in the order of their addresses.
func Producers(r state.Reader) ([]Producer, error) {
	var all []Producer
	for e, err := range r.Iterate(ledger.TableProducer.Key(), nil) {
		if err != nil {
			return nil, err
		}
		var p Producer
		if err := codec.Decode(e.Value, &p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// Punished is the event ProducerRemoved: evidence has shown that a producer broke the rules.
type Punished struct {
	_       struct{} `cbor:",toarray"`
	Address [20]byte
	Height  uint64 // of the block that it is about
}

// errNoEvidenceFor is nothing to act on: the producer is gone already, or is the last one and a chain without
// producers would never make a block again.
var errNoEvidenceFor = errors.New("no such producer")

// punish removes the producers that the evidence convicts. Where it convicts all of them the last one named stays.
func punish(l *ledger.Ledger, evidence []Evidence) ([]Producer, error) {
	var updates []Producer
	for _, e := range evidence {
		p, err := convict(l, e)
		if err == errNoEvidenceFor {
			continue
		}
		if err != nil {
			return nil, err
		}
		updates = append(updates, p)
	}
	return updates, nil
}

func convict(l *ledger.Ledger, e Evidence) (Producer, error) {
	all, err := Producers(l)
	if err != nil {
		return Producer{}, err
	}
	for _, p := range all {
		if p.Address() != e.Address {
			continue
		}
		if len(all) == 1 {
			break
		}
		if err := l.Delete(producerKey(e.Address)); err != nil {
			return p, err
		}
		p.Power = 0
		return p, l.Emit("ProducerRemoved", Punished{Address: e.Address, Height: e.Height})
	}
	return Producer{}, errNoEvidenceFor
}
