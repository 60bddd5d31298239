package relay

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/relay/consensus"
	"github.com/taolight/taolight/relay/host"
)

// GenesisError says that a home and a genesis don't go together.
type GenesisError struct {
	Home   string
	Have   string // the home's chain id; empty: it has none
	Want   string // the chain id that was asked for; empty: none
	Reason string
}

func (e *GenesisError) Error() string { return fmt.Sprintf("genesis of %s: %s", e.Home, e.Reason) }

// Producer returns the key with which a home produces blocks, as a genesis names it with a power of 10. A home without
// keys gets them.
func Producer(home string) (chain.Producer, error) {
	keys, err := consensus.LoadKeys(home)
	if err != nil {
		return chain.Producer{}, err
	}
	return keys.Identity(10)
}

// PeerID returns the name under which a home is known to other block producers, the ID of ID@HOST:PORT.
func PeerID(home string) (string, error) {
	keys, err := consensus.LoadKeys(home)
	if err != nil {
		return "", err
	}
	return string(keys.Peer.ID()), nil
}

// Identity returns the key that names the relay of a home to light nodes: its account's bytes are the peer id. A home in
// which no node has run yet is fs.ErrNotExist.
func Identity(home string) (*sign.Key, error) {
	key, err := consensus.RelayKey(home)
	if err != nil {
		return nil, err
	}
	raw, err := key.Raw()
	if err != nil {
		return nil, err
	}
	return sign.FromSeed(sign.Ed25519, [32]byte(raw))
}

func genesisPath(home string) string { return filepath.Join(home, "config", "genesis.json") }

// settleGenesis returns the home's genesis. A home that has none gets the given one, for good.
func settleGenesis(home string, given *chain.Genesis) (*chain.Genesis, error) {
	raw, err := os.ReadFile(genesisPath(home))
	if errors.Is(err, fs.ErrNotExist) {
		return adoptGenesis(home, given)
	}
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	have, err := chain.ParseGenesis(raw)
	if err != nil {
		return nil, &GenesisError{Home: home, Reason: fmt.Sprintf("%s: %v", genesisPath(home), err)}
	}
	if given != nil && given.Hash() != have.Hash() {
		return nil, &GenesisError{
			Home: home, Have: have.ChainID(), Want: given.ChainID(),
			Reason: fmt.Sprintf("it belongs to the chain %s, not to %s; choose another home or start anew", have.ChainID(), given.ChainID()),
		}
	}
	return have, nil
}

// ofChain refuses a home whose lowest block is of another chain than its genesis: a version with other rules made it.
func ofChain(lowest *types.BlockMeta, home, chainID string) error {
	if lowest == nil || lowest.Header.ChainID == chainID {
		return nil
	}
	have := lowest.Header.ChainID
	return &GenesisError{Home: home, Have: have, Want: chainID,
		Reason: fmt.Sprintf("its blocks are of the chain %s, made by another version of this program, for which its genesis is the chain %s; run that version, choose another home or start anew", have, chainID)}
}

func adoptGenesis(home string, given *chain.Genesis) (*chain.Genesis, error) {
	if given == nil {
		return nil, &GenesisError{Home: home, Reason: "it has none, and none is given for a new chain"}
	}
	raw, err := given.Encode()
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	// What the next start will read must be the same chain.
	again, err := chain.ParseGenesis(raw)
	if err != nil {
		return nil, &GenesisError{Home: home, Want: given.ChainID(), Reason: err.Error()}
	}
	if again.Hash() != given.Hash() {
		return nil, &GenesisError{Home: home, Want: given.ChainID(), Reason: "the genesis does not survive being written and read"}
	}
	return again, consensus.WriteFile(genesisPath(home), raw)
}

// isLoopback says whether an address to listen on is reached from this machine only.
func isLoopback(listen string) bool {
	addr, err := net.ResolveTCPAddr("tcp", listen)
	return err == nil && addr.IP.IsLoopback()
}

var domain = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$`)

// checkAnnounced refuses addresses that no visitor could dial.
func (n *Node) checkAnnounced(announce []string) error {
	for _, a := range announce {
		if _, err := multiaddr.Parse(a + "/p2p/" + n.host.PeerID().String()); err != nil {
			return fmt.Errorf("announced %w", err)
		}
	}
	return nil
}

// relays returns the function that tells a visitor where this relay is: the announced addresses, or else where the
// visitor reached it, which works for loopback, a local network and forwarded ports alike. The answer is for that
// visitor alone, so a forged Host header fools nobody else.
func (n *Node) relays(announce []string) func(string) []string {
	return func(hostHeader string) []string {
		id := n.host.PeerID()
		var out []string
		for _, a := range announce {
			out = append(out, a+"/p2p/"+id.String())
		}
		if len(out) > 0 {
			return out
		}
		name, portText, err := net.SplitHostPort(hostHeader)
		if err != nil {
			name, portText = hostHeader, "80"
		}
		port, err := strconv.ParseUint(portText, 10, 16)
		switch ip := net.ParseIP(name); {
		case err != nil || port == 0:
			return []string{n.host.Multiaddr()}
		case name == "localhost": // whichever address the browser takes it for, the relay listens on its own
			name = "127.0.0.1"
			if own := n.host.Addr().IP; own.IsLoopback() {
				name = own.String()
			}
		case ip == nil && !domain.MatchString(name):
			return []string{n.host.Multiaddr()}
		}
		return []string{host.AddrOf(name, int(port), false, id)}
	}
}
