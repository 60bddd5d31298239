// Package serving holds where neurons can be reached: the axon that answers requests, and the metrics.
//
// A hotkey announces itself with [ServeAxon] and [ServePrometheus]; [Axon] and [Prometheus] read what a uid has announced.
// The calls are without a fee, signed by a hotkey registered on the subnet, and invalid when a guard refuses them.
package serving

import (
	"fmt"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
)

// AxonInfo is the axon of a uid.
type AxonInfo struct {
	_            struct{} `cbor:",toarray"`
	Block        uint64   `json:"block"` // in which it was announced
	Version      uint32   `json:"version"`
	Address      Endpoint `json:"address"`
	Protocol     uint8    `json:"protocol"`
	Placeholder1 uint8    `json:"placeholder1"`
	Placeholder2 uint8    `json:"placeholder2"`
}

// PrometheusInfo is where the metrics of a uid are.
type PrometheusInfo struct {
	_       struct{} `cbor:",toarray"`
	Block   uint64   `json:"block"` // in which it was announced
	Version uint32   `json:"version"`
	Address Endpoint `json:"address"`
}

func key(id uint64, f subnet.Field, uid uint16) ledger.Key { return subnet.Key(id, f).U16(uid) }

// Axon returns the axon of a uid, and whether it has one.
func Axon(r state.Reader, id uint64, uid uint16) (a AxonInfo, ok bool, err error) {
	ok, err = ledger.Load(r, key(id, subnet.FieldAxon, uid), &a)
	return a, ok && !a.Address.nowhere(), err
}

// Prometheus returns where the metrics of a uid are, and whether it has any.
func Prometheus(r state.Reader, id uint64, uid uint16) (p PrometheusInfo, ok bool, err error) {
	ok, err = ledger.Load(r, key(id, subnet.FieldPrometheus, uid), &p)
	return p, ok, err
}

// ServeAxon announces where the signer's axon is. The address 0.0.0.0:0 withdraws it.
type ServeAxon struct {
	_            struct{} `cbor:",toarray"`
	Netuid       uint16   `json:"netuid"`
	Version      uint32   `json:"version"` // of the axon's program
	Address      Endpoint `json:"address"`
	Protocol     uint8    `json:"protocol"` // free to use, as are the placeholders
	Placeholder1 uint8    `json:"placeholder1"`
	Placeholder2 uint8    `json:"placeholder2"`
}

// ServePrometheus announces where the signer's metrics are.
type ServePrometheus struct {
	_       struct{} `cbor:",toarray"`
	Netuid  uint16   `json:"netuid"`
	Version uint32   `json:"version"`
	Address Endpoint `json:"address"`
}

// Cost is what each of the calls costs beyond its bytes.
var Cost = ledger.Cost{Keys: 6}

// Slot is what a mempool holds one of for each hotkey.
func (c ServeAxon) Slot() string { return fmt.Sprintf("serve_axon/%d", c.Netuid) }

// Slot is what a mempool holds one of for each hotkey.
func (c ServePrometheus) Slot() string { return fmt.Sprintf("serve_prometheus/%d", c.Netuid) }

// AxonServed is the event of an axon that was announced or, with a zero address and port, withdrawn.
type AxonServed struct {
	_       struct{} `cbor:",toarray"`
	Netuid  uint16
	UID     uint16
	Hotkey  keys.Account
	Address Endpoint
}

// PrometheusServed is the event of metrics that were announced.
type PrometheusServed struct {
	_       struct{} `cbor:",toarray"`
	Netuid  uint16
	UID     uint16
	Hotkey  keys.Account
	Address Endpoint
}

// Run executes the call for the hotkey signer. Refusals, in this order: NetworkDoesNotExist, NotRegistered,
// InvalidIpType, InvalidIpAddress, ServingRateLimitExceeded, InvalidPort.
func (c ServeAxon) Run(l *ledger.Ledger, signer keys.Account) error {
	m, err := enter(l, c.Netuid, signer)
	if err != nil {
		return err
	}
	last, _, err := Axon(l, m.id, m.uid)
	if err != nil {
		return err
	}
	if err := m.guard(c.Address, last.Block, c.Address.nowhere()); err != nil {
		return err
	}
	info := AxonInfo{Block: l.Height, Version: c.Version, Address: c.Address, Protocol: c.Protocol, Placeholder1: c.Placeholder1, Placeholder2: c.Placeholder2}
	if c.Address.nowhere() { // the block stays: coming and going is limited, too
		info = AxonInfo{Block: l.Height, Address: c.Address}
	}
	if err := l.Put(key(m.id, subnet.FieldAxon, m.uid), info); err != nil {
		return err
	}
	return l.Emit("AxonServed", AxonServed{Netuid: c.Netuid, UID: m.uid, Hotkey: signer, Address: c.Address})
}

// Run executes the call for the hotkey signer. Refusals are those of [ServeAxon]; its limit counts by itself.
func (c ServePrometheus) Run(l *ledger.Ledger, signer keys.Account) error {
	m, err := enter(l, c.Netuid, signer)
	if err != nil {
		return err
	}
	last, _, err := Prometheus(l, m.id, m.uid)
	if err != nil {
		return err
	}
	if err := m.guard(c.Address, last.Block, false); err != nil {
		return err
	}
	info := PrometheusInfo{Block: l.Height, Version: c.Version, Address: c.Address}
	if err := l.Put(key(m.id, subnet.FieldPrometheus, m.uid), info); err != nil {
		return err
	}
	return l.Emit("PrometheusServed", PrometheusServed{Netuid: c.Netuid, UID: m.uid, Hotkey: signer, Address: c.Address})
}

// member is a hotkey on a subnet that it is registered on.
type member struct {
	height uint64
	id     uint64
	uid    uint16
	limit  uint64
}

func enter(l *ledger.Ledger, netuid uint16, hotkey keys.Account) (member, error) {
	m := member{height: l.Height}
	s, err := subnet.Must(l, netuid)
	if err != nil {
		return m, err
	}
	m.id = s.ID
	uid, ok, err := subnet.UIDOf(l, s.ID, hotkey)
	if err != nil {
		return m, err
	}
	if !ok {
		return m, ledger.Refuse(ledger.NotRegistered, "the hotkey %s is not registered on subnet %d", hotkey, netuid)
	}
	m.uid = uid
	params, err := subnet.ReadParams(l, s.ID)
	m.limit = params.ServingRateLimit
	return m, err
}

// guard holds an announcement to the rules; last is the block of the one before, 0: none.
func (m member) guard(e Endpoint, last uint64, withdraw bool) error {
	if err := e.typed(); err != nil {
		return err
	}
	if !withdraw {
		if err := e.reachable(); err != nil {
			return err
		}
	}
	if last != 0 && m.height-last < m.limit {
		return ledger.Refuse(ledger.ServingRateLimitExceeded, "uid %d announced itself in block %d; the next time is from block %d", m.uid, last, last+m.limit)
	}
	if e.Port == 0 && !withdraw {
		return ledger.Refuse(ledger.InvalidPort, "nobody listens at port 0; take 1 to 65535")
	}
	return nil
}
