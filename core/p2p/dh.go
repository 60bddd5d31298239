package p2p

import (
	"io"

	"github.com/flynn/noise"
	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519"
	"github.com/oasisprotocol/curve25519-voi/primitives/x25519"
)

// The light client checks signatures with curve25519-voi. Using it here, too, keeps Go's own curves out of the tab, which
// are as large again as everything in this package.

// stdlib are the rules of Go's crypto/ed25519, by which libp2p itself verifies.
var stdlib = &ed25519.Options{Verify: ed25519.VerifyOptionsStdLib}

// diffieHellman is noise's key exchange over X25519. A key of small order, which would make the secret known to all, is
// an error.
type diffieHellman struct{}

func (diffieHellman) GenerateKeypair(random io.Reader) (noise.DHKey, error) {
	private := make([]byte, x25519.ScalarSize)
	if _, err := io.ReadFull(random, private); err != nil {
		return noise.DHKey{}, err
	}
	public, err := x25519.X25519(private, x25519.Basepoint)
	return noise.DHKey{Private: private, Public: public}, err
}

func (diffieHellman) DH(private, public []byte) ([]byte, error) {
	return x25519.X25519(private, public)
}
func (diffieHellman) DHLen() int     { return x25519.PointSize }
func (diffieHellman) DHName() string { return "25519" }
