package consensus

import (
	"context"
	"log/slog"

	cmtlog "github.com/cometbft/cometbft/libs/log"
)

// levelTrace is below debug: what CometBFT calls debug is several lines per message.
const levelTrace = slog.LevelDebug - 4

// logger hands CometBFT's lines on. What it calls info is of interest only when something is looked for.
type logger struct{ to *slog.Logger }

func (l logger) Debug(msg string, keyvals ...any) {
	l.to.Log(context.Background(), levelTrace, msg, keyvals...)
}
func (l logger) Info(msg string, keyvals ...any)   { l.to.Debug(msg, keyvals...) }
func (l logger) Warn(msg string, keyvals ...any)   { l.to.Warn(msg, keyvals...) }
func (l logger) Error(msg string, keyvals ...any)  { l.to.Error(msg, keyvals...) }
func (l logger) With(keyvals ...any) cmtlog.Logger { return logger{l.to.With(keyvals...)} }
