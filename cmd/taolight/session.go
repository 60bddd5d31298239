package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	ds "github.com/ipfs/go-datastore"
	"github.com/spf13/pflag"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/core/wire"
)

// network is what commands that talk to relays are told.
type network struct {
	relays  []string
	trust   string
	require int
	check   int // further relays to hold the newest block against
	wait    time.Duration
}

func (n *network) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&n.relays, "relay", []string{relayFromEnv()}, "`RELAY` to ask, http://HOST:PORT or a multiaddr; may be repeated ($TAOLIGHT_RELAY)")
	f.StringVar(&n.trust, "trust", "", "block to trust, `HEIGHT:HASH`, a signed checkpoint's text or @FILE, from somewhere else than the relay; it is remembered for the chain")
	f.IntVar(&n.require, "require", 0, "`N` known parties must have signed --trust, see taolight checkpoint parties")
	f.IntVar(&n.check, "cross-check", 0, "hold the newest block against `N` (2 when left out) further relays that the chain lists")
	f.Lookup("cross-check").NoOptDefVal = "2"
	f.DurationVar(&n.wait, "timeout", 30*time.Second, "give up after so long")
}

// link is an open connection to one relay.
type link struct {
	relay string // as it was given
	addr  string // multiaddr
	conn  *p2p.Conn
	src   light.Source
	boot  *wire.Bootstrap // nil: reached by multiaddr
	// listed says that the chain lists it, and nobody named it.
	listed bool
}

// session is a light client that is connected and has verified up to the newest block. The code that verifies is the
// browser tab's.
type session struct {
	links  []*link
	client *light.Client
	head   *light.Head
	chain  string

	agreeing []string // addresses of relays that agree with head, when that was to be cross-checked
}

// open dials the relays and brings a client to the newest block. The trust root is --trust or the one that was saved
// for the chain; without either what follows stays claimed.
func (a *app) open(ctx context.Context, n *network, p *progress) (*session, error) {
	given, err := a.readTrust(n)
	if err != nil {
		return nil, err
	}
	return a.openFrom(ctx, n, given, a.lightStore(), p)
}

// openFrom is open from a given trust root; store is where pin and head are kept, nil for nowhere.
func (a *app) openFrom(ctx context.Context, n *network, given trusted, store ds.Datastore, p *progress) (opened *session, err error) {
	if n.check < 0 || n.check > mostChecks {
		return nil, fmt.Errorf("--cross-check %d: want a number up to %d", n.check, mostChecks)
	}
	s := new(session)
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	var failed []error
	for _, relay := range n.relays {
		p.step("connecting to %s", relay)
		l, err := dial(ctx, relay)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		s.links = append(s.links, l)
	}
	if len(s.links) == 0 {
		return nil, errors.Join(failed...)
	}
	for _, err := range failed {
		p.done()
		a.printf("warning: %s", oneLine(err.Error()))
	}
	if s.chain, err = s.links[0].chainID(ctx); err != nil {
		return nil, err
	}
	if given.signed != nil && given.signed.ChainID != s.chain {
		return nil, &checkpoint.ChainError{Got: given.signed.ChainID, Want: s.chain}
	}
	if err := s.sync(ctx, store, given, p); err != nil {
		return nil, a.forked(ctx, s.client, err, p)
	}
	if _, trusting := s.client.Pin(); !trusting {
		p.done()
		a.printf("not verified: no trusted block is known for %s; give one with --trust HEIGHT:HASH", s.chain)
	}
	if n.check > 0 {
		if err := a.crossCheck(ctx, s, n.check, p); err != nil {
			return nil, a.forked(ctx, s.client, fmt.Errorf("cross-check: %w", err), p)
		}
	}
	return s, nil
}

// withSession does something with a light client at the newest block.
func (a *app) withSession(ctx context.Context, n *network, do func(context.Context, *session, *progress) error) error {
	ctx, cancel := withTimeout(ctx, n.wait)
	defer cancel()
	p := a.progress()
	defer p.done()
	s, err := a.open(ctx, n, p)
	if err != nil {
		return err
	}
	defer s.close()
	return do(ctx, s, p)
}

// lightStore is where trusted blocks and verified heads are kept, by chain id.
func (a *app) lightStore() fileStore { return fileStore{dir: filepath.Join(a.home, "light")} }

func (s *session) sync(ctx context.Context, store ds.Datastore, given trusted, p *progress) (err error) {
	cfg := light.Config{
		ChainID: s.chain, AppVersion: chain.AppVersion, Trust: given.root, Origin: given.origin, Store: store, Now: time.Now,
		OnEvent: func(e light.Event) {
			switch {
			case e.Kind == light.EventStore:
				p.milestone("warning: %v", e.Err)
			case s.head == nil && e.Target > 0:
				p.step("verifying headers, %d of %d", e.Height, e.Target)
			case e.Kind == light.EventStep && e.Target < e.Height:
				p.step("going back from header to header, at block %d on the way to %d", e.Height, e.Target)
			}
		},
	}
	for _, l := range s.links {
		cfg.Sources = append(cfg.Sources, l.src)
	}
	if s.client, err = light.NewClient(ctx, cfg); err != nil {
		return err
	}
	p.step("verifying headers")
	s.head, err = s.client.Sync(ctx)
	var expired *light.ExpiredError
	if errors.As(err, &expired) {
		return hint(err, "ask two people who do not know each other for a fresh block or signed checkpoint, and give it with --trust")
	}
	if err == nil && given.signed != nil {
		err = conclusive(s.client.Confirm(ctx, *given.signed, given.by))
	}
	return err
}

func (s *session) close() {
	for _, l := range s.links {
		l.conn.Close()
	}
}

// dial connects to the first address of a relay that answers.
func dial(ctx context.Context, relay string) (*link, error) {
	addrs, boot, err := resolve(ctx, relay)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, addr := range addrs {
		conn, err := p2p.Dial(ctx, addr, p2p.Options{})
		if err == nil {
			return &link{relay: relay, addr: addr, conn: conn, src: light.NewRelay(addr, conn), boot: boot}, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		failed = errors.Join(failed, fmt.Errorf("relay %s: %w", addr, err))
	}
	return nil, failed
}

// chainID asks which chain the relay serves. A lie is found out by the trust root, whose hash covers the chain id.
func (l *link) chainID(ctx context.Context) (string, error) {
	if l.boot != nil {
		if n := len(l.boot.ChainID); n == 0 || n > light.MaxChainID {
			return "", fmt.Errorf("%s: a chain id of %d characters; 1 to %d are allowed", l.relay, n, light.MaxChainID)
		}
		return l.boot.ChainID, nil
	}
	blocks, err := l.src.LightBlock(ctx, 0, 0)
	if err != nil {
		return "", err
	}
	return blocks[0].Header.ChainID, nil
}

// ask runs a query of the chain at the session's head.
func ask[T any](ctx context.Context, s *session, id string, args any) (light.Proven[T], error) {
	program, ok := chain.Lookup(id)
	if !ok {
		return light.Proven[T]{}, fmt.Errorf("this version has no query %s", id)
	}
	answer, err := s.client.QueryAt(ctx, s.head, program, codec.MustEncode(args))
	if err != nil {
		return light.Proven[T]{}, err
	}
	return light.As[T](answer)
}
