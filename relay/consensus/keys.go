package consensus

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/libp2p/go-libp2p/core/crypto"

	"github.com/taolight/taolight/core/chain"
)

// Keys are a node's three keys. They are made once and kept in HOME/config, readable by their owner alone.
type Keys struct {
	Producer *privval.FilePV // signs blocks; remembers in HOME/data what it signed, so that it never signs twice
	Peer     *cmtp2p.NodeKey // names the node among block producers
	Relay    crypto.PrivKey  // names the relay to light nodes
}

// KeyError says that a key file can't be used. Deleting it is rarely right: a block producer that forgets what it
// signed may sign twice and be removed.
type KeyError struct {
	Path string
	Err  error
}

func (e *KeyError) Error() string { return fmt.Sprintf("key file %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *KeyError) Unwrap() error { return e.Err }

// LoadKeys reads the keys below home and makes those that are missing. Two processes must not call it at once for one
// home that has none yet.
func LoadKeys(home string) (*Keys, error) {
	config, data := filepath.Join(home, "config"), filepath.Join(home, "data")
	for _, dir := range []string{config, data} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make %s: %w", dir, err)
		}
	}
	var k Keys
	var err error
	if k.Producer, err = producerKey(filepath.Join(config, "priv_validator_key.json"), filepath.Join(data, "priv_validator_state.json")); err != nil {
		return nil, err
	}
	path := filepath.Join(config, "node_key.json")
	if k.Peer, err = cmtp2p.LoadOrGenNodeKey(path); err != nil {
		return nil, &KeyError{Path: path, Err: err}
	}
	path = relayKeyPath(home)
	if k.Relay, err = relayKey(path); err != nil {
		return nil, &KeyError{Path: path, Err: err}
	}
	return &k, nil
}

// Identity is the producer's public key with its power, as a genesis names it.
func (k *Keys) Identity(power int64) (chain.Producer, error) {
	pub, err := k.Producer.GetPubKey()
	if err != nil {
		return chain.Producer{}, err
	}
	return chain.Producer{PubKey: [32]byte(pub.Bytes()), Power: power}, nil
}

// producerKey loads or makes the block producer's key. CometBFT's own loader ends the program when a file is damaged,
// so both are read here before it sees them.
func producerKey(keyPath, statePath string) (*privval.FilePV, error) {
	raw, err := os.ReadFile(keyPath)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(statePath); err == nil {
			return nil, &KeyError{Path: keyPath, Err: fmt.Errorf("is missing, though %s says that it signed", statePath)}
		}
		pv := privval.NewFilePV(ed25519.GenPrivKey(), keyPath, statePath)
		pv.Save()
		return pv, nil
	}
	if err != nil {
		return nil, &KeyError{Path: keyPath, Err: err}
	}
	var key privval.FilePVKey
	if err := cmtjson.Unmarshal(raw, &key); err != nil {
		return nil, &KeyError{Path: keyPath, Err: err}
	}
	if priv, ok := key.PrivKey.(ed25519.PrivKey); !ok || len(priv) != ed25519.PrivateKeySize {
		return nil, &KeyError{Path: keyPath, Err: errors.New("holds no ed25519 key")}
	}
	raw, err = os.ReadFile(statePath)
	if err != nil {
		return nil, &KeyError{Path: statePath, Err: err}
	}
	var last privval.FilePVLastSignState
	if err := cmtjson.Unmarshal(raw, &last); err != nil {
		return nil, &KeyError{Path: statePath, Err: err}
	}
	return privval.LoadFilePV(keyPath, statePath), nil
}

// RelayKey reads the key that names the relay of a home to light nodes; a home that has none is fs.ErrNotExist.
func RelayKey(home string) (crypto.PrivKey, error) {
	path := relayKeyPath(home)
	key, err := readRelayKey(path)
	if err != nil {
		return nil, &KeyError{Path: path, Err: err}
	}
	return key, nil
}

func relayKeyPath(home string) string { return filepath.Join(home, "config", "relay_key") }

func readRelayKey(path string) (crypto.PrivKey, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := crypto.UnmarshalPrivateKey(raw)
	if err == nil && key.Type() != crypto.Ed25519 {
		err = errors.New("holds no ed25519 key")
	}
	return key, err
}

func relayKey(path string) (crypto.PrivKey, error) {
	key, err := readRelayKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	key, _, err = crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		return nil, err
	}
	raw, err := crypto.MarshalPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, WriteFile(path, raw)
}

// WriteFile writes a file that only its owner reads, completely or not at all.
func WriteFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}
