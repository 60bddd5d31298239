package web

import (
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

// Types and lifetimes of answers.
const (
	typeCBOR     = "application/cbor"
	typeProtobuf = "application/protobuf"
	typeWitness  = "application/octet-stream"

	cacheForever = "public, max-age=31536000, immutable"
	cacheNever   = "no-store"
)

// bootstrap answers with where to begin. The newest block is good for that: it has its commit.
func (h *Handler) bootstrap(w http.ResponseWriter, r *http.Request, a serve.Answers) error {
	head, ok := a.Heads().Newest()
	if !ok {
		return errStarting
	}
	id, relays := a.Identity(), h.relays(r.Host)
	if relays == nil {
		relays = []string{}
	}
	writeJSON(w, http.StatusOK, wire.Bootstrap{
		ChainID: id.ChainID, GenesisHash: hex.EncodeToString(id.GenesisHash[:]), Relays: relays,
		Checkpoint:  wire.Checkpoint{Height: head.Height, Hash: hex.EncodeToString(head.Hash[:])},
		Checkpoints: h.vouched,
	})
	return nil
}

// health says that blocks are there.
func (h *Handler) health(w http.ResponseWriter, _ *http.Request, a serve.Answers) error {
	head, ok := a.Heads().Newest()
	if !ok {
		return errStarting
	}
	writeJSON(w, http.StatusOK, struct {
		Height uint64 `json:"height"`
	}{head.Height})
	return nil
}

// chainData answers the GETs under /v1/. One address has one meaning: heights and hex in any other than their shortest
// lower-case form are not found.
func (h *Handler) chainData(w http.ResponseWriter, r *http.Request, a serve.Answers) error {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	switch {
	case len(parts) == 1 && parts[0] == "head":
		reply, err := a.LightBlock(r.Context(), 0)
		return write(w, r, reply, err, typeProtobuf, cacheNever)
	case len(parts) == 2 && (parts[0] == "lightblock" || parts[0] == "block" || parts[0] == "events"):
		height, err := parseHeight(parts[1])
		if err != nil {
			return err
		}
		head, _ := a.Heads().Newest()
		cache := cacheForever
		if height >= head.Height {
			cache = cacheNever // the newest block's commit may still be replaced by the one in the next block
		}
		switch parts[0] {
		case "block":
			reply, err := a.Block(r.Context(), height)
			return write(w, r, reply, err, typeCBOR, cache)
		case "events":
			reply, err := a.Events(r.Context(), height)
			return write(w, r, reply, err, typeCBOR, cache)
		}
		reply, err := a.LightBlock(r.Context(), height)
		return write(w, r, reply, err, typeProtobuf, cache)
	case len(parts) == 4 && parts[0] == "witness":
		q, err := parseWitness(parts[1], parts[2], parts[3])
		if err != nil {
			return err
		}
		reply, err := a.Witness(r.Context(), q)
		return write(w, r, reply, err, typeWitness, cacheForever)
	}
	return errNoSuchAddress
}

var errNoSuchAddress = serve.Refuse(wire.CodeNotFound, "nothing is at this address")

func parseHeight(text string) (uint64, error) {
	height, err := strconv.ParseUint(text, 10, 63)
	if err != nil || height == 0 || strconv.FormatUint(height, 10) != text {
		return 0, serve.Refuse(wire.CodeBadRequest, "a height is a whole number from 1 on, without leading zeros")
	}
	return height, nil
}

func parseWitness(root, program, args string) (wire.WitnessRequest, error) {
	q := wire.WitnessRequest{Program: program}
	rawRoot, err := parseHex(root)
	if err != nil || len(rawRoot) != len(q.Root) {
		return q, serve.Refuse(wire.CodeBadRequest, "a state root is 64 lower-case hex digits")
	}
	copy(q.Root[:], rawRoot)
	if q.Args, err = parseHex(args); err != nil {
		return q, serve.Refuse(wire.CodeBadRequest, "arguments are lower-case hex of canonical CBOR")
	}
	return q, nil
}

func parseHex(text string) ([]byte, error) {
	if strings.ToLower(text) != text {
		return nil, errors.New("upper-case hex")
	}
	return hex.DecodeString(text)
}

func write(w http.ResponseWriter, r *http.Request, reply *serve.Reply, err error, kind, cache string) error {
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", cache)
	w.Header().Set("Content-Length", strconv.Itoa(len(reply.Body)))
	if r.Method != http.MethodHead {
		w.Write(reply.Body) // an error is the visitor's who went away
	}
	return nil
}

// submit takes a transaction. The reply says what the relay's check found, refusals included; other statuses than 200
// are about the request.
func (h *Handler) submit(w http.ResponseWriter, r *http.Request) {
	var q wire.SubmitRequest
	h.take(w, r, "a transaction", wire.MaxRequest, &q, func(a serve.Answers) (any, error) {
		return a.Submit(r.Context(), q.Tx)
	})
}

// report takes evidence against block producers, and answers as submit does.
func (h *Handler) report(w http.ResponseWriter, r *http.Request) {
	var q wire.EvidenceRequest
	h.take(w, r, "evidence", wire.MaxEvidenceRequest, &q, func(a serve.Answers) (any, error) {
		err := a.Report(r.Context(), q.Evidence)
		var no *wire.Refusal
		if errors.As(err, &no) {
			err = nil
		}
		return &wire.EvidenceReply{Refusal: no}, err
	})
}

// take reads a posted request of at most limit bytes into q and answers with what give returns.
func (h *Handler) take(w http.ResponseWriter, r *http.Request, what string, limit int64, q any, give func(serve.Answers) (any, error)) {
	if !allow(w, r, http.MethodPost) {
		return
	}
	if kind := r.Header.Get("Content-Type"); kind != typeCBOR {
		refuse(w, http.StatusUnsupportedMediaType, serve.Refuse(wire.CodeBadRequest, "%s is handed in as %s", what, typeCBOR))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		refuse(w, http.StatusRequestEntityTooLarge, serve.Refuse(wire.CodeBadRequest, "at most %d bytes are taken", limit))
		return
	case err != nil:
		refuse(w, http.StatusBadRequest, serve.Refuse(wire.CodeBadRequest, "the request ended early"))
		return
	}
	h.answer(w, r, func(w http.ResponseWriter, r *http.Request, a serve.Answers) error {
		if err := codec.Decode(body, q); err != nil {
			return serve.Refuse(wire.CodeBadRequest, "the body is no canonical request")
		}
		answer, err := give(a)
		if err != nil {
			return err
		}
		reply, err := codec.Encode(answer)
		if err != nil {
			return err
		}
		return write(w, r, &serve.Reply{Body: reply}, nil, typeCBOR, cacheNever)
	})
}
