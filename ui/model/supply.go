package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/emission"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/text"
)

// BlockTime is the middle of the times from block to block, in ms; 0 when fewer than two adjacent blocks are known.
func BlockTime(blocks []tab.Block) uint64 {
	var gaps []uint64
	for i := 0; i+1 < min(len(blocks), ChartBlocks); i++ {
		if b, before := blocks[i], blocks[i+1]; b.Height == before.Height+1 && b.Time > before.Time {
			gaps = append(gaps, b.Time-before.Time)
		}
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// Point is a moment of the projected issuance.
type Point struct {
	Years  float64 // from now
	Issued tao.Amount
}

// Project says when issuance reaches each halving, if nothing is burned and blocks keep coming every blockTime ms. It
// is an estimate. The list begins with now and ends years later, or when nothing is issued any more.
func Project(s view.Supply, blockTime uint64, years float64) []Point {
	out := []Point{{0, s.Issuance}}
	if blockTime == 0 || s.BlockEmission == 0 || s.Issuance >= tao.Cap {
		return out
	}
	const yearMS = 365.2425 * 86400 * 1000
	perYear := func(a tao.Amount) float64 { return float64(a) * yearMS / float64(blockTime) }
	at, issued := 0.0, s.Issuance
	for range 64 {
		rate := emission.Block(issued)
		next := emission.NextHalving(issued)
		if rate == 0 || next <= issued {
			break
		}
		step := float64(next-issued) / perYear(rate)
		if at+step >= years {
			out = append(out, Point{years, issued + tao.Amount((years-at)*perYear(rate))})
			break
		}
		at, issued = at+step, next
		out = append(out, Point{at, issued})
	}
	return out
}

// Horizon is how many years a chart of the projection covers so that a few halvings show, whatever the pace.
func Horizon(s view.Supply, blockTime uint64) float64 {
	const halvings = 4
	pts := Project(s, blockTime, 1000)
	if len(pts) <= halvings {
		return 16
	}
	for _, years := range []float64{1, 2, 4, 8, 16, 24} {
		if pts[halvings].Years <= 0.9*years {
			return years
		}
	}
	return 40
}

// NextHalving is the estimated moment of the next halving in ms since 1970; 0 when it can't be told.
func NextHalving(s view.Supply, blockTime uint64) uint64 {
	if blockTime == 0 || s.BlockEmission == 0 || s.NextHalving <= s.Issuance {
		return 0
	}
	blocks := uint64((s.NextHalving - s.Issuance + s.BlockEmission - 1) / s.BlockEmission)
	if blocks > 1<<40 || blockTime > 1<<20 {
		return 0
	}
	return s.Time + blocks*blockTime
}

// Curve is the chart of issuance: paths in a box of 100 × 100 that is stretched, labels in percent.
type Curve struct {
	Dashed string // path from now on
	Dots   []Dot
	Years  []Label
	NowY   int // px from the top of a chart of 200 px
	Text   string
}

// Dot is a halving on the curve.
type Dot struct{ X, Y, Text string }

// Label stands under the axis.
type Label struct{ X, Text string }

// Chart draws the projection over the given years.
func Chart(s view.Supply, blockTime, now uint64, years float64) Curve {
	pts := Project(s, blockTime, years)
	y := func(a tao.Amount) float64 { return 100 - 100*float64(a)/float64(tao.Cap) }
	var path strings.Builder
	last := 0.0
	c := Curve{NowY: 16 + int(2*y(s.Issuance))}
	for i, p := range pts {
		cmd := "L"
		if i == 0 {
			cmd = "M"
		}
		fmt.Fprintf(&path, "%s%.2f %.2f", cmd, 100*p.Years/years, y(p.Issued))
		if i > 0 && p.Years < years && p.Years > last+years/8 && len(c.Dots) < 3 { // nearer ones would stand on another's label
			last = p.Years
			c.Dots = append(c.Dots, Dot{fmt.Sprintf("%.2f%%", 100*p.Years/years), fmt.Sprint(16 + int(2*y(p.Issued))), Millions(p.Issued)})
		}
	}
	if len(pts) > 1 {
		c.Dashed = path.String()
	}
	const yearMS = 31_556_952_000
	first := 1970 + float64(now)/yearMS
	step := max(int(years/5+0.5), 1)
	for year := int(first) + 1; float64(year) < first+years; year++ {
		if year%step != 0 {
			continue
		}
		if x := 100 * (float64(year) - first) / years; x > 6 && x < 97 {
			c.Years = append(c.Years, Label{fmt.Sprintf("%.1f%%", x), fmt.Sprint(year)})
		}
	}
	c.Text = "Projected issuance over the next " + text.Plural(uint64(years), "year", "years") + ", from " + Millions(s.Issuance) + " of 21 million"
	return c
}

// Millions writes an amount in millions of τ, such as "9.896 M", cut off.
func Millions(a tao.Amount) string {
	s := fmt.Sprintf("%d.%03d", a/(1_000_000*tao.TAO), a/(1000*tao.TAO)%1000)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + " M"
}

// Share is one subnet's part of the emission.
type Share struct {
	Netuid, Name, Width, Percent string
	Emission                     tao.Amount
}

const mostShares = 9

// Emission ranks the subnets by what they get of a block, largest first, and sums up those beyond the first nine.
func Emission(list []view.Subnet) (rows []Share, rest *Share) {
	var total uint64
	sorted := append([]view.Subnet(nil), list...)
	for i := range sorted {
		total += uint64(sorted[i].Emission)
		for j := i; j > 0 && sorted[j].Emission > sorted[j-1].Emission; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	var shown, beyond uint64
	for i, s := range sorted {
		if i >= mostShares {
			beyond += uint64(s.Emission)
			continue
		}
		shown++
		rows = append(rows, Share{
			Netuid: fmt.Sprint(s.Netuid), Name: s.Name, Emission: s.Emission,
			Percent: text.Percent(uint64(s.Emission), total, 2), Width: width(uint64(s.Emission), uint64(sorted[0].Emission)),
		})
	}
	if n := uint64(len(sorted)) - shown; n > 0 {
		rest = &Share{Name: text.Count(n) + " more", Emission: tao.Amount(beyond), Percent: text.Percent(beyond, total, 2), Width: "0"}
	}
	return rows, rest
}

func width(part, of uint64) string {
	if of == 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f", 100*float64(part)/float64(of))
}
