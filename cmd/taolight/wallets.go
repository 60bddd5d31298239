package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/keyfile"
	"github.com/taolight/taolight/core/keys/sign"
)

// A wallet is one key file, NAME.json, in the folder of wallets. The folder and the files are the owner's alone.

var walletName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)

const walletSuffix = ".json"

func checkWalletName(name string) error {
	if !walletName.MatchString(name) {
		return fmt.Errorf("%q is no name for a wallet: use up to 32 lower-case letters, digits, - and _, such as savings", name)
	}
	return nil
}

func (a *app) walletPath(name string) string { return filepath.Join(a.walletDir, name+walletSuffix) }

// saveWallet writes a new wallet and never over an existing one.
func (a *app) saveWallet(name string, file []byte) (err error) {
	if err := os.MkdirAll(a.walletDir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(a.walletDir, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.Write(file); err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	// Link and not rename: it fails if the name is taken, even by somebody who was faster.
	if err := os.Link(tmp.Name(), a.walletPath(name)); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return walletExists(name)
		}
		return err
	}
	return syncFolder(a.walletDir)
}

func walletExists(name string) error {
	return fmt.Errorf("there is a wallet %q already: choose another name", name)
}

// syncFolder makes a new name in a folder survive a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func (a *app) hasWallet(name string) bool {
	_, err := os.Lstat(a.walletPath(name))
	return err == nil
}

func (a *app) readWallet(name string) ([]byte, error) {
	if err := checkWalletName(name); err != nil {
		return nil, err
	}
	file, err := readLimited(a.walletPath(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hint(fmt.Errorf("there is no wallet %q", name), "see taolight wallet list, or make it with taolight wallet new %s", name)
	}
	return file, err
}

// walletNames returns the names of all wallets in order; none if there is no folder yet.
func (a *app) walletNames() ([]string, error) {
	entries, err := os.ReadDir(a.walletDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), walletSuffix)
		if ok && e.Type().IsRegular() && walletName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, err
}

// signer returns the key that --from names: a development name such as //Alice, or a wallet, which is opened.
func (a *app) signer(from string) (*sign.Key, error) {
	if strings.HasPrefix(from, "//") {
		return sign.FromURI(from)
	}
	if _, err := keys.Parse(from); err == nil {
		return nil, fmt.Errorf("%s is an address, and only a wallet can sign: name the wallet", from)
	}
	file, err := a.readWallet(from)
	if err != nil {
		return nil, err
	}
	if _, err := keyfile.Inspect(file); err != nil {
		return nil, fmt.Errorf("wallet %q: %w", from, err)
	}
	p, err := a.passphrase(fmt.Sprintf("passphrase of wallet %q", from), false)
	if err != nil {
		return nil, err
	}
	defer clear(p)
	key, err := keyfile.Open(file, p)
	if err != nil {
		return nil, fmt.Errorf("wallet %q: %w", from, err)
	}
	return key, nil
}

// identify says who a wallet or a development name is, without opening it. An address is known, too; it can't sign.
func (a *app) identify(name string) (party, error) {
	if strings.HasPrefix(name, "//") {
		key, err := sign.FromURI(name)
		if err != nil {
			return party{}, err
		}
		return party{name: name, account: key.Account(), scheme: key.Scheme(), key: key}, nil
	}
	if account, err := keys.Parse(name); err == nil {
		return party{name: name, account: account}, nil
	}
	file, err := a.readWallet(name)
	if err != nil {
		return party{}, err
	}
	info, err := keyfile.Inspect(file)
	if err != nil {
		return party{}, fmt.Errorf("wallet %q: %w", name, err)
	}
	return party{name: name, account: info.Address, scheme: info.Scheme}, nil
}

// address reads an address, the name of a wallet or a development name.
func (a *app) address(text string) (keys.Account, error) {
	if strings.HasPrefix(text, "//") {
		key, err := sign.FromURI(text)
		if err != nil {
			return keys.Account{}, err
		}
		return key.Account(), nil
	}
	if walletName.MatchString(text) && a.hasWallet(text) {
		file, err := a.readWallet(text)
		if err != nil {
			return keys.Account{}, err
		}
		info, err := keyfile.Inspect(file)
		if err != nil {
			return keys.Account{}, fmt.Errorf("wallet %q: %w", text, err)
		}
		return info.Address, nil
	}
	account, err := keys.Parse(text)
	if err != nil && walletName.MatchString(text) {
		return account, fmt.Errorf("%q is no wallet here, and no address, which has 47 or 48 characters: see taolight wallet list", text)
	}
	return account, err
}
