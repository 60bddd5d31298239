package model

import (
	"fmt"
	"math"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/text"
)

// Segment is one producer's arc of the seal.
type Segment struct{ Path, Class string }

// Seal draws a commit: a ring that closes with each signature, an arc per producer as long as its power. Signatures
// stand first, from the top, so that the ring's end against the notch at two thirds says whether they suffice.
func Seal(b *tab.Block) []Segment {
	if b == nil {
		return nil
	}
	var total float64
	for _, s := range b.Signers {
		total += float64(s.Power)
	}
	if total == 0 {
		return nil
	}
	gap := 0.62 // degrees on each side
	if len(b.Signers) > 60 {
		gap = 0.2
	}
	var out []Segment
	at := 0.0
	for _, signed := range []bool{true, false} {
		class := "seg"
		if !signed {
			class = "seg off"
		}
		for _, s := range b.Signers {
			if s.Signed != signed || s.Power == 0 {
				continue
			}
			size := 360 * float64(s.Power) / total
			from, to := at+gap, at+size-gap
			at += size
			if len(b.Signers) == 1 {
				from, to = 0, 359.8 // an arc that ends where it begins is none
			}
			if to > from {
				out = append(out, Segment{arc(from, to), class})
			}
		}
	}
	return out
}

func arc(from, to float64) string {
	const center, radius = 160.0, 132.0
	x := func(deg float64) float64 { return center + radius*math.Sin(deg*math.Pi/180) }
	y := func(deg float64) float64 { return center - radius*math.Cos(deg*math.Pi/180) }
	large := 0
	if to-from > 180 {
		large = 1
	}
	return fmt.Sprintf("M%.1f %.1fA132 132 0 %d 1 %.1f %.1f", x(from), y(from), large, x(to), y(to))
}

// Bar is one block of the chart of recent blocks.
type Bar struct {
	Key, X, Y, Height, Class string
}

// Bars draws the time to each of the last blocks, oldest first; a full bar is twice the usual time.
func Bars(blocks []tab.Block) []Bar {
	const top, full = 4, 60
	usual := BlockTime(blocks)
	if usual == 0 {
		return nil
	}
	n := min(len(blocks), ChartBlocks)
	var out []Bar
	for i := n - 1; i >= 0; i-- {
		if i+1 >= len(blocks) || blocks[i].Height != blocks[i+1].Height+1 {
			continue
		}
		gap := blocks[i].Time - min(blocks[i].Time, blocks[i+1].Time)
		h := int(min(gap*full/(2*usual), full))
		h = max(h, 2)
		class := map[string]string{"proven": "f-lamp-2", "replayed": "f-replayed"}[blocks[i].Level.String()]
		if class == "" {
			class = "f-quiet"
		}
		if i == 0 {
			class = "f-lamp"
		}
		out = append(out, Bar{
			Key: fmt.Sprint(blocks[i].Height), X: fmt.Sprintf("%.2f%%", 100*float64(ChartBlocks-1-i)/ChartBlocks),
			Y: fmt.Sprint(top + full - h), Height: fmt.Sprint(h), Class: class,
		})
	}
	return out
}

// SealText is the seal in words.
func SealText(b *tab.Block) string {
	if b == nil {
		return "No block is verified yet."
	}
	signed, all := Signed(b)
	return fmt.Sprintf("%d of %s signed block %s: %s %% of the voting power; two thirds are required.",
		signed, text.Plural(uint64(all), "block producer", "block producers"), text.Count(b.Height), text.Percent(b.Signed, b.Total, 1))
}

// Identity draws an address as a small mirrored pattern, to tell two apart at a glance. It proves nothing.
func Identity(id [32]byte) (ink, lamp string) {
	for y := range 7 {
		for x := range 4 {
			v := id[4+(y*4+x)%28] % 5
			path := ""
			for _, cx := range []int{x, 6 - x} {
				path += fmt.Sprintf("M%d %dh1v1h-1z", cx, y)
			}
			switch v {
			case 0, 1:
				ink += path
			case 2:
				lamp += path
			}
		}
	}
	return ink, lamp
}
