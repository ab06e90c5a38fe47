package engine

import (
	"errors"
	"fmt"
	"log/slog"
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
func (l *serverLog) Warnf(format string, v ...any)   { l.out.Warn(fmt.Sprintf(format, v...)) }
func (l *serverLog) Errorf(format string, v ...any)  { l.out.Error(fmt.Sprintf(format, v...)) }

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
