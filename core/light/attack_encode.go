package light

import (
	"bytes"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/taolight/taolight/core/wire"
)

// Encode returns the evidence in the protobuf of CometBFT's LightClientAttackEvidence, byte for byte as CometBFT writes it.
func (a *Attack) Encode() []byte {
	b := appendMessage(nil, 1, a.Conflicting.Encode())
	b = appendUint(b, 2, a.CommonHeight)
	for i := range a.Byzantine {
		b = appendMessage(b, 3, appendValidator(nil, &a.Byzantine[i]))
	}
	b = appendUint(b, 4, uint64(a.TotalPower))
	return appendMessage(b, 5, appendTime(nil, a.Time))
}

// DecodeAttack reads the protobuf of CometBFT's LightClientAttackEvidence, at most [wire.MaxEvidence] bytes, as strictly
// as [DecodeLightBlock]. It checks no signature, no hash and not whether the accused are guilty. Errors are [DecodeError].
func DecodeAttack(proto []byte) (*Attack, error) {
	bad := func(format string, args ...any) error {
		return &DecodeError{Path: "evidence", Reason: fmt.Sprintf(format, args...)}
	}
	if len(proto) > wire.MaxEvidence {
		return nil, bad("%d bytes, at most %d", len(proto), wire.MaxEvidence)
	}
	a := new(Attack)
	err := walk(proto, "evidence", "bvrvb", func(n protowire.Number, u uint64, p []byte) (err error) {
		switch n {
		case 1:
			a.Conflicting, err = DecodeLightBlock(p)
		case 2:
			a.CommonHeight = u
		case 3:
			if len(a.Byzantine) == MaxValidators {
				return bad("too many accused")
			}
			a.Byzantine = append(a.Byzantine, Validator{})
			err = a.Byzantine[len(a.Byzantine)-1].decode(p)
		case 4:
			a.TotalPower = int64(u)
		case 5:
			a.Time, err = decodeTime(p, "evidence.timestamp")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if a.Conflicting == nil {
		return nil, bad("it holds no block")
	}
	if err := a.checkShape(); err != nil {
		return nil, bad("%v", err)
	}
	if !bytes.Equal(a.Encode(), proto) {
		return nil, bad("not the canonical encoding")
	}
	return a, nil
}

func (a *Attack) checkShape() error {
	if a.CommonHeight == 0 || a.CommonHeight > a.Conflicting.Height() {
		return fmt.Errorf("common height %d, want 1 to %d, the conflicting block's", a.CommonHeight, a.Conflicting.Height())
	}
	if a.TotalPower <= 0 || a.TotalPower > maxPower {
		return fmt.Errorf("a total power of %d is out of range", a.TotalPower)
	}
	left := a.TotalPower
	for i, v := range a.Byzantine {
		switch {
		case v.Power <= 0 || v.Power > left:
			return fmt.Errorf("accused %d: a power of %d is out of range", i, v.Power)
		case v.Address != AddressOf(v.PubKey):
			return fmt.Errorf("accused %d: the address is not its key's", i)
		case i > 0 && byPower(a.Byzantine[i-1], v) >= 0:
			return fmt.Errorf("accused %d is out of order: by falling power, then address, each once", i)
		}
		left -= v.Power
	}
	return nil
}
