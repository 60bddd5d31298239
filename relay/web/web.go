// Package web is the relay's HTTP side: the dashboard's files, /bootstrap.json, the answers of core/wire at addresses
// that never change their meaning, and /healthz.
//
// [New] makes the handler; [Handler.Serve] gives it its answers. Before that, and before the first block, what needs
// the chain is refused as busy while the dashboard's files are there at once. [Handler.Close] waits for the last request. A refusal is JSON, a [wire.Refusal], with
// a fitting status.
package web

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

// Options of [New].
type Options struct {
	Static fs.FS // the dashboard, see [newAssets]; nil: none
	// Relays returns the multiaddrs at which a visitor finds this relay, who reached it under the given Host header.
	Relays      func(host string) []string
	Checkpoints []string // signed ones, for /bootstrap.json
	// Loopback lets the page connect to ws:// addresses on the visitor's own machine, for development networks.
	Loopback bool
	Logger   *slog.Logger // nil: silent
}

// Handler answers HTTP requests.
type Handler struct {
	assets  *assets
	relays  func(string) []string
	policy  string
	vouched []string // signed checkpoints
	logger  *slog.Logger
	answers atomic.Pointer[serve.Answers]

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup // requests; grows only under mu while not closed
}

// New reads and hashes the dashboard's files and returns a handler that does not know the chain yet.
func New(o Options) (*Handler, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Relays == nil {
		o.Relays = func(string) []string { return nil }
	}
	a, err := newAssets(o.Static)
	if err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	return &Handler{assets: a, relays: o.Relays, policy: Policy(o.Loopback), vouched: o.Checkpoints, logger: o.Logger}, nil
}

// Serve gives the handler its answers.
func (h *Handler) Serve(a serve.Answers) { h.answers.Store(&a) }

// Close refuses what is still to come and waits for requests that are being answered. A server that is closed before
// does not wait for them, and they may be reading what is closed next.
func (h *Handler) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.running.Wait()
}

func (h *Handler) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.running.Add(1)
	}
	return !h.closed
}

// Policy is the content security policy of every answer. With loopback the page may also reach relays on the visitor's
// own machine without TLS.
func Policy(loopback bool) string {
	connect := "connect-src 'self' wss: https:"
	if loopback {
		connect += " ws://127.0.0.1:* ws://localhost:*"
	}
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data:", connect,
		"worker-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types taolight",
	}, "; ")
}

// ServeHTTP implements [http.Handler]. Paths are compared as they are: nothing is cleaned up or redirected.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Security-Policy", h.policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.TLS != nil {
		head.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if !h.enter() {
		refuse(w, http.StatusServiceUnavailable, errClosing)
		return
	}
	defer h.running.Done()
	switch path := r.URL.Path; {
	case path == wire.BootstrapPath:
		h.read(w, r, h.bootstrap)
	case path == "/healthz":
		h.read(w, r, h.health)
	case path == wire.SubmitPath:
		h.submit(w, r)
	case path == wire.EvidencePath:
		h.report(w, r)
	case strings.HasPrefix(path, "/v1/"):
		// Whoever reads these checks them: they may be read from any page, and kept by any cache.
		head.Set("Access-Control-Allow-Origin", "*")
		head.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.read(w, r, h.chainData)
	default:
		if allow(w, r, http.MethodGet, http.MethodHead) {
			h.assets.serve(w, r)
		}
	}
}

// read runs a GET or HEAD of something that the chain is needed for.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, f func(http.ResponseWriter, *http.Request, serve.Answers) error) {
	if !allow(w, r, http.MethodGet, http.MethodHead) {
		return
	}
	h.answer(w, r, f)
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request, f func(http.ResponseWriter, *http.Request, serve.Answers) error) {
	a := h.answers.Load()
	err := error(errStarting)
	if a != nil {
		err = f(w, r, *a)
	}
	if err == nil {
		return
	}
	no, own := serve.AsRefusal(err)
	if own {
		h.logger.Error("a request failed", "path", r.URL.Path, "err", err)
	}
	refuse(w, statusOf(no.Code), no)
}

var errClosing = serve.Refuse(wire.CodeBusy, "the relay is shutting down")

var errStarting = serve.Refuse(wire.CodeBusy, "the relay has no block yet; ask again in a moment")

func statusOf(code string) int {
	switch code {
	case wire.CodeBadRequest:
		return http.StatusBadRequest
	case wire.CodeNotFound:
		return http.StatusNotFound
	case wire.CodeTooLarge:
		return http.StatusUnprocessableEntity
	case wire.CodeBusy:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// refuse writes a refusal; it is never kept by a cache.
func refuse(w http.ResponseWriter, status int, no *wire.Refusal) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	writeJSON(w, status, no)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // only plain structs of strings and numbers come here
		status, body = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", fmt.Sprint(len(body)+1))
	w.WriteHeader(status)
	w.Write(append(body, '\n')) // an error is the visitor's who went away
}

// allow says whether the method is one of those allowed, and refuses it otherwise.
func allow(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	for _, m := range methods {
		if r.Method == m {
			return true
		}
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	refuse(w, http.StatusMethodNotAllowed, serve.Refuse(wire.CodeBadRequest, "this address takes %s only", strings.Join(methods, " or ")))
	return false
}
