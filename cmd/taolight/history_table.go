package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/series"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// history is a series as it is printed, newest point first.
type history struct {
	ChainID string `json:"chain_id"`
	basis
	Points []historyPoint `json:"points"`
	End    *historyEnd    `json:"end"` // why there are no more points than these, null where no more were asked for

	title    string
	span     series.Span
	progress *progress
}

// historyEnd is why a series ends.
type historyEnd struct {
	Code    string `json:"code"` // series_begins, state_gone, out_of_reach
	Message string `json:"message"`
}

// words say it to people, with what to do.
func (e *historyEnd) words() string {
	switch e.Code {
	case "series_begins":
		return "begins here: " + e.Message
	case "state_gone", "out_of_reach":
		return "ends here: " + e.Message + ". A relay that was started with --archive has more"
	}
	return "broke off: " + e.Message
}

// historyPoint is one point. Its JSON has the members of the value besides.
type historyPoint struct {
	Height  uint64      `json:"height"` // of the block after which the state was read
	Time    time.Time   `json:"time"`   // of that block
	Level   level.Level `json:"level"`
	AppHash string      `json:"app_hash"` // state root, hex
	Relay   string      `json:"relay"`
	Bytes   int         `json:"witness_bytes"`

	value any
	cells []historyCell
}

// MarshalJSON writes the members of the point and then those of the value.
func (p historyPoint) MarshalJSON() ([]byte, error) {
	of := fieldsOf(reflect.ValueOf(p))
	for _, m := range fieldsOf(reflect.ValueOf(p.value)) {
		if !slices.ContainsFunc(of, func(own member) bool { return own.name == m.name }) {
			of = append(of, m)
		}
	}
	return json.Marshal(of)
}

// historyCell is one figure of a point.
type historyCell struct {
	name string // in CSV, and above the column
	raw  uint64 // in CSV, and drawn
	text string // for people
	line bool   // drawn
}

// readHistory reads a series to its end; row makes a row of a point, or says that the series ends before it. What is no end
// but a failure is returned, and noted as the end, too.
func readHistory[T any](ctx context.Context, s *session, h *history, of series.Series, row func(T) (any, []historyCell, error)) error {
	for raw, err := range of.Points(ctx, series.Ask(s.client), h.span) {
		var p light.Proven[T]
		if err == nil {
			p, err = light.As[T](raw.Proven)
		}
		var value any
		var cells []historyCell
		if err == nil {
			value, cells, err = row(p.Value())
		}
		if err != nil {
			h.End = &historyEnd{Code: code(err), Message: oneLine(err.Error())}
			if errors.As(err, new(*series.BeginningError)) || errors.As(err, new(*series.GoneError)) {
				return nil
			}
			return err
		}
		at := reflect.ValueOf(value).FieldByName("Time").Uint()
		h.Points = append(h.Points, historyPoint{
			Height: p.Height(), Time: time.UnixMilli(int64(at)).UTC(), Level: p.Level(), AppHash: p.Root().String(), Relay: p.Source(),
			Bytes: p.Bytes(), value: value, cells: cells,
		})
		h.progress.step("reading, %d of %d points, at block %d", len(h.Points), h.span.Points, p.Height())
	}
	return nil
}

func amountCell(name string, a tao.Amount, line bool) historyCell {
	return historyCell{name, uint64(a), strings.TrimSuffix(amount(a), " TAO"), line}
}

func shareCell(name string, share uint16) historyCell {
	return historyCell{name, uint64(share), shareText(share), share > 0}
}

func neuronRow(n view.NeuronEpoch) (any, []historyCell, error) {
	cells := []historyCell{
		{"epoch", n.Epochs, strconv.FormatUint(n.Epochs, 10), false},
		{"registered_at", n.RegisteredAt, strconv.FormatUint(n.RegisteredAt, 10), false},
		amountCell("emission", n.Emission, true), shareCell("incentive", n.Incentive), shareCell("dividends", n.Dividends),
		shareCell("consensus", n.Consensus), shareCell("validator_trust", n.ValidatorTrust), shareCell("stake_weight", n.StakeWeight),
	}
	if !n.Exists {
		for i := range cells[1:] {
			cells[1+i].text = "-"
		}
	}
	return n, cells, nil
}

// epochRow makes rows of one uid, back to the block at which its neuron of now was registered; 0 is no end.
func epochRow(uid uint16, since uint64) func(view.Epoch) (any, []historyCell, error) {
	return func(e view.Epoch) (any, []historyCell, error) {
		n := e.Neuron(uid)
		if since > 0 && n.RegisteredAt != since {
			return nil, nil, &series.BeginningError{Height: since, What: "the neuron was registered"}
		}
		return neuronRow(n)
	}
}

