package loop

import (
	"os"

	"golang.org/x/sys/unix"
)

// A Watch is a descriptor that a loop looks at.
type Watch struct {
	poll   *poller
	fd     int32
	slot   int32
	number int32
}

// Watch has the loop tell s when the descriptor can be read. It is called on the
// loop. The descriptor must not block, and stays the caller's.
func (l *Loop) Watch(fd int, s Socket) (Watch, error) {
	if l.poll == nil {
		p, err := newPoller()
		if err != nil {
			return Watch{}, err
		}
		l.mu.Lock()
		l.poll = p
		l.mu.Unlock()
	}
	p := l.poll
	if len(p.free) == 0 {
		p.slots = append(p.slots, slot{})
		p.free = append(p.free, int32(len(p.slots)-1))
	}
	i := p.free[len(p.free)-1]
	w := Watch{poll: p, fd: int32(fd), slot: i, number: p.slots[i].number}
	if err := w.control(unix.EPOLL_CTL_ADD, unix.EPOLLIN); err != nil {
		return Watch{}, err
	}
	p.free = p.free[:len(p.free)-1]
	p.slots[i].socket = s
	return w, nil
}

// Want says what the socket wants to be told of. It always hears that it is
// broken, again and again until it is stopped. Want may be called from any
// goroutine, but not while Stop is.
func (w Watch) Want(read, write bool) error {
	var events uint32
	if read {
		events |= unix.EPOLLIN
	}
	if write {
		events |= unix.EPOLLOUT
	}
	return w.control(unix.EPOLL_CTL_MOD, events)
}

// Stop ends the watch: from now on the socket is told nothing. It is called on
// the loop, once, before the descriptor is closed.
func (w Watch) Stop() {
	// It fails only for a descriptor that is closed already.
	_ = w.control(unix.EPOLL_CTL_DEL, 0)
	s := &w.poll.slots[w.slot]
	s.socket = nil
	s.number++
	w.poll.free = append(w.poll.free, w.slot)
}

func (w Watch) control(op int, events uint32) error {
	e := unix.EpollEvent{Events: events, Fd: w.slot, Pad: w.number}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(w.poll.fd, op, int(w.fd), &e))
}
