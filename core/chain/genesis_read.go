package chain

import (
	"bytes"
	"encoding/hex"
	"errors"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/strictjson"
	"github.com/taolight/taolight/core/tao"
)

// GenesisError says where a genesis file or a snapshot is wrong, and why.
type GenesisError strictjson.Error

// Error returns path, offset where it is known, and reason in one line.
func (e *GenesisError) Error() string { return "genesis: " + (*strictjson.Error)(e).Error() }

// genesisError makes the reader's error one of a genesis.
func genesisError(err error) error {
	var bad *strictjson.Error
	if errors.As(err, &bad) {
		return (*GenesisError)(bad)
	}
	return err
}

// specReader puts what it reads into a genesis and holds the whole to its rules.
type specReader struct {
	*strictjson.Reader
	genesis *Genesis
	sum     tao.Amount
	power   uint64
	seen    map[keys.Account]keys.Account // hotkey → its coldkey
	names   func(text string) (keys.Account, error)
	loose   bool // numbers, amounts and hyperparameters may stand as numbers or as strings of digits, and subnets need no name
}

// newSpecReader returns a reader that adds to g.
func newSpecReader(file []byte, g *Genesis) *specReader {
	seen := make(map[keys.Account]keys.Account, len(g.Stakes))
	for _, s := range g.Stakes {
		seen[s.Hotkey] = s.Coldkey
	}
	return &specReader{Reader: strictjson.NewReader(bytes.NewReader(file)), genesis: g, sum: g.Issuance(), seen: seen, names: keys.Parse}
}

// list reads up to max of one kind.
func (s *specReader) list(max int, read func() error) func() error {
	return func() error { return s.Array(max, func(int) error { return read() }) }
}

// pairs reads an object whose keys are addresses, each once.
func (s *specReader) pairs(read func(address keys.Account) error) func() error {
	return func() error {
		seen := map[keys.Account]bool{}
		return s.Map("an object of addresses", func(key string) error {
			address, err := s.names(key)
			if err != nil {
				return s.Fail("%v", err)
			}
			if seen[address] {
				return s.Fail("the same address twice")
			}
			seen[address] = true
			return read(address)
		})
	}
}

func (s *specReader) text(max int, out *string) func() error {
	return func() (err error) {
		*out, err = s.String(max)
		return err
	}
}

func (s *specReader) uint(max uint64, out *uint64) func() error {
	return func() (err error) {
		*out, err = s.number(max)
		return err
	}
}

// number reads a whole number from 0 to max.
func (s *specReader) number(max uint64) (uint64, error) {
	if s.loose {
		return s.UintOrText(max)
	}
	return s.Uint(max)
}

// uintFrom reads a whole number from min to max.
func (s *specReader) uintFrom(min, max uint64, out *uint64) func() error {
	return func() error {
		n, err := s.number(max)
		if err == nil && n < min {
			err = s.Fail("%d: want a whole number from %d to %d", n, min, max)
		}
		*out = n
		return err
	}
}

func (s *specReader) hex(out []byte) func() error {
	return func() error {
		text, err := s.String(strictjson.MaxString)
		if err != nil {
			return err
		}
		b, err := hex.DecodeString(text)
		if err != nil || len(b) != len(out) {
			return s.Fail("%.80q: want %d hex digits", text, 2*len(out))
		}
		copy(out, b)
		return nil
	}
}

func (s *specReader) account(out *keys.Account) error {
	text, err := s.String(strictjson.MaxString)
	if err != nil {
		return err
	}
	if *out, err = s.names(text); err != nil {
		return s.Fail("%v", err)
	}
	return nil
}

// amount reads rao, a decimal string.
func (s *specReader) amount(out *tao.Amount) error {
	if s.loose {
		n, err := s.UintOrText(uint64(tao.Cap))
		*out = tao.Amount(n)
		return err
	}
	text, err := s.String(strictjson.MaxString)
	if err != nil {
		return err
	}
	if err := out.UnmarshalText([]byte(text)); err != nil {
		return s.Fail("%v", err)
	}
	return nil
}
