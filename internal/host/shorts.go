package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

const (
	// maxShort is how many codes of six may live before they are no longer safe:
	// 6,000 guesses then hit one in ten times in ten minutes.
	maxShort = 1000
	// shortsEach is how many short codes a stored mark stands for.
	shortsEach = 100
)

// shorts are the short codes that live and that no member need approve. Those that
// this host has given out are counted. Of those before its start there are as many
// as the marks stand for that are stored ahead of them; at most, because a host that
// starts begins a mark of its own. Of those of whom a member lets in, a lucky guess
// only asks, and they live for up to a month.
type shorts struct {
	ended  party.Time    // when none of those before the start lives any more
	known  chan struct{} // closed when it is known how many there are
	before int           // how many, once that is known

	mu      sync.Mutex
	until   map[string]party.Time // of those that this host gave out, by their hashes
	spans   map[int64]*shortSpan
	marking chan struct{} // has room for who writes marks
}

// shortSpan are the short codes of this host that end in a span of time.
type shortSpan struct {
	given, covered int // that marks stand for
	marks          int // that are there for sure, of all hosts: who marks owns it
}

func newShorts(t party.Time) shorts {
	return shorts{
		ended: t.Add(shortLife), known: make(chan struct{}), before: maxShort + 1, marking: make(chan struct{}, 1),
		until: map[string]party.Time{}, spans: map[int64]*shortSpan{},
	}
}

// span numbers the spans of shortLife: a code that lives ends in this or the next.
func span(t party.Time) int64 { return int64(t) / shortLife.Milliseconds() }

// markOf is the key of a span's nth mark.
func markOf(span int64, n int) string { return fmt.Sprintf("shorts-%d-%d", span, n) }

func (h *Host) shortIsUnsafe(ctx context.Context, t time.Time) bool {
	return h.guesses.TooMany(t) || h.shorts.live(party.At(t))+h.shorts.older(ctx, party.At(t)) > maxShort
}

// older is how many short codes may live from before the start. Where that is not
// known in time there may be too many.
func (s *shorts) older(ctx context.Context, t party.Time) int {
	if t >= s.ended {
		return 0
	}
	select {
	case <-s.known:
		return s.before
	case <-ctx.Done():
		return maxShort + 1
	}
}

// countOlder finds out how many short codes may live from before the start.
func (h *Host) countOlder() {
	s := &h.shorts
	defer close(s.known)
	for t := now(); t < s.ended; t = now() {
		n, err := h.shortMarks(span(t), span(t)+1)
		if err == nil {
			s.before = n * shortsEach
			return
		}
		select {
		case <-time.After(time.Second):
		case <-h.ctx.Done():
			return
		}
	}
}

// shortMarks counts the marks of spans.
func (h *Host) shortMarks(spans ...int64) (n int, err error) {
	ctx, cancel := context.WithTimeout(h.ctx, lookup)
	defer cancel()
	for _, span := range spans {
		for i := range maxShort/shortsEach + 1 {
			switch _, _, err := h.o.Node.Get(ctx, "", engine.Invites, markOf(span, i)); {
			case errors.Is(err, engine.ErrNotFound):
			case err != nil:
				return 0, err
			default:
				n++
				continue
			}
			break
		}
	}
	return n, nil
}

// countShort counts a code, by its hash, before it is stored, and stores a mark if
// none stands for it.
func (h *Host) countShort(ctx context.Context, hash string, until party.Time) error {
	s, n := &h.shorts, span(until)
	x := s.add(hash, until, now())
	if !s.bare(x) {
		return nil
	}
	select {
	case s.marking <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.marking }()
	for s.bare(x) && x.marks <= maxShort/shortsEach { // as many say that there are too many
		_, err := h.o.Node.Put(ctx, "", engine.Invites, markOf(n, x.marks), nil, 0, 2*shortLife)
		switch {
		case err == nil:
			s.cover(x)
		case !errors.Is(err, engine.ErrConflict): // it is another's
			return err
		}
		x.marks++
	}
	return nil
}

// add counts a code, once, and returns the span in which it ends.
func (s *shorts) add(hash string, until, t party.Time) *shortSpan {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.spans, func(n int64, _ *shortSpan) bool { return n < span(t) })
	_, counted := s.until[hash]
	s.until[hash] = until
	x := s.spans[span(until)]
	if x == nil {
		x = &shortSpan{}
		s.spans[span(until)] = x
	}
	if !counted {
		x.given++
	}
	return x
}

// bare reports whether no mark stands for some of a span's codes.
func (s *shorts) bare(x *shortSpan) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return x.given > x.covered
}

func (s *shorts) cover(x *shortSpan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x.covered += shortsEach
}

// live is how many live of those that this host gave out.
func (s *shorts) live(t party.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.until, func(_ string, until party.Time) bool { return until <= t })
	return len(s.until)
}
