package subnet

import (
	"encoding/binary"
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/yuma"
)

// ReadRow returns a uid's row of weights or bonds, nil when it has none.
func ReadRow(r state.Reader, id uint64, f Field, uid uint16) (yuma.Row, error) {
	packed, err := readPacked(r, Key(id, f).U16(uid))
	if err != nil {
		return nil, err
	}
	return unpackRow(packed)
}

// ReadRows returns the rows of all n uids.
func ReadRows(r state.Reader, id uint64, f Field, n uint16) ([]yuma.Row, error) {
	rows := make([]yuma.Row, n)
	prefix := Key(id, f)
	for e, err := range r.Iterate(prefix, nil) {
		if err != nil {
			return nil, err
		}
		var packed []byte
		if len(e.Key) != len(prefix)+2 {
			return nil, fmt.Errorf("state key %x: not a row's", e.Key)
		}
		if err := codec.Decode(e.Value, &packed); err != nil {
			return nil, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		uid := binary.BigEndian.Uint16(e.Key[len(prefix):])
		if uid >= n {
			return nil, fmt.Errorf("state key %x: a row of uid %d of %d", e.Key, uid, n)
		}
		if rows[uid], err = unpackRow(packed); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// PutRow writes a uid's row of weights or bonds; an empty one is removed.
func PutRow(l *ledger.Ledger, id uint64, f Field, uid uint16, row yuma.Row) error {
	key := Key(id, f).U16(uid)
	if len(row) == 0 {
		return l.Delete(key)
	}
	return l.Put(key, packRow(row))
}

// A packed row is runs of entries toward consecutive uids: the first uid, how many more follow (one byte), and the values.
// That of a validator who says something of everybody takes little more than two bytes an entry. A run is as long as it
// can be, so that a row has one form.
const maxRun = 256

func packRow(row yuma.Row) []byte {
	packed := make([]byte, 0, 5*len(row))
	for len(row) > 0 {
		n := 1
		for n < len(row) && n < maxRun && int(row[n].UID) == int(row[n-1].UID)+1 {
			n++
		}
		packed = append(binary.BigEndian.AppendUint16(packed, row[0].UID), byte(n-1))
		for _, e := range row[:n] {
			packed = binary.BigEndian.AppendUint16(packed, e.Value)
		}
		row = row[n:]
	}
	return packed
}

func unpackRow(packed []byte) (yuma.Row, error) {
	row := make(yuma.Row, 0, len(packed)/2)
	for rest := packed; len(rest) > 0; {
		if len(rest) < 3 {
			return nil, fmt.Errorf("subnet: a row ends within a run's head")
		}
		first, n := int(binary.BigEndian.Uint16(rest)), int(rest[2])+1
		if rest = rest[3:]; len(rest) < 2*n || first+n > 1<<16 {
			return nil, fmt.Errorf("subnet: a row has no room for a run of %d from uid %d", n, first)
		}
		for i := range n {
			row = append(row, yuma.Entry{UID: uint16(first + i), Value: binary.BigEndian.Uint16(rest[2*i:])})
		}
		rest = rest[2*n:]
	}
	return row, nil
}
