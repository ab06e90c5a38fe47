package host

import (
	"context"
	"sync"
	"time"
)

// lookup bounds what a command first needs of the engine.
const lookup = 10 * time.Second

// maxLookups is how many lookups of one game are under way at once: half of what
// the engine reads at once, so that others' never wait for one game alone.
const maxLookups = 32

// work runs fn beside the loops, for what waits for the engine. ctx ends after
// the limit, or with the host. It is called on a loop.
func (h *Host) work(limit time.Duration, fn func(ctx context.Context)) {
	h.run.Go(func() {
		ctx, cancel := context.WithTimeout(h.ctx, limit)
		defer cancel()
		fn(ctx)
	})
}

// lookUp runs fn like work, for a command of a player. A game that has as many
// under way as it may has the next ones wait for its own. fn must not wait for
// another lookup.
func (h *Host) lookUp(game string, fn func(ctx context.Context)) {
	if h.lookups.enter(game, fn) {
		h.work(lookup, func(ctx context.Context) { h.looked(ctx, game, fn) })
	}
}

// looked runs a lookup and then begins the game's next one.
func (h *Host) looked(ctx context.Context, game string, fn func(context.Context)) {
	fn(ctx)
	if next := h.lookups.leave(game); next != nil {
		h.work(lookup, func(ctx context.Context) { h.looked(ctx, game, next) })
	}
}

// lookups are those under way and those that wait, by game.
type lookups struct {
	mu    sync.Mutex
	games map[string]*underway
}

type underway struct {
	n    int
	wait []func(context.Context)
}

// enter reports whether the lookup may begin now; else it waits.
func (l *lookups) enter(game string, fn func(context.Context)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.games[game]
	if u == nil {
		u = &underway{}
		l.games[game] = u
	}
	if u.n == maxLookups {
		u.wait = append(u.wait, fn)
		return false
	}
	u.n++
	return true
}

// leave ends a lookup and returns the one that begins in its place, or nil.
func (l *lookups) leave(game string) (next func(context.Context)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.games[game]
	if len(u.wait) > 0 {
		next, u.wait = u.wait[0], u.wait[1:]
		return next
	}
	if u.n--; u.n == 0 {
		delete(l.games, game)
	}
	return nil
}
