package gateway

import (
	"net"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"partykit/internal/loop"
	"partykit/internal/ws"
	"partykit/protocol"
)

// socket is a connection that is read and written on a loop, the one of its
// session: what a party's members send is handled there without a hand-over,
// and what a pass has for a connection leaves in one write. Between two frames
// it has neither a goroutine nor a buffer.
//
// It belongs to its lane's loop: nobody else touches it, but for what others
// need to ask that loop to settle it, which is behind the connection's lock. A
// socket that is asked for is on its lane's list, and on no other; only when the
// lane takes it from there can it move to another lane.
type socket struct {
	c    *Conn
	lane *lane   // behind the connection's lock
	next *socket // on the lane's list: whoever puts it there writes it, then the lane

	watch loop.Watch
	held  *ws.Buffer // read, but not handled yet; nothing more is read until it is
	fd    int32

	// In the lane's time; 0: not at all.
	heard  second // the last frame came
	stuck  second // when what waits must have moved on
	shutBy second // when the client must have answered the close
	filed  second // when the lane looks next

	dirty   bool // on the lane's list; behind the connection's lock
	watched bool // it has arrived on its lane
	ended   bool
	gone    bool // the session was told
	blocked bool // it waits for room to write
	paused  bool
	slow    bool // over its budget, and has more to say: read in small pieces
}

// hand gives a connection to the loop of its session. It reports false for one
// that closes already, or that only goroutines can serve.
func (c *Conn) hand(conn net.Conn, rest []byte) bool {
	plain, ok := conn.(plainConn)
	if !ok {
		return false
	}
	l := c.g.laneOf(c.session.Loop())
	c.mu.Lock() // whoever ends the connection finds it here or there, not between
	defer c.mu.Unlock()
	if c.closing.Load() {
		return false
	}
	fd, err := takeOut(plain)
	if err != nil {
		return false
	}
	s := &socket{c: c, fd: int32(fd), lane: l}
	c.wire = s
	l.loop.Post(c.game, func() { s.arrive(rest) })
	return true
}

// plainConn is a connection whose bytes are those of its socket, as they are with
// TCP and are not with TLS.
type plainConn interface {
	net.Conn
	syscall.Conn
}