func supplyRow(t view.Totals) (any, []historyCell, error) {
	return t, []historyCell{
		amountCell("issuance", t.Issuance, true), amountCell("free", t.Free, true), amountCell("staked", t.Staked, true),
		amountCell("reserved", t.Reserved, false), amountCell("pending", t.Pending, false), amountCell("recycled", t.Recycled, false),
	}, nil
}

func sharesRow(v view.Shares) (any, []historyCell, error) {
	cells := make([]historyCell, len(v.Shares))
	for i, s := range v.Shares {
		part := 0.0
		if v.Emission > 0 {
			part = 100 * float64(s.Emission) / float64(v.Emission)
		}
		cells[i] = historyCell{fmt.Sprintf("subnet_%d", s.Netuid), uint64(s.Emission), fmt.Sprintf("%.2f%%", part), true}
	}
	return v, cells, nil
}

// columns are the names of all cells, in the order in which they are first met; subnets come and go.
func (h *history) columns() (names []string) {
	for _, p := range h.Points {
		for i, c := range p.cells {
			if !slices.Contains(names, c.name) {
				names = slices.Insert(names, min(i, len(names)), c.name)
			}
		}
	}
	return names
}

func (p *historyPoint) cell(name string) (historyCell, bool) {
	i := slices.IndexFunc(p.cells, func(c historyCell) bool { return c.name == name })
	if i < 0 {
		return historyCell{}, false
	}
	return p.cells[i], true
}

// csv writes a line of names and a line for each point.
func (h *history) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	names := h.columns()
	out.Write(append([]string{"height", "time", "level"}, names...))
	for _, p := range h.Points {
		line := []string{strconv.FormatUint(p.Height, 10), p.Time.Format(time.RFC3339Nano), p.Level.String()}
		for _, name := range names {
			text := ""
			if c, ok := p.cell(name); ok {
				text = strconv.FormatUint(c.raw, 10)
			}
			line = append(line, text)
		}
		out.Write(line)
	}
	out.Flush()
	return out.Error()
}

func (h *history) human(w io.Writer) {
	fmt.Fprintln(w, oneLine(h.title))
	names := h.columns()
	if len(h.Points) > 1 {
		for _, name := range names {
			if drawn := h.drawing(name); drawn != "" {
				fmt.Fprintf(w, "%s\t%s\n", heading(name), drawn)
			}
		}
		fmt.Fprintln(w)
	}
	bytes, lowest := 0, level.Claimed
	if len(h.Points) > 0 {
		lowest = h.Points[0].Level
		fmt.Fprint(w, "BLOCK\tTIME")
		for _, name := range names {
			fmt.Fprintf(w, "\t%s", strings.ToUpper(heading(name)))
		}
		fmt.Fprintln(w, "\tLEVEL")
	}
	for _, p := range h.Points {
		fmt.Fprintf(w, "%d\t%s", p.Height, p.Time.Format(time.DateTime))
		for _, name := range names {
			text := "-"
			if c, ok := p.cell(name); ok {
				text = c.text
			}
			fmt.Fprintf(w, "\t%s", text)
		}
		fmt.Fprintf(w, "\t%s\n", p.Level)
		bytes, lowest = bytes+p.Bytes, min(lowest, p.Level)
	}
	if h.End != nil {
		fmt.Fprintln(w, h.End.words())
	}
	switch {
	case len(h.Points) == 0:
	case lowest == level.Claimed:
		fmt.Fprintf(w, "\n%s\tthe relay says so and nothing else does\n", lowest)
	default:
		points := fmt.Sprint(len(h.Points), " points")
		if len(h.Points) == 1 {
			points = "1 point"
		}
		fmt.Fprintf(w, "\n%s\t%s, %d bytes of state nodes, under headers that descend from %s\n", lowest, points, bytes, h.basis.short())
	}
}

// heading is a column's name for people.
func heading(name string) string {
	if name == "registered_at" {
		return "since"
	}
	return strings.ReplaceAll(name, "_", " ")
}

// bars are the heights of a drawing's points.
const bars = "▁▂▃▄▅▆▇█"

// drawing draws a column from the oldest to the newest point, between its least and its greatest figure; nothing where
// they are all alike, or nothing is to be drawn.
func (h *history) drawing(name string) string {
	var least, most historyCell
	drawn := false
	for i := range h.Points {
		c, ok := h.Points[i].cell(name)
		if !ok {
			continue
		}
		if least.name == "" || c.raw < least.raw {
			least = c
		}
		if most.name == "" || c.raw > most.raw {
			most = c
		}
		drawn = drawn || c.line
	}
	if !drawn || least.raw == most.raw {
		return ""
	}
	var b strings.Builder
	for _, p := range slices.Backward(h.Points) {
		c, ok := p.cell(name)
		if !ok {
			b.WriteByte(' ')
			continue
		}
		part := float64(c.raw-least.raw) / float64(most.raw-least.raw)
		b.WriteRune([]rune(bars)[min(int(part*8), 7)])
	}
	return fmt.Sprintf("%s  %s to %s", b.String(), least.text, most.text)
}
