package main

import (
	"strconv"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/text"
)

// FileEpochs explains neurons in the epochs that the block of a file ran. What it shows was computed here, without a network.
type FileEpochs struct{ App *model.App }

func (c *FileEpochs) p() *model.ProofPage { return &c.App.Proof }

func (c *FileEpochs) report() *tab.ProofReport { return &c.p().Report.Value }

func (c *FileEpochs) why() *tab.Explanation { return &c.p().Why.Value }

func (c *FileEpochs) has() bool { return c.p().Why.Has }

func (c *FileEpochs) busy() bool { return c.p().Why.Since != 0 }

func (c *FileEpochs) wrong() string {
	if c.p().Why.Err != nil {
		return c.p().Why.Err.Error()
	}
	return c.p().Neuron.Err
}

func field(e tab.ProofEpoch) string { return "fw-" + strconv.FormatUint(uint64(e.Netuid), 10) }

func asking(e tab.ProofEpoch) string {
	return "In epoch " + count(e.Index) + " of subnet " + count(uint64(e.Netuid)) + ", why did uid"
}

func (c *FileEpochs) title() string { return model.WhyTitle(c.why()) }

func (c *FileEpochs) text() string { return model.WhyEarned(c.why()) }

// facts are the figures behind the sentences.
func (c *FileEpochs) facts() []model.Fact {
	e := c.why()
	share := func(v uint64) text.Figure { return withUnit(percent(v, one, 3), "%") }
	return []model.Fact{
		{Name: "Earned as a miner", Figure: text.Tidy(tao.Amount(e.Server))},
		{Name: "Earned as a validator", Figure: text.Tidy(tao.Amount(e.Validator))},
		{Name: "Incentive", Figure: share(e.Incentive)},
		{Name: "Dividends", Figure: share(e.Dividends)},
		{Name: "Stake", Figure: text.Tidy(tao.Amount(e.Stake))},
	}
}
