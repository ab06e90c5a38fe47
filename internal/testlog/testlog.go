// Package testlog keeps what the parts of a test warn of in the test's own log:
// it is shown when that test fails, and drowns nobody else's failure.
package testlog

import (
	"log/slog"
	"testing"
)

// New returns a logger of warnings and errors for what runs until t and its
// cleanups end, also inside a testing/synctest bubble.
func New(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}
