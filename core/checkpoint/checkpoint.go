// Package checkpoint is how people vouch for a block of the chain, so that others can begin to verify there.
//
// A [Checkpoint] names a block, its date, and holds signatures of parties who say that it is the chain's. [Parse] reads its
// text, [Checkpoint.Sign] adds a signature, [Parties.Check] tells whose signatures are right, and [Compare] holds two
// checkpoints against each other. What a block is worth as a trust root, and whether checkpoints at different heights
// lie on one chain, is core/light's business (its Client.Confirm).
//
// # The text
//
// One line without spaces says which block, one more for each signature:
//
//	taolight-checkpoint:CHAIN:HEIGHT:HASH:DATE
//	+ADDRESS:SCHEME:SIGNATURE
//
// HASH is the header's in lower-case hex, DATE the block's to the second in UTC, such as 20261129T004911Z, ADDRESS in SS58,
// SCHEME sr25519 or ed25519, SIGNATURE base64 of the alphabet that addresses of pages can hold. White space means
// nothing, so the lines may be joined, wrapped by a mail program or put into the address of a page. Apart from that there
// is one text for each checkpoint. The first line is also what is signed, between <Bytes> and </Bytes>: a wallet shows
// its user what the signature is about.
//
// A signature says that its party takes the block for the chain's. It is worth what the party is: nothing here knows
// parties but by the list that is given.
package checkpoint

import (
	"fmt"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
)

// Limits of a checkpoint.
const (
	MaxSignatures = 16
	MaxChainID    = 50      // bytes, CometBFT's limit
	MaxText       = 4 << 10 // bytes of a text, white space included
)

// Block is what a checkpoint says.
type Block struct {
	ChainID string
	Height  uint64
	Hash    [32]byte // of the header
	Time    uint64   // of the header, seconds since 1970, cut off
}

// Signature is one party's, over [Block.Payload].
type Signature struct {
	Party     keys.Account
	Scheme    sign.Scheme
	Signature [sign.Size]byte
}

// Checkpoint is a block and who signed that it is the chain's. The signatures' order means nothing, and none of them was
// checked: see [Parties.Check].
type Checkpoint struct {
	Block
	Signatures []Signature
}

// Payload is what a party signs: the checkpoint's first line between <Bytes> and </Bytes>. No other use of a key has
// payloads that begin like it.
func (b Block) Payload() []byte { return []byte("<Bytes>" + b.String() + "</Bytes>") }

// Sign adds the signer's signature, in the place of one that it has made before.
func (c *Checkpoint) Sign(signer sign.Signer) error {
	if err := c.Block.check(); err != nil {
		return err
	}
	sig, err := signer.Sign(c.Payload())
	if err != nil {
		return err
	}
	return c.Add(Signature{Party: signer.Account(), Scheme: signer.Scheme(), Signature: sig})
}

// Add adds a signature, in the place of another one of its party. It fails when there are [MaxSignatures] already.
func (c *Checkpoint) Add(s Signature) error {
	for i := range c.Signatures {
		if c.Signatures[i].Party == s.Party {
			c.Signatures[i] = s
			return nil
		}
	}
	if len(c.Signatures) >= MaxSignatures {
		return &FormError{Part: "signatures", Value: fmt.Sprint(len(c.Signatures) + 1), Want: fmt.Sprintf("at most %d", MaxSignatures)}
	}
	c.Signatures = append(c.Signatures, s)
	return nil
}
