//go:build linux

package load

import (
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"

	"partykit/bench/target"
)

// A Crowd is a number of players of one server, all in parties of one size. It
// belongs to one goroutine.
type Crowd struct {
	size    int // of a party
	players []player
	poll    int // the epoll instance
	ready   []unix.EpollEvent
	buf     []byte // what one read brings, after what the one before left
	out     []byte
	sink    target.Sink
	now     time.Duration // since began, at the last look
	began   time.Time
	kept    time.Time // when keepalives were last sent
	arrived func(payload []byte)
	gone    func(player int, err error) error // what a connection's end means; nil: that all is over
	run     uint32                            // counts runs, so that what is left of one is no delivery of the next

	restless bool
}

// player is one connection. It holds memory only while something is under way.
type player struct {
	fd     int
	codec  target.Codec
	early  []byte // read and not whole yet
	late   []byte // to be written when the socket takes more
	flight flight
}

var errClosed = errors.New("the server closed the connection")

const (
	// readAtOnce is as much as one read takes.
	readAtOnce = 256 << 10
	// keepEvery is how often a player says that it is there.
	keepEvery = 10 * time.Second
)

// New makes a crowd without players, for parties of one size.
func New(size int) (*Crowd, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &Crowd{
		size: size, poll: poll, ready: make([]unix.EpollEvent, 512),
		buf: make([]byte, readAtOnce), began: time.Now(), kept: time.Now(), arrived: func([]byte) {},
	}, nil
}

// Gather takes over the connections of players, which stand in order: each size
// of them are a party.
func Gather(links []*target.Link, size int) (*Crowd, error) {
	c, err := New(size)
	if err != nil {
		return nil, err
	}
	for i, l := range links {
		fd, err := detach(l.Conn)
		if err == nil {
			c.players = append(c.players, player{fd: fd, codec: l.Codec, early: l.Early})
			err = c.watch(unix.EPOLL_CTL_ADD, i, unix.EPOLLIN)
		}
		if err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// detach takes a connection out of Go's poller.
func detach(conn net.Conn) (fd int, err error) {
	defer conn.Close()
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return 0, errors.New("load: not a TCP connection")
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, err
	}
	var dupErr error
	if err := raw.Control(func(old uintptr) {
		fd, dupErr = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0)
	}); err != nil {
		return 0, err
	}
	return fd, dupErr // non-blocking as it was: that is the connection's, not the number's
}

// Len is the number of players.
func (c *Crowd) Len() int { return len(c.players) }

// Close ends all connections, with a reset: nothing lingers in the kernel.
func (c *Crowd) Close() {
	for i := range c.players {
		c.HangUp(i)
	}
	unix.Close(c.poll)
}

// HangUp ends one connection.
func (c *Crowd) HangUp(i int) {
	p := &c.players[i]
	if p.fd > 0 {
		_ = unix.SetsockoptLinger(p.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		unix.Close(p.fd)
	}
	p.fd, p.early, p.late = 0, nil, nil
}

// Tend reads and answers what has come, and sends keepalives when they are due.
// It is to be called at least every few seconds while a crowd is not driven.
func (c *Crowd) Tend() error {
	if err := c.pass(0); err != nil {
		return err
	}
	return c.keep()
}

// keep sends keepalives when they are due.
func (c *Crowd) keep() error {
	if time.Since(c.kept) < keepEvery {
		return nil
	}
	c.kept = time.Now()
	for i := range c.players {
		if c.players[i].fd == 0 {
			continue
		}
		if c.out = c.players[i].codec.AppendKeepalive(c.out[:0]); len(c.out) == 0 {
			continue
		}
		if err := c.write(i, c.out); err != nil {
			if err := c.lost(i, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// lost does what the end of a player's connection means.
func (c *Crowd) lost(i int, err error) error {
	if c.gone != nil {
		c.HangUp(i)
		err = c.gone(i, err)
	}
	if err != nil {
		return fmt.Errorf("player %d: %w", i, err)
	}
	return nil
}

// pass waits for sockets at most as long as told and serves those that are
// ready.
func (c *Crowd) pass(wait time.Duration) error {
	n, err := c.wait(wait)
	c.now = time.Since(c.began)
	if err != nil {
		return err
	}
	for _, e := range c.ready[:n] {
		i := int(e.Fd)
		var err error
		if e.Events&unix.EPOLLOUT != 0 {
			err = c.flush(i)
		}
		if err == nil && e.Events&^unix.EPOLLOUT != 0 {
			err = c.read(i)
		}
		if err != nil {
			if err := c.lost(i, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// read takes what one player was sent.
func (c *Crowd) read(i int) error {
	p := &c.players[i]
	kept := copy(c.buf, p.early)
	n, err := unix.Read(p.fd, c.buf[kept:])
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return nil
	case err != nil:
		return err
	case n == 0:
		return errClosed
	}
	b := c.buf[:kept+n]
	c.sink.Reset()
	used, err := p.codec.Read(b, &c.sink)
	if err != nil {
		return err
	}
	if rest := b[used:]; len(rest) > 0 || len(p.early) > 0 {
		p.early = append(p.early[:0], rest...)
	}
	if len(c.sink.Reply) > 0 {
		if err := c.write(i, c.sink.Reply); err != nil {
			return err
		}
	}
	for _, payload := range c.sink.Payloads {
		c.arrived(payload)
	}
	return nil
}

// write sends b, or keeps what the socket does not take now.
func (c *Crowd) write(i int, b []byte) error {
	p := &c.players[i]
	if len(p.late) > 0 {
		p.late = append(p.late, b...)
		return nil
	}
	n, err := unix.Write(p.fd, b)
	if err == unix.EAGAIN {
		n, err = 0, nil
	}
	if err != nil {
		return err
	}
	if n < len(b) {
		p.late = append(p.late, b[n:]...)
		return c.watch(unix.EPOLL_CTL_MOD, i, unix.EPOLLIN|unix.EPOLLOUT)
	}
	return nil
}

// flush writes what had to wait.
func (c *Crowd) flush(i int) error {
	p := &c.players[i]
	b := p.late
	p.late = nil
	if err := c.watch(unix.EPOLL_CTL_MOD, i, unix.EPOLLIN); err != nil {
		return err
	}
	return c.write(i, b)
}

// watch says which of a player's events are waited for.
func (c *Crowd) watch(op, i int, events uint32) error {
	return unix.EpollCtl(c.poll, op, c.players[i].fd, &unix.EpollEvent{Events: events, Fd: int32(i)})
}
