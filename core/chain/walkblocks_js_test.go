package chain

// Fewer blocks where signatures are slow: enough to pass the pinned root.
const (
	walkChains = 1
	walkBlocks = earlyBlocks
)
