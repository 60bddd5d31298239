package light

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/taolight/taolight/core/chain"
)

// convictions reads whom the evidence in a block convicts, in the order in which consensus tells the state machine: the
// producer of a double vote, and each producer named in an attack on light clients. list is the protobuf of CometBFT's
// EvidenceList. What the evidence proves is the producers' business, who checked it before they signed the block.
func convictions(list []byte) ([]chain.Evidence, error) {
	var out []chain.Evidence
	convict := func(address []byte, height uint64) error {
		e := chain.Evidence{Height: height}
		if copy(e.Address[:], address) != len(e.Address) || len(address) != len(e.Address) {
			return &DecodeError{Path: "evidence", Reason: "an address has not 20 bytes"}
		}
		out = append(out, e)
		return nil
	}
	err := walk(list, "evidence list", "r", func(_ protowire.Number, _ uint64, one []byte) error {
		return walk(one, "evidence", "bb", func(n protowire.Number, _ uint64, p []byte) error {
			if n == 1 {
				return doubleVote(p, convict)
			}
			return lightAttack(p, convict)
		})
	})
	return out, err
}

func doubleVote(p []byte, convict func(address []byte, height uint64) error) error {
	return walk(p, "double vote", "bbvvb", func(n protowire.Number, _ uint64, p []byte) error {
		if n != 1 { // the second vote is by the same producer at the same height
			return nil
		}
		var height uint64
		var address []byte
		err := walk(p, "vote", "vvvbbbvbbb", func(n protowire.Number, u uint64, p []byte) error {
			switch n {
			case 2:
				height = u
			case 6:
				address = p
			}
			return nil
		})
		if err != nil {
			return err
		}
		return convict(address, height)
	})
}

func lightAttack(p []byte, convict func(address []byte, height uint64) error) error {
	var height uint64
	return walk(p, "attack", "bvrvb", func(n protowire.Number, u uint64, p []byte) error {
		switch n {
		case 2:
			height = u
		case 3:
			return walk(p, "producer", "bbvv", func(n protowire.Number, _ uint64, p []byte) error {
				if n != 1 {
					return nil
				}
				return convict(p, height)
			})
		}
		return nil
	})
}
