//go:build !js

package chain

const (
	walkChains = 8
	walkBlocks = 250
)
