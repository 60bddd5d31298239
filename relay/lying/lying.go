// Package lying is test support: relays that lie. Tests and the end-to-end harness put one in front of an honest relay
// and look whether light nodes catch it. No program of taolight imports it.
//
// [Start] runs one. It has a port, a peer id and a page of its own, and takes its answers from the honest relay, all
// true but for its one [Lie].
package lying

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/libp2p/go-libp2p/core/crypto"

	"github.com/taolight/taolight/relay/host"
	"github.com/taolight/taolight/relay/serve"
	"github.com/taolight/taolight/relay/web"
)

// Lie is what a relay lies about.
type Lie string

// The lies.
const (
	// ForgedCommit replaces every producer's signature in all light blocks by random bytes.
	ForgedCommit Lie = "forged-commit"
	// StaleHead knows no block after the one that was the newest when it started, though it shows signs of life.
	StaleHead Lie = "stale-head"
	// FalseBalance flips one bit in every witness: for account@1 in what the tree holds for that address.
	FalseBalance Lie = "false-balance"
	// OversizedFrame announces 4 GiB for every single answer and every head on a stream, and sends one byte.
	OversizedFrame Lie = "oversized-frame"
	// WithheldHead shows no block as the newest one, and yet answers for each height.
	WithheldHead Lie = "withheld-head"
	// FutureHead dates each new head an hour ahead, and has it signed again. It needs the producers' key.
	FutureHead Lie = "future-head"
	// Equivocation shows another block as each new head, which the producers signed, too. It needs their key.
	Equivocation Lie = "equivocation"
	// Slowloris sends a byte at a time.
	Slowloris Lie = "slowloris"
	// ManInTheMiddle passes all answers on truly, under the honest relay's peer id, of which it lacks the key.
	ManInTheMiddle Lie = "man-in-the-middle"
	// SecondChain shows Options.Block as its newest block, where the honest relay has another one.
	SecondChain Lie = "second-chain"
)

// Lies are all that need nothing more than an honest relay.
var Lies = []Lie{ForgedCommit, StaleHead, FalseBalance, OversizedFrame, WithheldHead, Slowloris, ManInTheMiddle}

// Honest is the relay that is lied about; *relay.Node is one.
type Honest interface {
	Answers() serve.Answers
	Multiaddr() string
}

// Options of [Start].
type Options struct {
	Lie    Lie
	Block  []byte // for SecondChain: protobuf of CometBFT's LightBlock
	Listen string // HOST:PORT; empty: a free port of 127.0.0.1
	Static fs.FS  // the dashboard that it serves; nil: none

	Producers ed25519.PrivKey // all of the chain's, for lies that they are part of
	Beside    []string        // multiaddrs of other relays that its page names, too
	AtOnce    int             // bytes that a Slowloris sends at once on each connection, before it begins
}

// Relay is a running liar.
type Relay struct {
	host    *host.Host
	pages   *web.Handler
	peer    string // the peer id that it claims
	stop    context.CancelFunc
	running sync.WaitGroup
	slow    *trickle // of a Slowloris
}

// Start runs a liar before an honest relay that has blocks already.
func Start(honest Honest, o Options) (*Relay, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	key, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &Relay{stop: stop}
	answers, err := r.answers(ctx, o, honest.Answers())
	if err == nil && o.Lie == Slowloris {
		r.slow, err = startTrickle(honest.Multiaddr(), o.AtOnce)
	}
	if err == nil {
		relays := func(string) []string { return append([]string{r.Multiaddr()}, o.Beside...) }
		r.pages, err = web.New(web.Options{Static: o.Static, Loopback: true, Relays: relays})
	}
	if err == nil {
		r.host, err = host.Listen(host.Options{Listen: o.Listen, Key: key, HTTP: r.pages})
	}
	if err != nil {
		stop()
		r.slow.close()
		r.running.Wait()
		return nil, err
	}
	r.peer = r.host.PeerID().String()
	if o.Lie == ManInTheMiddle {
		addr := honest.Multiaddr()
		r.peer = addr[strings.LastIndexByte(addr, '/')+1:]
	}
	r.host.Serve(answers)
	switch o.Lie {
	case WithheldHead, FutureHead, Equivocation: // where the page says that trust begins is true
		r.pages.Serve(honest.Answers())
	default:
		r.pages.Serve(answers)
	}
	return r, nil
}