// takeOut takes a connection's descriptor out of the runtime's poller: a second
// one of the same socket, of which the first is closed.
func takeOut(conn plainConn) (fd int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Control(func(old uintptr) {
		fd, failed = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return 0, err
	}
	conn.Close()
	return fd, nil
}

// arrive begins to read on the lane. rest was read before.
func (s *socket) arrive(rest []byte) {
	if s.ended {
		return
	}
	var err error
	if s.watch, err = s.lane.loop.Watch(int(s.fd), s); err != nil {
		s.c.g.opts.Logger.Warn("a connection cannot be watched", "err", err)
		s.end()
		return
	}
	s.watched, s.blocked = true, false // a new watch tells of reading alone
	s.lane.enter(s)
	if len(rest) > 0 {
		s.handle(rest)
	}
	s.askEnd()
}

// Ready reads what it can. What waits is written at the end of the pass.
func (s *socket) Ready(read, write, broken bool) {
	if write {
		s.askEnd()
	}
	switch {
	case !read && !broken:
		return
	case s.paused:
		if broken {
			s.end()
		}
		return
	}
	b := s.lane.buffer
	if s.slow { // what is not read yet waits with the client, not here
		b = b[:readAtOnce]
	}
	n, errno := receive(s.fd, b)
	switch {
	case n > 0:
		s.slow = s.slow && n == len(b)
		s.handle(b[:n])
	case errno == unix.EAGAIN || errno == unix.EINTR:
	default:
		s.end()
	}
}

// handle handles what was read, as far as it is this connection's turn.
func (s *socket) handle(b []byte) {
	c := s.c
	before := c.frames
	rest, wait := c.take(s.lane.loop, b)
	if c.frames != before {
		s.heard = s.lane.now
	}
	if len(rest) > 0 || wait > 0 {
		s.slow = s.slow || wait > 0
		s.pause(rest, wait)
	}
	if c.session.Loop() != s.lane.loop {
		s.askEnd()
	}
}

// pause reads no more for a time, or until others had their turn.
func (s *socket) pause(rest []byte, wait time.Duration) {
	s.paused = true
	s.held = ws.Borrow()
	s.held.B = append(s.held.B, rest...)
	s.listen()
	on := s.lane.loop // it does not move meanwhile
	again := func() { on.Post(s.c.game, s.proceed) }
	if wait > 0 {
		time.AfterFunc(wait, again)
		return
	}
	again()
}

// proceed goes on after a pause.
func (s *socket) proceed() {
	if s.ended {
		return
	}
	held := s.held
	s.held, s.paused = nil, false
	s.handle(held.B)
	held.Return()
	s.listen()
}

// listen tells the loop what the socket waits for.
func (s *socket) listen() {
	if s.watched {
		// It cannot fail for a descriptor that is watched.
		_ = s.watch.Want(!s.paused, s.blocked)
	}
}

// askEnd has the socket settled at the end of this pass.
func (s *socket) askEnd() {
	s.c.mu.Lock()
	s.rouse()
	s.c.mu.Unlock()
}

func (s *socket) rouse() {
	if !s.dirty {
		s.dirty = true
		s.lane.settle(s)
	}
}

// shut has nothing to do: settle, which follows, sees that the connection closes.
func (s *socket) shut() {}

func (s *socket) abort() {
	// The loop is told that the socket is broken, and ends it.
	_ = unix.Shutdown(int(s.fd), unix.SHUT_RDWR)
}

// settle writes what waits, does what follows from it, and moves the socket if
// its session did. The lane calls it, which has just taken the socket from its
// list.
func (s *socket) settle() {
	c := s.c
	c.mu.Lock()
	s.dirty = false
	if s.ended {
		c.mu.Unlock()
		return
	}
	alive := s.flush()
	written, closing := c.backlog.waiting() == nil, c.closing.Load()
	if alive && !closing && s.watched && !s.paused {
		if next := c.session.Loop(); next != s.lane.loop {
			s.move(next)
			c.mu.Unlock()
			return
		}
	}
	c.mu.Unlock()
	switch {
	case !alive, closing && c.answered.Load() && written:
		s.end()
	case closing:
		s.leave()
		if s.shutBy == 0 {
			s.shutBy = s.lane.now + seconds(writeTime)
			s.lane.file(s)
		}
	}
}

// move takes the socket to the lane of the loop in which its session now lives.
// The connection's lock is held: once it is not, that loop may be at work.
func (s *socket) move(to *loop.Loop) {
	s.watch.Stop()
	s.watched = false
	s.lane.leave()
	s.lane = s.c.g.laneOf(to)
	to.Post(s.c.game, func() { s.arrive(nil) })
}

// flush writes what it can, and reports false when the connection is broken. The
// connection's lock is held.
func (s *socket) flush() bool {
	c := s.c
	for b := c.backlog.waiting(); b != nil; b = c.backlog.waiting() {
		n, errno := transmit(s.fd, b)
		switch {
		case n > 0:
			c.wrote(n)
			s.stuck = 0
		case errno == unix.EINTR:
		case errno == unix.EAGAIN:
			s.block(true)
			return true
		default:
			return false
		}
	}
	s.stuck = 0
	s.block(false)
	return true
}

// block notes whether the client has no room for what waits.
func (s *socket) block(yes bool) {
	if yes && s.stuck == 0 {
		s.stuck = s.lane.now + seconds(writeTime)
		s.lane.file(s)
	}
	if s.blocked != yes {
		s.blocked = yes
		s.listen()
	}
}

// on reports whether the socket is on a lane, and so that lane's to look at.
func (s *socket) on(l *lane) bool {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	return s.lane == l
}

// due is when the lane must look at the socket.
func (s *socket) due() second {
	at := s.shutBy
	if at == 0 {
		at = s.heard + seconds(idleTime) + 1 // the second in which it was heard is not over
	}
	if s.stuck != 0 && s.stuck < at {
		at = s.stuck
	}
	return at
}

// late does what is due when the time has come. settle, which follows, sees to
// the rest.
func (s *socket) late() {
	c := s.c
	if s.shutBy != 0 {
		s.end()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.stuck != 0 && s.stuck <= s.lane.now {
		s.stuck = 0
		c.slow()
		return
	}
	c.close(int(protocol.Idle), protocol.Idle.Name())
}

// leave tells the session that the connection is over.
func (s *socket) leave() {
	if !s.gone {
		s.gone = true
		s.c.session.Gone()
	}
}

// end ends the connection.
func (s *socket) end() {
	s.ended = true
	s.leave()
	if s.watched {
		s.watch.Stop()
		s.lane.leave()
	}
	s.held.Return()
	s.held = nil
	s.c.ended() // first: afterwards nobody uses the descriptor
	unix.Close(int(s.fd))
}

// receive and transmit do not tell the runtime of their system call: it does
// not block.

func receive(fd int32, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(n), 0
}

func transmit(fd int32, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(n), 0
}
