package host

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// maxShort is how many codes of six may live before they are no longer safe:
// 6,000 guesses then hit one in ten times in ten minutes.
const maxShort = 1000

// shorts are the short codes that live. Those that this host has given out are
// counted. Of those before its start it knows whether they may be more than half
// of maxShort, because a mark is stored before there are; else it takes them for
// so many, for as long as one may live. Those that a member approves anyway do
// not matter then.
type shorts struct {
	ended  party.Time   // when none of those before the start lives any more
	marked atomic.Int64 // the last span of which a mark is there

	mu    sync.Mutex
	until []party.Time // of those that this host gave out

	looking sync.Mutex
	before  int // how many there may be from before the start; 0: nobody has looked
}

// span numbers the spans of shortLife: a code that lives ends in this or the next.
func span(t party.Time) int64 { return int64(t) / shortLife.Milliseconds() }

// markOf is the key of the mark that many short codes end in a span.
func markOf(span int64) string { return "shorts-" + strconv.FormatInt(span, 10) }

func (h *Host) shortIsUnsafe(ctx context.Context, t time.Time) bool {
	return h.guesses.TooMany(t) || h.shorts.live(party.At(t))+h.shortsBefore(ctx, party.At(t)) > maxShort
}

// shortsBefore is how many short codes may live from before the start.
func (h *Host) shortsBefore(ctx context.Context, t party.Time) int {
	s := &h.shorts
	if t >= s.ended {
		return 0
	}
	s.looking.Lock()
	defer s.looking.Unlock()
	if s.before > 0 {
		return s.before
	}
	before := maxShort / 2
	for _, n := range [...]int64{span(t), span(t) + 1} {
		switch _, _, err := h.o.Node.Get(ctx, engine.Invites, markOf(n)); {
		case err == nil:
			before = maxShort + 1
		case !errors.Is(err, engine.ErrNotFound):
			return maxShort + 1 // until somebody can tell
		}
	}
	s.before = before
	return before
}

// countShort counts a code before it is told.
func (h *Host) countShort(ctx context.Context, code spoken) error {
	h.shorts.add(code.Until)
	n := span(code.Until)
	if code.Approve || h.shorts.live(now()) <= maxShort/2 || h.shorts.marked.Load() == n {
		return nil
	}
	_, err := h.o.Node.Put(ctx, engine.Invites, markOf(n), nil, 0, 2*shortLife)
	if err != nil && !errors.Is(err, engine.ErrConflict) {
		return err
	}
	h.shorts.marked.Store(n)
	return nil
}

func (s *shorts) add(until party.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = append(s.until, until)
}

// live is how many live of those that this host gave out.
func (s *shorts) live(t party.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = slices.DeleteFunc(s.until, func(u party.Time) bool { return u <= t })
	return len(s.until)
}
