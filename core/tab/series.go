package tab

// Series asks for figures over time.
const Series = "series" // SeriesParams → SeriesPage

// Kinds of series, with what a point's Result holds.
const (
	NeuronSeries = "neuron" // what each epoch of a subnet gave one uid: view.NeuronEpoch
	SupplySeries = "supply" // where all TAO was: view.Totals
	SharesSeries = "shares" // how emission was split over subnets: view.Shares
)

// MaxSeries is the most points of one page.
const MaxSeries = 64

// SeriesParams asks for points at or below a height, newest first.
//
// A neuron's points stand at the blocks of its subnet's epochs. Those of shares stand at the blocks of the root network's
// epochs if Every is 0, as nothing changes in between; those of supply, and of shares otherwise, at multiples of Every.
type SeriesParams struct {
	_      struct{} `cbor:",toarray"`
	Kind   string
	Netuid uint16 // of a neuron's series
	UID    uint16 // of a neuron's series: all uids of a subnet cost what one does, and the next one comes from memory
	Every  uint64 // blocks; at least 1 for supply
	From   uint64 // 0: the newest there is
	Count  uint64 // 1 to MaxSeries
}

// SeriesPage is points of a series, newest first, none left out. It may hold fewer than were asked for: when the time for
// an answer is up, or where the series ends.
type SeriesPage struct {
	_      struct{} `cbor:",toarray"`
	Points []Figure
	Next   uint64 // From of the next page; 0: it was shown that nothing stands before
	// End says why there are no more points than these, if it isn't their number: series_begins (with Next 0), state_gone
	// (no relay that is connected keeps older states), out_of_reach, or what went wrong, after which Next may be asked again.
	End *Error
}
