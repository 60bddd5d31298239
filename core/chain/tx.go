package chain

import (
	"crypto/sha256"
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"golang.org/x/crypto/blake2b"
)

// MaxTx is the most bytes that an encoded transaction may have.
const MaxTx = 64 << 10

// Tx is a signed transaction. Its encoding is canonical CBOR; [DecodeTx] reads it.
type Tx struct {
	_         struct{} `cbor:",toarray"`
	Body      Body
	Signature [64]byte
}

// Body is what a transaction's signature covers, together with the chain id.
type Body struct {
	_          struct{}     `cbor:",toarray"`
	Signer     keys.Account `json:"signer"`
	Scheme     sign.Scheme  `json:"scheme"`
	Nonce      uint64       `json:"nonce"`       // the account's next
	ValidUntil uint64       `json:"valid_until"` // last height of a block that may hold it
	Call       string       `json:"call"`        // name in [Calls]
	Args       codec.Raw    `json:"args"`        // canonical CBOR of the call's arguments
}

// Payload is what the signer signs: `<Bytes>taolight-tx:HEX</Bytes>` with BLAKE2b-256 over the length of the chain id,
// the chain id and the encoded body. Wallets that sign only bytes wrapped in this way can sign it.
func (b Body) Payload(chainID string) []byte {
	head := append([]byte{byte(len(chainID))}, chainID...)
	return sign.Payload(sign.DomainTx, blake2b.Sum256(append(head, codec.MustEncode(b)...)))
}

// Sign makes the signed and encoded transaction; signer must be the body's.
func (b Body) Sign(chainID string, signer sign.Signer) ([]byte, error) {
	if signer.Account() != b.Signer || signer.Scheme() != b.Scheme {
		return nil, fmt.Errorf("chain: the key of %s can't sign for %s", signer.Account(), b.Signer)
	}
	sig, err := signer.Sign(b.Payload(chainID))
	if err != nil {
		return nil, err
	}
	return codec.Encode(Tx{Body: b, Signature: sig})
}

// DecodeTx reads a transaction. It checks the form only; the error is a [ledger.Refusal] with the code Malformed or
// TooLarge.
func DecodeTx(raw []byte) (Tx, error) {
	var tx Tx
	if len(raw) > MaxTx {
		return tx, ledger.Refuse(ledger.TooLarge, "a transaction of %d bytes; at most %d are allowed", len(raw), MaxTx)
	}
	if err := codec.Decode(raw, &tx); err != nil {
		return tx, ledger.Refuse(ledger.Malformed, "not a transaction: %v", err)
	}
	return tx, nil
}

// TxHash names a transaction: SHA-256 of its bytes, the leaf of the header's data hash.
func TxHash(raw []byte) [32]byte { return sha256.Sum256(raw) }

// Cost returns what an encoded transaction costs, with all that its call carries. The error is a [ledger.Refusal].
func Cost(raw []byte) (ledger.Cost, error) {
	var p prepared
	if refusal := p.decode(raw); refusal != nil {
		return ledger.Cost{}, refusal
	}
	return p.cost, nil
}

// prepared is a transaction that was decoded, with everything about it that does not depend on the state.
type prepared struct {
	tx      Tx
	call    Call
	args    Runner
	cost    ledger.Cost
	refusal *ledger.Refusal // of the form or the signature
}

// prepare decodes transactions and checks their signatures all at once.
func prepare(raws [][]byte, chainID string, verify sign.Verifier) []prepared {
	out := make([]prepared, len(raws))
	checks := make([]sign.Check, 0, len(raws))
	index := make([]int, 0, len(raws))
	for i, raw := range raws {
		p := &out[i]
		if p.refusal = p.decode(raw); p.refusal != nil {
			continue
		}
		body := p.tx.Body
		checks = append(checks, sign.Check{Scheme: body.Scheme, Account: body.Signer, Message: body.Payload(chainID), Signature: p.tx.Signature})
		index = append(index, i)
	}
	for k, ok := range verify(checks) {
		if !ok {
			out[index[k]].refusal = ledger.Refuse(ledger.BadSignature, "not signed by %s for %s", checks[k].Account, chainID)
		}
	}
	return out
}

// costly is the arguments of a call whose cost depends on them; Extra is what they cost beyond the call's.
type costly interface{ Extra() ledger.Cost }

func (p *prepared) decode(raw []byte) *ledger.Refusal {
	var err error
	if p.tx, err = DecodeTx(raw); err != nil {
		return err.(*ledger.Refusal)
	}
	var refusal *ledger.Refusal
	if p.call, p.args, refusal = decodeCall(p.tx.Body.Call, p.tx.Body.Args); refusal != nil {
		return refusal
	}
	p.cost = p.call.Estimate(len(raw))
	if a, ok := p.args.(costly); ok {
		p.cost.Keys += a.Extra().Keys
	}
	nested := 0
	return unfold(p.args, 1, &nested, &p.cost)
}
