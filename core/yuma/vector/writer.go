package vector

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/yuma"
)

// writer writes JSON without space. An error stays and is found at the end.
type writer struct {
	w     *bufio.Writer
	comma bool // before whatever comes next, unless it is a bracket that closes
}

func newWriter(w io.Writer) *writer { return &writer{w: bufio.NewWriterSize(w, 64<<10)} }

// err returns the first error of writing.
func (w *writer) err() error {
	_, err := w.w.Write(nil)
	return err
}

func (w *writer) separate() {
	if w.comma {
		w.w.WriteByte(',')
	}
	w.comma = true
}

func (w *writer) open(bracket byte) {
	w.separate()
	w.w.WriteByte(bracket)
	w.comma = false
}

func (w *writer) close(bracket byte) {
	w.w.WriteByte(bracket)
	w.comma = true
}

// key writes a name that needs no escapes; the value comes next.
func (w *writer) key(name string) {
	w.separate()
	w.w.WriteByte('"')
	w.w.WriteString(name)
	w.w.WriteString(`":`)
	w.comma = false
}

// raw writes a value as it is.
func (w *writer) raw(json []byte) {
	w.separate()
	w.w.Write(json)
}

func (w *writer) text(s string) {
	quoted, _ := json.Marshal(s)
	w.raw(quoted)
}

func (w *writer) int(v int64) {
	w.separate()
	w.w.Write(strconv.AppendInt(w.w.AvailableBuffer(), v, 10))
}

func (w *writer) uint(v uint64) {
	w.separate()
	w.w.Write(strconv.AppendUint(w.w.AvailableBuffer(), v, 10))
}

func (w *writer) bool(v bool) {
	if v {
		w.uint(1)
	} else {
		w.uint(0)
	}
}

func (w *writer) fixed(v fixed.I32F32) { w.int(int64(v)) }

// list writes a field with a list.
func list[T any](w *writer, key string, values []T, write func(T)) {
	w.key(key)
	w.open('[')
	for _, v := range values {
		write(v)
	}
	w.close(']')
}

func (w *writer) shares(key string, v []uint16) {
	list(w, key, v, func(x uint16) { w.uint(uint64(x)) })
}

// row writes a flat row.
func (w *writer) row(row yuma.Row) {
	w.open('[')
	for _, e := range row {
		w.uint(uint64(e.UID))
		w.uint(uint64(e.Value))
	}
	w.close(']')
}

// outputs writes an epoch's results.
func (w *writer) outputs(o *yuma.Outputs) {
	w.key("out")
	w.open('{')
	list(w, "active", o.Active, w.bool)
	w.shares("consensus", o.Consensus)
	w.shares("incentive", o.Incentive)
	w.shares("dividends", o.Dividends)
	w.shares("validator_trust", o.ValidatorTrust)
	w.shares("stake_weight", o.StakeWeight)
	list(w, "validator_permit", o.ValidatorPermit, w.bool)
	list(w, "server_emission", o.ServerEmission, w.uint)
	list(w, "validator_emission", o.ValidatorEmission, w.uint)
	list(w, "emission", o.Emission, w.uint)
	list(w, "stake", o.Stake, w.uint)
	list(w, "bonds", o.Bonds, w.row)
	w.close('}')
}
