package gateway

import (
	"sync"
	"sync/atomic"
	"time"

	"partykit/internal/loop"
)

const (
	readBuffer = 64 << 10 // what one connection brings at most in one pass
	// turn is how many seconds a lane's wheel takes for a turn: more than any
	// socket is left alone.
	turn = 64
)

// lane is what the sockets of one loop share: the buffer into which they are
// read, the list of those that are settled at the end of the pass, and a wheel
// that says every second which have been silent, or stuck, for too long. It
// belongs to its loop, but for the list, which anybody may lengthen.
type lane struct {
	g      *Gateway
	loop   *loop.Loop
	buffer []byte
	list   atomic.Pointer[socket] // the last that came; nil: none

	now     second
	wheel   [turn][]*socket
	sockets int
	timer   *time.Timer // of the next tick, while there are sockets
}

// lanes are the lanes of a gateway.
type lanes struct {
	mu sync.Mutex
	of map[*loop.Loop]*lane
}

// laneOf returns the lane on a loop.
func (g *Gateway) laneOf(l *loop.Loop) *lane {
	g.lanes.mu.Lock()
	defer g.lanes.mu.Unlock()
	x := g.lanes.of[l]
	if x == nil {
		if g.lanes.of == nil {
			g.lanes.of = map[*loop.Loop]*lane{}
		}
		x = &lane{g: g, loop: l, buffer: make([]byte, readBuffer)}
		g.lanes.of[l] = x
	}
	return x
}

// enter begins to look after a socket.
func (l *lane) enter(s *socket) {
	if l.sockets++; l.sockets == 1 {
		l.now = l.g.clock()
		l.schedule()
	}
	s.heard, s.filed = l.now, 0
	if s.stuck != 0 { // it moved here: another lane's clock may be a second off
		s.stuck = l.now + seconds(writeTime)
	}
	if s.shutBy != 0 {
		s.shutBy = l.now + seconds(writeTime)
	}
	l.file(s)
}

func (l *lane) leave() {
	if l.sockets--; l.sockets == 0 {
		l.timer.Stop()
		clear(l.wheel[:])
	}
}

// file has the lane look at a socket when it is due.
func (l *lane) file(s *socket) {
	if at := s.due(); s.filed == 0 || at < s.filed {
		s.filed = at
		l.wheel[at%turn] = append(l.wheel[at%turn], s)
	}
}

// settle puts a socket on the list. Its connection's lock is held.
func (l *lane) settle(s *socket) {
	for {
		last := l.list.Load()
		s.next = last
		if !l.list.CompareAndSwap(last, s) {
			continue
		}
		if last == nil {
			l.loop.AtEnd(l)
		}
		return // the lane may have it already
	}
}

// End settles those on the list, in the order in which they came, as a
// [loop.Ender].
func (l *lane) End() {
	last := l.list.Swap(nil)
	var first *socket
	for last != nil {
		before := last.next
		last.next = first
		first, last = last, before
	}
	for first != nil {
		s := first
		first, s.next = s.next, nil
		s.settle()
	}
}

func (l *lane) schedule() {
	if l.timer == nil {
		l.timer = time.AfterFunc(time.Second, func() { l.loop.Post("", l.tick) })
		return
	}
	l.timer.Reset(time.Second)
}

// tick looks at the sockets whose second has come. One that was heard meanwhile
// is filed again.
func (l *lane) tick() {
	for now := l.g.clock(); l.now < now && l.sockets > 0; {
		l.now++
		list := l.wheel[l.now%turn]
		l.wheel[l.now%turn] = nil
		for _, s := range list {
			if !s.on(l) || s.ended || s.filed != l.now {
				continue // it is gone, or filed elsewhere
			}
			if s.filed = 0; s.due() > l.now {
				l.file(s)
				continue
			}
			s.late()
		}
	}
	if l.sockets > 0 {
		l.schedule()
	}
}
