package engine

import (
	"context"
	"fmt"
	"sync"

	"partykit/internal/loop"
)

// turns let so many at a time. Where more want to be, games take turns, so that a
// game that wants very much waits for itself.
type turns struct {
	ended <-chan struct{} // closed when nobody's turn comes any more

	mu    sync.Mutex
	free  int
	lanes loop.Lanes[*turn] // empty while some are free
}

// turn is somebody who waits.
type turn struct {
	come chan struct{}
	gone bool // it waits no more
}

func newTurns(most int, ended <-chan struct{}) *turns { return &turns{ended: ended, free: most} }

// take waits for a turn of a game, "" for none. Who has it must give it back.
func (s *turns) take(ctx context.Context, game string) error {
	mine := s.queue(game)
	if mine == nil {
		return nil
	}
	var err error
	select {
	case <-mine.come:
		return nil
	case <-s.ended:
		err = ErrClosed
	case <-ctx.Done():
		err = fmt.Errorf("%w: waiting for the storage: %w", ErrUnavailable, context.Cause(ctx))
	}
	s.leave(mine)
	return err
}

// queue takes a turn if one is free, or returns what waits for one.
func (s *turns) queue(game string) *turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free > 0 {
		s.free--
		return nil
	}
	mine := &turn{come: make(chan struct{})}
	s.lanes.Add(game, mine)
	return mine
}

// leave gives up waiting, and a turn that has come meanwhile.
func (s *turns) leave(mine *turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-mine.come:
		s.next()
	default:
		mine.gone = true
	}
}

func (s *turns) give() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next()
}

// next passes a turn on to who waits. The lock is held.
func (s *turns) next() {
	for !s.lanes.Empty() {
		next := s.lanes.Next(1)
		mine := next[0]
		clear(next)
		if !mine.gone {
			close(mine.come)
			return
		}
	}
	s.free++
}
