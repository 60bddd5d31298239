package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/series"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
)

// series answers with a page of figures over time. What was proven in this visit is not asked again.
func (n *Node) series(ctx context.Context, p tab.SeriesParams) (any, error) {
	if p.Count == 0 || p.Count > tab.MaxSeries {
		return nil, refusal(codeBadRequest, "A page of %d points; 1 to %d are allowed.", p.Count, tab.MaxSeries)
	}
	ctx, cancel := context.WithTimeout(ctx, n.cfg.Queries)
	defer cancel()
	s, err := n.awaitReady(ctx)
	if err != nil {
		return nil, err
	}
	span := series.Span{From: series.Newest(s.client), Points: int(p.Count)}
	if p.From > 0 {
		span.From = min(span.From, p.From)
	}
	var of series.Series
	shown := func(answer []byte) ([]byte, error) { return answer, nil }
	switch {
	case p.Kind == tab.NeuronSeries:
		of = series.Epochs(p.Netuid)
		shown = func(answer []byte) ([]byte, error) {
			var e view.Epoch
			if err := codec.Decode(answer, &e); err != nil {
				return nil, err
			}
			return codec.Encode(e.Neuron(p.UID))
		}
	case p.Kind == tab.SharesSeries:
		of = series.Shares(p.Every)
	case p.Kind == tab.SupplySeries && p.Every > 0:
		of = series.Totals(p.Every)
	default:
		return nil, refusal(codeBadRequest, "There is no series %.40q, or not at every %d blocks.", p.Kind, p.Every)
	}
	out := tab.SeriesPage{Points: []tab.Figure{}}
	for point, err := range of.Points(ctx, s.remembering(n.prove), span) {
		var result []byte
		if err == nil {
			result, err = shown(point.Value())
		}
		var begins *series.BeginningError
		var gone *series.GoneError
		switch {
		case err == nil:
			out.Points, out.Next = append(out.Points, figureOf(point.Proven, result)), point.Before
		case errors.Is(err, context.DeadlineExceeded) && len(out.Points) > 0:
			return out, nil // the rest on the next page
		case errors.As(err, &begins):
			out.Next, out.End = 0, asError(err)
		case errors.As(err, &gone):
			out.Next, out.End = gone.Height, asError(err)
		case len(out.Points) == 0:
			return nil, err
		default:
			out.End = asError(err)
		}
	}
	return out, nil
}

// maxPoints is how many bytes of points, and of the proofs they keep, are remembered.
const maxPoints = 8 << 20

// points are answers of old states, which never change; how far they were checked may. Guarded by the node's lock.
type points struct {
	at    map[string]provenPoint
	order []string // of arrival
	bytes int
}

type provenPoint struct {
	light.Proven[[]byte]
	replayed bool // its block belonged to the run of replays
}

func (p *points) add(key string, f provenPoint) {
	if p.at == nil {
		p.at = make(map[string]provenPoint)
	}
	if old, known := p.at[key]; known {
		p.bytes -= old.size()
	} else {
		p.order = append(p.order, key)
	}
	p.at[key] = f
	for p.bytes += f.size(); p.bytes > maxPoints; p.order = p.order[1:] {
		p.bytes -= p.at[p.order[0]].size()
		delete(p.at, p.order[0])
	}
}

func (f provenPoint) size() int { return f.Bytes() + len(f.Value()) }

// remembering asks only what this session has not proven yet, or what is checked more or less by now, as replays go. What
// is only claimed is asked again.
func (s *session) remembering(ask func(context.Context, light.Program, []byte, uint64) (light.Proven[[]byte], error)) series.Asker {
	return func(ctx context.Context, p chain.Program, args []byte, height uint64) (light.Proven[[]byte], error) {
		key := fmt.Sprintf("%s %x %d", p.ID(), args, height)
		replayed := s.replayedAt(height)
		s.n.mu.Lock()
		f, known := s.points.at[key]
		s.n.mu.Unlock()
		if known && f.replayed == replayed {
			return f.Proven, nil
		}
		fresh, err := ask(ctx, p, args, height)
		if err == nil && fresh.Level() > level.Claimed && s.replayedAt(height) == replayed {
			s.n.mu.Lock()
			s.points.add(key, provenPoint{fresh, replayed})
			s.n.mu.Unlock()
		}
		return fresh, err
	}
}

// replayedAt says whether the block at a height belongs to the run of replays now.
func (s *session) replayedAt(height uint64) bool {
	from, to, ok := s.client.Replayed()
	return ok && from <= height && height <= to
}
