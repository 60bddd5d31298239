package light

import (
	"bytes"
	"fmt"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/taolight/taolight/core/wire"
)

// MaxValidators is how many producers a decoded block may have; CometBFT itself stops there.
const MaxValidators = 10_000

// DecodeLightBlock reads the protobuf of CometBFT's LightBlock, at most [wire.MaxLightBlock] bytes. It accepts only what
// CometBFT writes for a block whose shape is right: unknown, repeated or misplaced fields, padded integers, wrong
// lengths, keys that don't belong to their address, a producer listed twice are all refused with [DecodeError]. It
// checks no signature and no hash.
func DecodeLightBlock(proto []byte) (*LightBlock, error) {
	if len(proto) > wire.MaxLightBlock {
		return decodeOwned(proto) // refused: no need to copy
	}
	return decodeOwned(bytes.Clone(proto))
}

// decodeOwned is [DecodeLightBlock] for bytes that nobody will change: the block's fields are slices of them.
func decodeOwned(proto []byte) (*LightBlock, error) {
	if len(proto) > wire.MaxLightBlock {
		return nil, &DecodeError{Path: "light block", Reason: fmt.Sprintf("%d bytes, at most %d", len(proto), wire.MaxLightBlock)}
	}
	block := new(LightBlock)
	err := walk(proto, "light block", "bb", func(n protowire.Number, _ uint64, p []byte) error {
		if n == 1 {
			return block.decodeSigned(p)
		}
		return block.Validators.decode(p)
	})
	if err != nil {
		return nil, err
	}
	if err := block.checkShape(); err != nil {
		return nil, &DecodeError{Path: "light block", Reason: err.Error()}
	}
	if !bytes.Equal(block.Append(make([]byte, 0, len(proto))), proto) {
		return nil, &DecodeError{Path: "light block", Reason: "not the canonical encoding"}
	}
	return block, nil
}

// DecodeHeader reads the protobuf of CometBFT's Header on its own, as strictly as [DecodeLightBlock] does within a block.
func DecodeHeader(proto []byte) (*Header, error) {
	own := bytes.Clone(proto)
	h := new(Header)
	if err := h.decode(own); err != nil {
		return nil, err
	}
	if err := h.checkShape(); err != nil {
		return nil, &DecodeError{Path: "header", Reason: err.Error()}
	}
	if !bytes.Equal(h.Encode(), proto) {
		return nil, &DecodeError{Path: "header", Reason: "not the canonical encoding"}
	}
	return h, nil
}

func (b *LightBlock) decodeSigned(p []byte) error {
	return walk(p, "signed header", "bb", func(n protowire.Number, _ uint64, p []byte) error {
		if n == 1 {
			return b.Header.decode(p)
		}
		return b.Commit.decode(p)
	})
}

func (h *Header) decode(p []byte) error {
	return walk(p, "header", "bbvbbbbbbbbbbb", func(n protowire.Number, u uint64, p []byte) (err error) {
		switch n {
		case 1:
			return walk(p, "header.version", "vv", func(n protowire.Number, u uint64, _ []byte) error {
				*[]*uint64{&h.BlockVersion, &h.AppVersion}[n-1] = u
				return nil
			})
		case 2:
			h.ChainID = string(p)
		case 3:
			h.Height = u
		case 4:
			h.Time, err = decodeTime(p, "header.time")
		case 5:
			return h.LastBlockID.decode(p, "header.last_block_id")
		default:
			*[...]*[]byte{&h.LastCommitHash, &h.DataHash, &h.ValidatorsHash, &h.NextValidatorsHash, &h.ConsensusHash, &h.AppHash,
				&h.LastResultsHash, &h.EvidenceHash, &h.ProposerAddress}[n-6] = p
		}
		return err
	})
}

func (id *BlockID) decode(p []byte, path string) error {
	return walk(p, path, "bb", func(n protowire.Number, _ uint64, p []byte) error {
		if n == 1 {
			id.Hash = p
			return nil
		}
		return walk(p, path+".parts", "vb", func(n protowire.Number, u uint64, p []byte) error {
			if n == 2 {
				id.PartsHash = p
				return nil
			}
			if u > math.MaxUint32 {
				return &DecodeError{Path: path + ".parts", Reason: "total out of range"}
			}
			id.PartsTotal = uint32(u)
			return nil
		})
	})
}

func (c *Commit) decode(p []byte) error {
	c.Signatures = make([]CommitSig, 0, min(count(p, 4), MaxValidators))
	return walk(p, "commit", "vvbr", func(n protowire.Number, u uint64, p []byte) error {
		switch n {
		case 1:
			c.Height = u
		case 2:
			if u > math.MaxInt32 {
				return &DecodeError{Path: "commit", Reason: "round out of range"}
			}
			c.Round = int32(u)
		case 3:
			return c.BlockID.decode(p, "commit.block_id")
		case 4:
			if len(c.Signatures) == MaxValidators {
				return &DecodeError{Path: "commit", Reason: "too many signatures"}
			}
			c.Signatures = append(c.Signatures, CommitSig{})
			return c.Signatures[len(c.Signatures)-1].decode(p)
		}
		return nil
	})
}

