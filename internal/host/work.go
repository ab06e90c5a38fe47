package host

import (
	"context"
	"sync"
	"time"
)

// lookup bounds what a command first needs of the engine.
const lookup = 10 * time.Second

// maxLookups is how many lookups of one game are under way at once: half of what
// the engine reads at once. The next ones take no goroutine yet, and none of their
// time.
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
	h.lookups.enter(game, func() {
		h.work(lookup, func(ctx context.Context) {
			fn(ctx)
			h.lookups.leave(game)
		})
	})
}

// ways let so many of each game on their way at once; the next ones wait for
// those of their own game.
type ways struct {
	most  int
	mu    sync.Mutex
	games map[string]*underway
}

type underway struct {
	n    int
	wait []func()
}

func newWays(most int) ways { return ways{most: most, games: map[string]*underway{}} }

// enter calls begin, at once or when it may. Who has begun must leave.
func (l *ways) enter(game string, begin func()) {
	if l.taken(game, begin) {
		begin()
	}
}

// taken reports whether one more may begin now; else it waits.
func (l *ways) taken(game string, begin func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.games[game]
	if u == nil {
		u = &underway{}
		l.games[game] = u
	}
	if u.n == l.most {
		u.wait = append(u.wait, begin)
		return false
	}
	u.n++
	return true
}

// leave ends one, and has the next begin in its place.
func (l *ways) leave(game string) {
	if next := l.next(game); next != nil {
		next()
	}
}

func (l *ways) next(game string) (begin func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.games[game]
	if len(u.wait) > 0 {
		begin, u.wait = u.wait[0], u.wait[1:]
		return begin
	}
	if u.n--; u.n == 0 {
		delete(l.games, game)
	}
	return nil
}
