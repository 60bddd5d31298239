package relay

import (
	"testing"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/wire"
)

// lightBlock fetches a light block over HTTP and decodes it with CometBFT's own types.
func lightBlock(t testing.TB, n *Node, path string) *types.LightBlock {
	t.Helper()
	r, body := get(t, n, path)
	if r.StatusCode != 200 {
		t.Fatalf("%s: %s: %s", path, r.Status, body)
	}
	var p cmtproto.LightBlock
	if err := p.Unmarshal(body); err != nil {
		t.Fatal(err)
	}
	b, err := types.LightBlockFromProto(&p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func headerHash(t testing.TB, n *Node, height uint64) [32]byte {
	t.Helper()
	return [32]byte(lightBlock(t, n, wire.LightBlockPath(height)).Hash())
}
