package sign

import (
	"encoding/binary"
	"io"

	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519"
	"github.com/oasisprotocol/curve25519-voi/primitives/sr25519"
	"golang.org/x/crypto/blake2b"
)

// batchSize is how many signatures share one equation. Larger batches gain little and cost more when one signature in
// them is bad, for then each is checked alone.
const batchSize = 256

// VerifyAll reports for each check what [Verify] would, in about two thirds of the time when all are valid: signatures of
// one scheme are checked together by one random linear combination, and one by one only where that fails.
//
// The combination's coefficients come from a hash of the whole batch, so that the same checks give the same answer on
// every machine; making a bad signature pass would take work of about 2^128.
func VerifyAll(checks []Check) []bool {
	valid := make([]bool, len(checks))
	for start := 0; start < len(checks); start += batchSize {
		end := min(start+batchSize, len(checks))
		verifyBatch(checks[start:end], valid[start:end])
	}
	return valid
}

func verifyBatch(checks []Check, valid []bool) {
	var sr, ed []int // indices of the checks that are well enough formed to enter a batch
	srBatch := sr25519.NewBatchVerifierWithCapacity(len(checks))
	edBatch := ed25519.NewBatchVerifierWithCapacity(0)
	context := sr25519.NewSigningContext(substrate)
	for i := range checks {
		c := &checks[i]
		if weak(c.Account) {
			continue
		}
		switch c.Scheme {
		case Sr25519:
			key, sig, ok := parseSr25519(c)
			if !ok {
				continue
			}
			srBatch.Add(key, context.NewTranscriptBytes(c.Message), sig)
			sr = append(sr, i)
		case Ed25519:
			if len(ed) == 0 {
				edBatch.ForceNoPublicKeyExpansion() // keys are seen once: tables for them don't pay
			}
			edBatch.AddWithOptions(c.Account[:], c.Message, c.Signature[:], zip215)
			ed = append(ed, i)
		}
	}
	if len(sr) > 0 {
		_, ok := srBatch.Verify(coefficients(checks, sr))
		for n, i := range sr {
			valid[i] = ok[n]
		}
	}
	if len(ed) > 0 {
		_, ok := edBatch.Verify(coefficients(checks, ed))
		for n, i := range ed {
			valid[i] = ok[n]
		}
	}
}

// coefficients returns the stream from which a batch draws: a hash over everything in it, the signatures' scalars
// included. Were those left out, whoever signs could choose two bad signatures whose errors cancel.
func coefficients(checks []Check, indices []int) io.Reader {
	xof, err := blake2b.NewXOF(blake2b.OutputLengthUnknown, []byte("taolight batch coefficients"))
	if err != nil {
		panic("sign: " + err.Error()) // the key above is too long
	}
	var head [9]byte
	for _, i := range indices {
		c := &checks[i]
		head[0] = byte(c.Scheme)
		binary.LittleEndian.PutUint64(head[1:], uint64(len(c.Message)))
		xof.Write(head[:])
		xof.Write(c.Account[:])
		xof.Write(c.Signature[:])
		xof.Write(c.Message)
	}
	return xof
}