func (s *CommitSig) decode(p []byte) error {
	return walk(p, "signature", "vbbb", func(n protowire.Number, u uint64, p []byte) (err error) {
		switch n {
		case 1:
			if u > uint64(FlagNil) {
				return &DecodeError{Path: "signature", Reason: fmt.Sprintf("unknown flag %d", u)}
			}
			s.Flag = Flag(u)
		case 2:
			s.Address = p
		case 3:
			s.Time, err = decodeTime(p, "signature.time")
		case 4:
			s.Signature = p
		}
		return err
	})
}

func (s *ValidatorSet) decode(p []byte) error {
	s.List = make([]Validator, 0, min(count(p, 1), MaxValidators))
	return walk(p, "validators", "rb", func(n protowire.Number, _ uint64, p []byte) error {
		if n == 2 {
			return s.Proposer.decode(p)
		}
		if len(s.List) == MaxValidators {
			return &DecodeError{Path: "validators", Reason: "too many"}
		}
		s.List = append(s.List, Validator{})
		return s.List[len(s.List)-1].decode(p)
	})
}

func (v *Validator) decode(p []byte) error {
	return walk(p, "validator", "bbvv", func(n protowire.Number, u uint64, p []byte) error {
		switch n {
		case 1:
			if copy(v.Address[:], p) != len(v.Address) || len(p) != len(v.Address) {
				return &DecodeError{Path: "validator", Reason: "the address has not 20 bytes"}
			}
		case 2:
			return walk(p, "validator.key", "b", func(_ protowire.Number, _ uint64, p []byte) error {
				if copy(v.PubKey[:], p) != len(v.PubKey) || len(p) != len(v.PubKey) {
					return &DecodeError{Path: "validator.key", Reason: "not 32 bytes"}
				}
				return nil
			})
		case 3:
			v.Power = int64(u)
		case 4:
			v.Priority = int64(u)
		}
		return nil
	})
}

// The seconds since 1970 of 0001-01-01 and 10000-01-01: a protobuf Timestamp lies between.
const minSeconds, endSeconds = -62135596800, 253402300800

func decodeTime(p []byte, path string) (time.Time, error) {
	var seconds int64
	var nanos uint64
	err := walk(p, path, "vv", func(n protowire.Number, u uint64, _ []byte) error {
		if n == 1 {
			seconds = int64(u)
		} else {
			nanos = u
		}
		return nil
	})
	if err == nil && (seconds < minSeconds || seconds >= endSeconds || nanos > 999_999_999) {
		err = &DecodeError{Path: path, Reason: "out of range"}
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(seconds, int64(nanos)).UTC(), nil
}

// count returns how often a field stands in a message, so that room is made for as many and no more.
func count(b []byte, field protowire.Number) (n int) {
	for len(b) > 0 {
		number, _, used := protowire.ConsumeField(b)
		if used < 0 {
			return n // walk says what is wrong
		}
		if number == field {
			n++
		}
		b = b[used:]
	}
	return n
}

// walk reads the fields of one message in order. kinds has one letter per known field number, from 1: v for a varint,
// b for bytes, r for bytes that may be repeated. A padded varint passes here and falls to the comparison of encodings.
func walk(b []byte, path, kinds string, field func(n protowire.Number, u uint64, p []byte) error) error {
	bad := func(format string, args ...any) error {
		return &DecodeError{Path: path, Reason: fmt.Sprintf(format, args...)}
	}
	var last protowire.Number
	for len(b) > 0 {
		n, typ, used := protowire.ConsumeTag(b)
		if used < 0 {
			return bad("broken field tag")
		}
		b = b[used:]
		if int(n) > len(kinds) {
			return bad("unknown field %d", n)
		}
		kind := kinds[n-1]
		if n < last || n == last && kind != 'r' {
			return bad("field %d is repeated or misplaced", n)
		}
		last = n
		var u uint64
		var p []byte
		switch {
		case kind == 'v' && typ == protowire.VarintType:
			u, used = protowire.ConsumeVarint(b)
		case kind != 'v' && typ == protowire.BytesType:
			p, used = protowire.ConsumeBytes(b)
		default:
			return bad("field %d has the wrong type", n)
		}
		if used < 0 {
			return bad("field %d is cut off", n)
		}
		b = b[used:]
		if err := field(n, u, p[:len(p):len(p)]); err != nil {
			return err
		}
	}
	return nil
}
