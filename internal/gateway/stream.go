package gateway

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"partykit/internal/ws"
	"partykit/protocol"
)

const (
	readAtOnce  = 4 << 10  // bytes that a goroutine reads at once
	writeAtOnce = 32 << 10 // bytes that are written within writeTime, or the client is let go
)

// stream is a connection that goroutines read and write: one of TLS in this
// process, one in memory, any on a system without an event loop, and every one
// until its hello is answered. Who decides is the same as on a loop, with one
// difference: a client that takes less than writeAtOnce in writeTime is let go
// without a close frame, where a loop asks for any byte and sends one.
type stream struct {
	c    *Conn
	conn net.Conn
	wake chan struct{} // of the writer
	ends chan struct{} // has room for one: of a reader that rests
	gone bool          // the reader has left
}

func newStream(c *Conn, conn net.Conn) *stream {
	return &stream{c: c, conn: conn, wake: make(chan struct{}, 1), ends: make(chan struct{}, 1)}
}

func (s *stream) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// shut wakes the reader, which leaves.
func (s *stream) shut() {
	s.conn.SetReadDeadline(time.Now())
	select {
	case s.ends <- struct{}{}:
	default:
	}
}

// abort does not wait for TLS, which has a last word to write.
func (s *stream) abort() { go s.conn.Close() }

// leave tells the session that the connection is over, and gives the client
// writeTime to answer the close.
func (s *stream) leave() {
	if s.gone {
		return
	}
	s.gone = true
	if s.c.session != nil {
		s.c.session.Gone()
	}
	s.c.mu.Lock() // behind shut
	defer s.c.mu.Unlock()
	s.conn.SetReadDeadline(time.Now().Add(writeTime))
}

// listen gives the client time for its next frame, unless the connection closes.
func (s *stream) listen(d time.Duration) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if !s.c.closing.Load() {
		s.conn.SetReadDeadline(time.Now().Add(d))
	}
}

// readers are buffers of those goroutines that read. A connection that leaves for
// a loop leaves its buffer.
var readers = sync.Pool{New: func() any { return new([readAtOnce]byte) }}

// run reads and writes until the connection is over. rest has been read already.
func (s *stream) run(rest []byte) {
	c := s.c
	s.listen(idleTime)
	var writer sync.WaitGroup
	writer.Go(s.write)
	defer func() { // also when something panics: nobody else closes an upgraded connection
		c.mu.Lock()
		c.over = true
		s.rouse()
		c.mu.Unlock()
		wait := time.Duration(0)
		if c.answered.Load() { // then it may read what was sent before, and our close
			wait = writeTime
		}
		late := time.AfterFunc(wait, func() { s.conn.Close() })
		s.leave()
		writer.Wait()
		late.Stop()
		s.conn.Close()
		c.ended()
	}()
	s.read(rest)
}

// read reads until either side has ended it.
func (s *stream) read(rest []byte) {
	c := s.c
	buffer := readers.Get().(*[readAtOnce]byte)
	defer readers.Put(buffer)
	for {
		before := c.frames
		for len(rest) > 0 && !c.answered.Load() {
			var wait time.Duration
			if rest, wait = c.take(nil, rest); wait == 0 {
				continue
			}
			if !s.rest(wait) {
				return
			}
			if c.closing.Load() {
				s.leave()
			}
		}
		switch {
		case c.answered.Load():
			return
		case c.closing.Load():
			s.leave()
		case c.frames != before:
			s.listen(idleTime)
		}
		n, err := s.conn.Read(buffer[:])
		if err != nil {
			if s.gone || !errors.Is(err, os.ErrDeadlineExceeded) {
				return
			}
			c.Close(protocol.Idle) // unless it closes already
			continue
		}
		rest = buffer[:n]
	}
}

// write is the connection's writer. What waits leaves in one write, or in as few
// as writeAtOnce allows.
func (s *stream) write() {
	for range s.wake {
		for {
			b, more := s.next()
			if b == nil && !more {
				return
			}
			if b == nil {
				break
			}
			s.conn.SetWriteDeadline(time.Now().Add(writeTime))
			_, err := s.conn.Write(b.B)
			b.Return()
			if err != nil {
				s.conn.Close()
				return
			}
		}
	}
}

// next takes what is written next from what waits, nil: nothing waits. It is
// copied, because the backlog may change meanwhile. more says that something may
// come.
func (s *stream) next() (b *ws.Buffer, more bool) {
	c := s.c
	c.mu.Lock()
	defer c.mu.Unlock()
	waits := c.backlog.waiting()
	if c.over && (waits == nil || !c.closing.Load()) {
		return nil, false
	}
	if waits == nil {
		return nil, true
	}
	b = ws.Borrow()
	b.B = append(b.B, waits[:min(len(waits), writeAtOnce)]...)
	c.wrote(len(b.B))
	return b, true
}

// rest lets the client wait, unless the connection closes meanwhile. It reports
// whether the gateway goes on.
func (s *stream) rest(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-s.ends:
		return true
	case <-s.c.g.ctx.Done():
		return false
	}
}
