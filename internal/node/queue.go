package node

import (
	"partykit/internal/limit"
	"partykit/internal/loop"
)

// mostInLine is how many requests wait in one line. The next is told to come back
// after comeBack.
const mostInLine = 16384

// waiting is a request that is not let in yet.
type waiting struct {
	stand
	counts int // for so many, when it is let in
	now    chan struct{}
	gone   bool // it waits no more
}

// stand is where a request waits.
type stand struct {
	limit.Visitor        // the game it is for, "" for none, and from where it comes
	line          string // of the game's
	most          int    // how many from there may wait for the game; 0: they are not counted
}

// queue is those who wait, in lines. Games take turns, and within a game its lines
// do. All from one address who wait for a game stand in the line of the first: who
// has hundreds of links has no more turns than by one.
type queue struct {
	games   map[string]*loop.Lanes[*waiting]  // their lines
	turns   loop.Lanes[*loop.Lanes[*waiting]] // those of a game, once for each who waits for it
	corners map[limit.Visitor]*corner
}

// corner is where those from one address stand.
type corner struct {
	line    string
	waiting int
}

func newQueue() queue {
	return queue{games: map[string]*loop.Lanes[*waiting]{}, corners: map[limit.Visitor]*corner{}}
}

func (s *queue) empty() bool { return s.turns.Empty() }

// add has a request wait, if there is room for it.
func (s *queue) add(q *waiting) bool {
	line := q.line
	c := s.corners[q.Visitor]
	if q.most == 0 {
		c = nil
	} else if c == nil {
		c = &corner{line: line}
	} else if line = c.line; c.waiting >= q.most {
		return false
	}
	lines := s.games[q.Game]
	if lines == nil {
		lines = new(loop.Lanes[*waiting])
	}
	if lines.Len(line) >= mostInLine {
		return false
	}
	if c != nil {
		c.waiting++
		s.corners[q.Visitor] = c
	}
	s.games[q.Game] = lines
	lines.Add(line, q)
	s.turns.Add(q.Game, lines)
	return true
}

// next takes out the one whose turn it is. There must be one.
func (s *queue) next() *waiting {
	lines := first(&s.turns)
	q := first(lines)
	if lines.Empty() {
		delete(s.games, q.Game)
	}
	if c := s.corners[q.Visitor]; q.most > 0 {
		if c.waiting--; c.waiting == 0 {
			delete(s.corners, q.Visitor)
		}
	}
	return q
}

// first takes one out of lanes.
func first[T any](lanes *loop.Lanes[T]) T {
	next := lanes.Next(1)
	one := next[0]
	clear(next)
	return one
}
