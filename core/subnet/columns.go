package subnet

import (
	"encoding/binary"
	"fmt"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// Column is a vector with one element for each uid. What is read together is one value: a whole metagraph is twelve of
// them, whatever its size.
type Column byte

// The columns, with what their elements are.
const (
	RegisteredAt      Column = 0x01 // u64, block
	LastUpdate        Column = 0x02 // u64, block of the last weights, or of the registration
	Active            Column = 0x03 // bool
	ValidatorPermit   Column = 0x04 // bool
	Consensus         Column = 0x05 // u16 share
	Incentive         Column = 0x06 // u16 share
	Dividends         Column = 0x07 // u16 share
	ValidatorTrust    Column = 0x08 // u16 share
	StakeWeight       Column = 0x09 // u16 share
	PruningScore      Column = 0x0a // u16 share of the best one's
	Emission          Column = 0x0b // u64, rao of the last epoch
	ServerEmission    Column = 0x0c // u64, rao of it earned as a miner
	ValidatorEmission Column = 0x0d // u64, rao of it earned as a validator
)

// Columns are all columns, in order.
var Columns = []Column{
	RegisteredAt, LastUpdate, Active, ValidatorPermit, Consensus, Incentive, Dividends, ValidatorTrust, StakeWeight,
	PruningScore, Emission, ServerEmission, ValidatorEmission,
}

// width returns the bytes of one element.
func (c Column) width() int {
	switch c {
	case RegisteredAt, LastUpdate, Emission, ServerEmission, ValidatorEmission:
		return 8
	case Active, ValidatorPermit:
		return 1
	}
	return 2
}

// Element is what a column may hold.
type Element interface{ ~bool | ~uint16 | ~uint64 }

// ReadColumn returns a column of a subnet, an element for each uid. The type must be the column's.
func ReadColumn[T Element](r state.Reader, id uint64, c Column) ([]T, error) {
	packed, err := readPacked(r, Key(id, FieldColumn).Byte(byte(c)))
	if err != nil {
		return nil, err
	}
	width := c.width()
	if len(packed)%width != 0 {
		return nil, fmt.Errorf("subnet: column %d of subnet %d has %d bytes", c, id, len(packed))
	}
	v := make([]T, len(packed)/width)
	for i := range v {
		var x uint64
		for _, b := range packed[i*width : (i+1)*width] {
			x = x<<8 | uint64(b)
		}
		switch e := any(&v[i]).(type) {
		case *bool:
			*e = x == 1
		case *uint16:
			*e = uint16(x)
		case *uint64:
			*e = x
		}
	}
	return v, nil
}

// PutColumn writes a column of a subnet.
func PutColumn[T Element](l *ledger.Ledger, id uint64, c Column, v []T) error {
	packed := make([]byte, 0, len(v)*c.width())
	for i := range v {
		switch e := any(v[i]).(type) {
		case bool:
			b := byte(0)
			if e {
				b = 1
			}
			packed = append(packed, b)
		case uint16:
			packed = binary.BigEndian.AppendUint16(packed, e)
		case uint64:
			packed = binary.BigEndian.AppendUint64(packed, e)
		}
	}
	if len(packed) != len(v)*c.width() {
		return fmt.Errorf("subnet: column %d does not hold %T", c, v)
	}
	return l.Put(Key(id, FieldColumn).Byte(byte(c)), packed)
}

// SetElement writes one element of a column.
func SetElement[T Element](l *ledger.Ledger, id uint64, c Column, uid uint16, x T) error {
	v, err := ReadColumn[T](l, id, c)
	if err != nil {
		return err
	}
	if int(uid) >= len(v) {
		return fmt.Errorf("subnet: uid %d of %d in column %d of subnet %d", uid, len(v), c, id)
	}
	v[uid] = x
	return PutColumn(l, id, c, v)
}

func readPacked(r state.Reader, key ledger.Key) (packed []byte, err error) {
	_, err = ledger.Load(r, key, &packed)
	return packed, err
}