// answers wraps the honest answers.
func (r *Relay) answers(ctx context.Context, o Options, truth serve.Answers) (serve.Answers, error) {
	var l interface {
		serve.Answers
		head(serve.Head) (serve.Head, error)
	}
	base := liar{Answers: truth, feed: &serve.Feed{}}
	if (o.Lie == FutureHead || o.Lie == Equivocation) && len(o.Producers) == 0 {
		return nil, fmt.Errorf("lying: %s needs the producers' key", o.Lie)
	}
	switch o.Lie {
	case ManInTheMiddle, Slowloris:
		return truth, nil
	case WithheldHead:
		return hider{base}, nil
	case FutureHead:
		l = &signer{liar: base, key: o.Producers, change: func(h *cmttypes.Header) { h.Time = h.Time.Add(time.Hour) }}
	case Equivocation:
		l = &signer{liar: base, key: o.Producers, change: func(h *cmttypes.Header) { h.AppHash = bytes.Repeat([]byte{6}, len(h.AppHash)) }}
	case ForgedCommit:
		l = forger{base}
	case FalseBalance:
		return flipper{truth}, nil
	case OversizedFrame:
		l = boaster{base}
	case SecondChain:
		head, err := secondHead(o.Block)
		if err != nil {
			return nil, err
		}
		base.feed.Publish(head)
		return second{sleeper{base, head.Height}, head}, nil
	case StaleHead:
		newest, ok := truth.Heads().Newest()
		if !ok {
			return nil, errors.New("lying: the honest relay has no block yet")
		}
		base.feed.Publish(newest)
		return sleeper{base, newest.Height}, nil
	default:
		return nil, fmt.Errorf("lying: no lie %q; there are %v", o.Lie, Lies)
	}
	heads := truth.Heads().Follow()
	follow := func() error {
		h, err := heads.Next(ctx)
		if err == nil {
			h, err = l.head(h)
		}
		if err == nil {
			base.feed.Publish(h)
		}
		return err
	}
	if err := follow(); err != nil { // the first at once: without one its page has nowhere to begin
		return nil, err
	}
	r.running.Go(func() {
		for follow() == nil { // a liar that can't follow just falls silent
		}
	})
	return l, nil
}

// URL is where the liar's page is.
func (r *Relay) URL() string { return "http://" + r.host.Addr().String() + "/" }

// Addr is the address that the liar listens on.
func (r *Relay) Addr() *net.TCPAddr { return r.host.Addr() }

// Multiaddr is the libp2p address that it gives to visitors.
func (r *Relay) Multiaddr() string {
	if r.slow != nil {
		return r.slow.addr
	}
	addr := r.host.Multiaddr()
	return addr[:strings.LastIndexByte(addr, '/')+1] + r.peer
}

// Close ends the liar; the honest relay goes on.
func (r *Relay) Close() error {
	r.stop()
	r.slow.close()
	err := r.host.Close()
	r.pages.Close()
	r.running.Wait()
	return err
}

// flip returns a copy of a witness with one bit flipped: shortly behind the first place where near stands, or else in
// the last byte.
func flip(witness, near []byte) []byte {
	out := bytes.Clone(witness)
	if len(out) == 0 {
		return out
	}
	at := len(out) - 1
	if i := bytes.Index(out, near); len(near) > 0 && i >= 0 {
		at = min(at, i+len(near)+8) // within the value: an account's nonce comes first, then its free balance
	}
	out[at] ^= 1
	return out
}
