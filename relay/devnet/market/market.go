// Package market is a simulation that keeps a local chain alive: simulated validators and miners for a local chain.
//
// [Add] puts four subnets with their members into a genesis; [New] and [Market.Run] then play validators and newcomers on
// the running chain. They are users like all others: what they do are signed transactions that the relay checks like
// anybody's, and they read nothing but proven answers of its queries. Nothing in the chain knows of them.
//
// Miners do no work. Each has a quality that is written down here, validators score it with some noise, and everything
// else follows from the chain's rules: consensus, incentives, dividends, who is replaced. The noise is a function of
// the chain's id and the block alone, so that one chain always sees the same scores. A hotkey that is not simulated
// gets an average score, so that whoever registers one earns something.
//
// The simulated keys are development keys, which everybody knows: the validators //validator/1 to 16 of
// //validator, and the miners //miner/1 and up of //miner.
package market

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"golang.org/x/crypto/blake2b"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/weights"
)

// Coldkeys of the simulation.
const (
	ValidatorsColdkey = "//validator"
	MinersColdkey     = "//miner"
)

// Guests are development hotkeys that are members of the first two subnets and have no part in the simulation, for a
// person to set weights with.
var Guests = []string{"//Alice//hotkey", "//Bob//hotkey"}

// validators are the simulated validators of each subnet: what they have staked at genesis, and how far their scores are
// off at most, in thousandths.
var validators = []struct {
	stake tao.Amount
	noise int
}{{6000 * tao.TAO, 40}, {4000 * tao.TAO, 80}, {2500 * tao.TAO, 120}, {1500 * tao.TAO, 400}}

const (
	perSubnet = 6   // miners of each subnet at genesis
	newcomers = 160 // miners that register one after the other, and then from the first again
	joinEvery = 45  // blocks from newcomer to newcomer
)

// Market plays the simulated validators and newcomers of one chain. It belongs to one goroutine.
type Market struct {
	chainID    string
	seed       [32]byte
	validators map[keys.Account]int  // place in validators
	guests     map[keys.Account]bool // left to people
	miners     map[keys.Account]int  // number, from 1
	hotkeys    []keys.Account        // of the miners, number 1 first
	signers    map[keys.Account]*sign.Key
	coldkey    *sign.Key // of the miners

	sealed map[seat]promise
	acted  map[seat]uint64 // block on whose state a validator last did something
}

// seat is a validator on a subnet.
type seat struct {
	netuid uint16
	hotkey keys.Account
}

// promise is a row that was committed to in an epoch. It is kept in memory: when the process ends before the row is
// revealed, the commit expires, as it does for any validator that forgets.
type promise struct {
	epoch   uint64
	opening weights.Opening
}

// New returns the simulation of a chain.
func New(chainID string) (*Market, error) {
	m := &Market{
		chainID: chainID, seed: blake2b.Sum256([]byte("taolight market " + chainID)),
		validators: map[keys.Account]int{}, guests: map[keys.Account]bool{}, miners: map[keys.Account]int{}, signers: map[keys.Account]*sign.Key{},
		sealed: map[seat]promise{}, acted: map[seat]uint64{},
	}
	derive, err := deriver()
	if err != nil {
		return nil, err
	}
	if m.coldkey, err = derive(MinersColdkey); err != nil {
		return nil, err
	}
	for i := range len(plan) * len(validators) {
		k, err := derive(validatorURI(i))
		if err != nil {
			return nil, err
		}
		m.validators[k.Account()], m.signers[k.Account()] = i%len(validators), k
	}
	for _, uri := range Guests {
		k, err := derive(uri)
		if err != nil {
			return nil, err
		}
		m.guests[k.Account()] = true
	}
	for i := 1; i <= len(plan)*perSubnet+newcomers; i++ {
		k, err := derive(minerURI(i))
		if err != nil {
			return nil, err
		}
		m.miners[k.Account()], m.signers[k.Account()] = i, k
		m.hotkeys = append(m.hotkeys, k.Account())
	}
	return m, nil
}

func validatorURI(i int) string { return fmt.Sprintf("%s/%d", ValidatorsColdkey, i+1) }
func minerURI(i int) string     { return fmt.Sprintf("%s/%d", MinersColdkey, i) }

// deriver makes development keys by their paths. It stretches the phrase once, which is most of the work for a key.
func deriver() (func(path string) (*sign.Key, error), error) {
	seed, err := sign.SeedOfMnemonic(sign.DevPhrase, "")
	if err != nil {
		return nil, err
	}
	root := "0x" + hex.EncodeToString(seed[:])
	return func(path string) (*sign.Key, error) { return sign.FromURI(root + path) }, nil
}

// draw is a number below n that depends on the chain and the arguments alone.
func (m *Market) draw(n uint64, of ...uint64) uint64 {
	b := m.seed[:]
	for _, v := range of {
		b = binary.BigEndian.AppendUint64(b[:len(b):len(b)], v)
	}
	hash := blake2b.Sum256(b)
	return binary.BigEndian.Uint64(hash[:]) % n
}
