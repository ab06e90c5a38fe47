package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// serverLog hands what the embedded server says to slog. Without a logger a
// failed start would be silent; the first fatal line is kept as its reason.
type serverLog struct {
	out   *slog.Logger
	mu    sync.Mutex
	fatal error
}

func (l *serverLog) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}

func (l *serverLog) Noticef(format string, v ...any) { l.out.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Errorf(format string, v ...any)  { l.out.Error(fmt.Sprintf(format, v...)) }

// rebuilds are what the server says at the first start after a kill: an index
// is older than the entries on disk, and is made anew from them. Nothing is
// wrong, and there is nothing to do. What it says of damage is not among them.
var rebuilds = []string{
	"] Recovering stream state from index errored: prior state file",
	"] Stream state outdated, last block has additional entries, will rebuild",
	"] Stream state outdated, found extra blocks, will rebuild",
	"] TTL state is outdated; attempting to recover using linear scan",
}

func (l *serverLog) Warnf(format string, v ...any) {
	line := fmt.Sprintf(format, v...)
	level := slog.LevelWarn
	if slices.ContainsFunc(rebuilds, func(r string) bool { return strings.Contains(line, r) }) {
		level = slog.LevelDebug
	}
	l.out.Log(context.Background(), level, line)
}

// Debugf and Tracef are never asked for: the server runs with both off.
func (l *serverLog) Debugf(string, ...any) {}
func (l *serverLog) Tracef(string, ...any) {}

func (l *serverLog) Fatalf(format string, v ...any) {
	line := fmt.Sprintf(format, v...)
	l.out.Error(line)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fatal == nil {
		l.fatal = errors.New(line)
	}
}
