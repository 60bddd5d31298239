package bundle

import (
	"context"
	"errors"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
)

// ForBlock executes a block again and makes the bundle with which anybody can: of one that follows, and of a fraud.
// It fails as [light.Client.Replay] does, except with [light.FraudError].
func ForBlock(ctx context.Context, client *light.Client, height uint64) (*Bundle, error) {
	r, err := client.Replay(ctx, height)
	var fraud *light.FraudError
	switch {
	case errors.As(err, &fraud):
		return ForFraud(ctx, client, fraud)
	case err != nil:
		return nil, err
	}
	return ForReplay(ctx, client, r)
}

// ForReplay makes the bundle of a block that a client has executed again already, see [light.Client.Replay] and
// [light.Client.Audit].
func ForReplay(ctx context.Context, client *light.Client, r *light.Replay) (*Bundle, error) {
	return forBlock(ctx, client, r.Basis, r.Level)
}

// ForFraud makes the bundle that proves a fraud to anybody who trusts the same block as the client that found it.
func ForFraud(ctx context.Context, client *light.Client, fraud *light.FraudError) (*Bundle, error) {
	return forBlock(ctx, client, fraud.Evidence, level.Proven) // a client finds none in headers that are only claimed
}

func forBlock(ctx context.Context, client *light.Client, from light.Basis, l level.Level) (*Bundle, error) {
	next := from.Next
	path, err := client.Path(ctx, &light.Head{Block: next, Hash: next.Hash(), Level: l})
	if err != nil {
		return nil, err
	}
	b := &Block{Txs: from.Contents.Txs, Evidence: from.Contents.Evidence, Witness: from.Witness}
	if path.Top().Hash() != next.Hash() {
		b.Next = next.Encode()
	}
	path.Down = append(path.Down, &from.Before.Header)
	return under(path, b), nil
}
