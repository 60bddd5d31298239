package light

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Append returns b followed by the block in CometBFT's protobuf encoding, byte for byte as CometBFT writes it.
func (b *LightBlock) Append(to []byte) []byte {
	to, signed := begin(to, 1)
	to = appendMessage(to, 1, appendHeader(nil, &b.Header))
	to, commit := begin(to, 2)
	to = end(end(appendCommit(to, &b.Commit), commit), signed)
	to, validators := begin(to, 2)
	return end(appendValidators(to, &b.Validators), validators)
}

// Encode returns the block in CometBFT's protobuf encoding.
func (b *LightBlock) Encode() []byte { return b.Append(nil) }

// Encode returns the header in CometBFT's protobuf encoding.
func (h *Header) Encode() []byte { return appendHeader(nil, h) }

func appendHeader(b []byte, h *Header) []byte {
	b = appendMessage(b, 1, appendVersion(nil, h))
	b = appendBytes(b, 2, []byte(h.ChainID))
	b = appendUint(b, 3, h.Height)
	b = appendMessage(b, 4, appendTime(nil, h.Time))
	b = appendMessage(b, 5, appendBlockID(nil, h.LastBlockID))
	for i, f := range [...][]byte{h.LastCommitHash, h.DataHash, h.ValidatorsHash, h.NextValidatorsHash, h.ConsensusHash, h.AppHash,
		h.LastResultsHash, h.EvidenceHash, h.ProposerAddress} {
		b = appendBytes(b, protowire.Number(6+i), f)
	}
	return b
}

func appendVersion(b []byte, h *Header) []byte {
	return appendUint(appendUint(b, 1, h.BlockVersion), 2, h.AppVersion)
}

func appendBlockID(b []byte, id BlockID) []byte {
	b = appendBytes(b, 1, id.Hash)
	return appendMessage(b, 2, appendBytes(appendUint(nil, 1, uint64(id.PartsTotal)), 2, id.PartsHash))
}

func appendCommit(b []byte, c *Commit) []byte {
	b = appendUint(b, 1, c.Height)
	b = appendUint(b, 2, uint64(c.Round))
	b = appendMessage(b, 3, appendBlockID(nil, c.BlockID))
	for i := range c.Signatures {
		s := &c.Signatures[i]
		var one, at int
		b, one = begin(b, 4)
		b = appendUint(b, 1, uint64(s.Flag))
		b = appendBytes(b, 2, s.Address)
		b, at = begin(b, 3)
		b = end(appendTime(b, s.Time), at)
		b = end(appendBytes(b, 4, s.Signature), one)
	}
	return b
}

func appendValidators(b []byte, s *ValidatorSet) []byte {
	var one int
	for i := range s.List {
		b, one = begin(b, 1)
		b = end(appendValidator(b, &s.List[i]), one)
	}
	b, one = begin(b, 2)
	return end(appendValidator(b, &s.Proposer), one)
}

func appendValidator(b []byte, v *Validator) []byte {
	b = appendBytes(b, 1, v.Address[:])
	b, key := begin(b, 2)
	b = end(appendBytes(b, 1, v.PubKey[:]), key)
	b = appendUint(b, 3, uint64(v.Power))
	return appendUint(b, 4, uint64(v.Priority))
}

// appendTime writes a protobuf Timestamp: seconds and nanoseconds since 1970, either left out when zero.
func appendTime(b []byte, t time.Time) []byte {
	return appendUint(appendUint(b, 1, uint64(t.Unix())), 2, uint64(t.Nanosecond()))
}

func appendUint(b []byte, n protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), v)
}

func appendFixed(b []byte, n protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendFixed64(protowire.AppendTag(b, n, protowire.Fixed64Type), v)
}

func appendBytes(b []byte, n protowire.Number, v []byte) []byte {
	if len(v) == 0 {
		return b
	}
	return appendMessage(b, n, v)
}

// appendMessage writes a field of bytes even when it is empty, as CometBFT does for embedded messages.
func appendMessage(b []byte, n protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), v)
}

// begin writes the head of an embedded message, whose fields follow, and returns where it begins, for [end]. A block holds
// thousands of small ones: none is written elsewhere first.
func begin(b []byte, n protowire.Number) ([]byte, int) {
	b = append(protowire.AppendTag(b, n, protowire.BytesType), 0)
	return b, len(b)
}

// end puts the length of a message that [begin] began in front of it.
func end(b []byte, begun int) []byte {
	size := len(b) - begun
	if size < 0x80 {
		b[begun-1] = byte(size)
		return b
	}
	more := protowire.SizeVarint(uint64(size)) - 1
	b = append(b, make([]byte, more)...)
	copy(b[begun+more:], b[begun:begun+size])
	protowire.AppendVarint(b[:begun-1], uint64(size))
	return b
}
