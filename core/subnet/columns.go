package subnet

import (
	"fmt"
	"math/bits"
	"slices"

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

// width returns the bytes of one element; 0 when they are as many as the column's largest number takes, which a byte at
// its front says.
func (c Column) width() int {
	switch c {
	case RegisteredAt, LastUpdate, Emission, ServerEmission, ValidatorEmission:
		return 0
	case Active, ValidatorPermit:
		return 1
	}
	return 2
}

// Element is what a column may hold.
type Element interface{ ~bool | ~uint16 | ~uint64 }

// ReadColumn returns a column of a subnet, an element for each uid. The type must be the column's.
func ReadColumn[T Element](r state.Reader, id uint64, c Column) ([]T, error) {
	numbers, err := readNumbers(r, id, c)
	if err != nil {
		return nil, err
	}
	v := make([]T, len(numbers))
	for i, x := range numbers {
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
	numbers, width := make([]uint64, len(v)), -1
	for i := range v {
		switch e := any(v[i]).(type) {
		case bool:
			if width = 1; e {
				numbers[i] = 1
			}
		case uint16:
			numbers[i], width = uint64(e), 2
		case uint64:
			numbers[i], width = e, 0
		}
	}
	if len(v) > 0 && width != c.width() {
		return fmt.Errorf("subnet: column %d does not hold %T", c, v)
	}
	return putNumbers(l, id, c, numbers)
}

// readNumbers returns a column's elements as numbers, whatever its type.
func readNumbers(r state.Reader, id uint64, c Column) ([]uint64, error) {
	packed, err := readPacked(r, Key(id, FieldColumn).Byte(byte(c)))
	if err != nil || len(packed) == 0 {
		return nil, err
	}
	width := c.width()
	if width == 0 {
		width, packed = int(packed[0]), packed[1:]
	}
	if width == 0 || width > 8 || len(packed)%width != 0 {
		return nil, fmt.Errorf("subnet: column %d of subnet %d has %d bytes, and %d an element", c, id, len(packed), width)
	}
	v := make([]uint64, len(packed)/width)
	for i := range v {
		for _, b := range packed[i*width : (i+1)*width] {
			v[i] = v[i]<<8 | uint64(b)
		}
	}
	return v, nil
}

// putNumbers writes a column's elements.
func putNumbers(l *ledger.Ledger, id uint64, c Column, v []uint64) error {
	width, packed := c.width(), make([]byte, 0, 1+8*len(v))
	if width == 0 && len(v) > 0 {
		width = max(1, (bits.Len64(slices.Max(v))+7)/8)
		packed = append(packed, byte(width))
	}
	for _, x := range v {
		for shift := 8 * (width - 1); shift >= 0; shift -= 8 {
			packed = append(packed, byte(x>>shift))
		}
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
