package model

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

func blocks(n int, times ...uint64) []tab.Block {
	out := make([]tab.Block, n)
	for i := range out {
		out[i] = tab.Block{Height: uint64(100 - i), Time: 1_000_000 - 2000*uint64(i)}
		if i < len(times) {
			out[i].Time = times[i]
		}
	}
	return out
}

func TestBlockTime(t *testing.T) {
	if got := BlockTime(blocks(50)); got != 2000 {
		t.Errorf("%d", got)
	}
	if got := BlockTime(blocks(1)); got != 0 {
		t.Errorf("of one block: %d", got)
	}
	if got := BlockTime(blocks(3, 5, 5, 9)); got != 0 {
		t.Errorf("of clocks that stand or run back: %d", got)
	}
}

func TestSeal(t *testing.T) {
	if Seal(nil) != nil || Seal(&tab.Block{}) != nil || Seal(&tab.Block{Signers: []tab.Signer{{Power: 0}}}) != nil {
		t.Error("a seal of nothing")
	}
	one := Seal(&tab.Block{Signers: []tab.Signer{{Power: 5, Signed: true}}})
	if len(one) != 1 || one[0].Class != "seg" {
		t.Fatalf("%+v", one)
	}
	ends := strings.FieldsFunc(one[0].Path, func(r rune) bool { return r == 'M' || r == 'A' || r == ' ' })
	if ends[0] == ends[7] && ends[1] == ends[8] {
		t.Errorf("the arc ends where it begins, so nothing is drawn: %s", one[0].Path)
	}
	three := Seal(&tab.Block{Signers: []tab.Signer{{Power: 1}, {Power: 1, Signed: true}, {Power: 1, Signed: true}}})
	if len(three) != 3 || three[0].Class != "seg" || three[2].Class != "seg off" {
		t.Errorf("signatures do not stand first: %+v", three)
	}
	many := &tab.Block{}
	for range 5000 {
		many.Signers = append(many.Signers, tab.Signer{Power: 1, Signed: true})
	}
	Seal(many)
	b := &tab.Block{Height: 1284, Signed: 2, Total: 3, Signers: []tab.Signer{{Power: 2, Signed: true}, {Power: 1}}}
	if got := SealText(b); got != "1 of 2 block producers signed block 1,284: 66.6 % of the voting power; two thirds are required." {
		t.Error(got)
	}
}

func TestBars(t *testing.T) {
	got := Bars(blocks(120))
	if len(got) != ChartBlocks || got[ChartBlocks-1].Class != "f-lamp" || got[0].X != "0.00%" {
		t.Errorf("%d bars, %+v", len(got), got[0])
	}
	late := blocks(10)
	late[0].Time += 3_600_000
	if h := Bars(late)[8].Height; h != "60" {
		t.Errorf("a block an hour late is %s px high", h)
	}
	if Bars(blocks(1)) != nil {
		t.Error("bars of one block")
	}
}

func supply() view.Supply {
	return view.Supply{Time: 1_700_000_000_000, Issuance: 5_400_000 * tao.TAO, BlockEmission: tao.TAO, NextHalving: 10_500_000 * tao.TAO, Cap: tao.Cap}
}

func TestNextHalving(t *testing.T) {
	if got, want := NextHalving(supply(), 12_000), uint64(1_700_000_000_000+5_100_000*12_000); got != want {
		t.Errorf("%d, want %d", got, want)
	}
	odd := supply()
	odd.NextHalving = odd.Issuance + 1
	if got := NextHalving(odd, 12_000); got != 1_700_000_012_000 {
		t.Errorf("a rao short is one block: %d", got)
	}
	none := supply()
	none.BlockEmission = 0
	past := supply()
	past.NextHalving = 1
	for name, s := range map[string]view.Supply{"nothing is emitted": none, "it is passed": past} {
		if got := NextHalving(s, 12_000); got != 0 {
			t.Errorf("%s: %d", name, got)
		}
	}
	if NextHalving(supply(), 0) != 0 || NextHalving(supply(), 1<<60) != 0 {
		t.Error("without a block time there is no estimate")
	}
}

func TestProjection(t *testing.T) {
	s := supply()
	pts := Project(s, 12_000, 100)
	if pts[1].Issued != 10_500_000*tao.TAO || pts[2].Issued != 15_750_000*tao.TAO {
		t.Errorf("%+v", pts[:3])
	}
	first, second := pts[1].Years, pts[2].Years-pts[1].Years
	if ratio := second / first; ratio < 2.05 || ratio > 2.07 { // 5.25 M at half the pace against 5.1 M
		t.Errorf("the second halving takes %.3f times as long", ratio)
	}
	for i := 1; i < len(pts); i++ {
		if pts[i].Years <= pts[i-1].Years || pts[i].Issued <= pts[i-1].Issued || pts[i].Issued > tao.Cap {
			t.Fatalf("point %d: %+v after %+v", i, pts[i], pts[i-1])
		}
	}
	for name, c := range map[string]struct {
		s  view.Supply
		bt uint64
	}{"no pace": {s, 0}, "nothing known": {view.Supply{}, 12_000}, "all issued": {view.Supply{Issuance: tao.Cap, BlockEmission: 1}, 12_000}} {
		if got := Project(c.s, c.bt, 10); len(got) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
		Chart(c.s, c.bt, 0, Horizon(c.s, c.bt))
	}
	c := Chart(s, 2000, 1_700_000_000_000, Horizon(s, 2000))
	if !strings.HasPrefix(c.Dashed, "M0.00 74.29L") || len(c.Dots) == 0 || len(c.Years) < 2 {
		t.Errorf("%+v", c)
	}
}

func TestEmission(t *testing.T) {
	var list []view.Subnet
	for i := range uint16(12) {
		list = append(list, view.Subnet{Netuid: i, Name: "n", Emission: tao.Amount(i)})
	}
	rows, rest := Emission(list)
	if len(rows) != 9 || rows[0].Netuid != "11" || rows[0].Width != "100.0" || rest == nil || rest.Emission != 3 || rest.Name != "3 more" {
		t.Errorf("%+v %+v", rows, rest)
	}
	if rows, rest := Emission(nil); rows != nil || rest != nil {
		t.Error("shares of nothing")
	}
	rows, rest = Emission(list[:1]) // a subnet that gets nothing
	if len(rows) != 1 || rest != nil || rows[0].Percent != "–" || rows[0].Width != "0" {
		t.Errorf("%+v", rows)
	}
}

func TestIdentityIsMirrored(t *testing.T) {
	ink, lamp := Identity([32]byte{4: 0, 5: 2, 6: 1})
	if ink == "" || !strings.Contains(lamp, "M1 0") || !strings.Contains(lamp, "M5 0") {
		t.Errorf("%s %s", ink, lamp)
	}
}
