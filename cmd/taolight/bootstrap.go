package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/taolight/taolight/core/wire"
)

// defaultRelay is the devnet of this computer.
const defaultRelay = "http://127.0.0.1:8080"

const (
	bootstrapTimeout = 10 * time.Second
	maxBootstrap     = 64 << 10
	maxRelays        = 16 // addresses of one bootstrap document that are tried
)

func relayFromEnv() string {
	if r := os.Getenv("TAOLIGHT_RELAY"); r != "" {
		return r
	}
	return defaultRelay
}

// resolve returns the multiaddrs that --relay stands for. For an HTTP address they come from its bootstrap document,
// which is returned, too; nothing in it is trusted.
func resolve(ctx context.Context, relay string) ([]string, *wire.Bootstrap, error) {
	if strings.HasPrefix(relay, "/") {
		return []string{relay}, nil, nil
	}
	u, err := url.Parse(relay)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, nil, fmt.Errorf("--relay %q: want http://HOST:PORT or a multiaddr such as /ip4/127.0.0.1/tcp/8080/ws/p2p/12D3Koo…", relay)
	}
	boot, err := fetchBootstrap(ctx, strings.TrimRight(relay, "/")+wire.BootstrapPath)
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		return nil, nil, hint(fmt.Errorf("no relay answers at %s (%w)", relay, err), "start one with taolight devnet, or name another with --relay")
	}
	if len(boot.Relays) == 0 {
		return nil, nil, fmt.Errorf("%s names no relays in %s", relay, wire.BootstrapPath)
	}
	return boot.Relays[:min(len(boot.Relays), maxRelays)], boot, nil
}

func fetchBootstrap(ctx context.Context, address string) (*wire.Bootstrap, error) {
	ctx, cancel := context.WithTimeout(ctx, bootstrapTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		var wrapped *url.Error // it repeats the address
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", wire.BootstrapPath, res.Status)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxBootstrap))
	if err != nil {
		return nil, err
	}
	boot := new(wire.Bootstrap)
	if err := json.Unmarshal(raw, boot); err != nil {
		return nil, fmt.Errorf("%s is not what it should be: %w", wire.BootstrapPath, err)
	}
	return boot, nil
}
