package loop

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// perPass is how many sockets are heard in one pass. More of them make
	// more of a party's messages leave in one write; fewer let the first be
	// answered sooner.
	perPass = 256
	// slice is how long a busy loop waits at most without giving its
	// processor to others, in milliseconds.
	slice = 2
	// share is how long a loop has its processor at most before it waits once
	// as any other goroutine does, so that others run and the runtime looks
	// after its own sockets.
	share = 4 * time.Millisecond
)

// holding is how many loops of this process have a processor, and do not hand it
// over when they doze.
var holding atomic.Int32

// poller is the loop's own epoll instance.
type poller struct {
	fd     int
	bell   int // an eventfd, rung when something else than a socket needs the loop
	file   *os.File
	raw    syscall.RawConn // of file: the instance in the runtime's poller
	look   func(uintptr) bool
	pass   bool // what look finds is for after the wait: others go first
	events [perPass]unix.EpollEvent
	ready  int // of events

	slots []slot
	free  []int32

	keen   bool      // the last wait brought something
	parked time.Time // when it last waited as others do, or let them go first
	passed bool      // it only let those go first who could run

	waits bool // as others do; the loop's lock is held where somebody else looks
	woken bool // from that, by interrupt
}

// slot is what an event is about. A number that differs from the event's says
// that the event is about a socket that was here before.
type slot struct {
	socket Socket
	number int32
}

// bellSlot is the slot of the bell, which no socket has.
const bellSlot = -1

func newPoller() (_ *poller, err error) {
	p := &poller{bell: -1}
	if p.fd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err = unix.SetNonblock(p.fd, true); err != nil { // so that the runtime's poller takes it
		unix.Close(p.fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	p.file = os.NewFile(uintptr(p.fd), "epoll")
	holding.Add(1)
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.raw, err = p.file.SyscallConn(); err != nil {
		return nil, err
	}
	p.look = func(uintptr) bool {
		if p.pass {
			p.pass = false
			p.ring() // only now: what comes before this call may be overlooked
			return false
		}
		// To look again at sockets that were found before others went first would
		// cost as much as to find them did.
		return p.ready > 0 || p.peek(0)
	}
	if p.bell, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return nil, os.NewSyscallError("eventfd", err)
	}
	ring := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: bellSlot}
	if err = unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, p.bell, &ring); err != nil {
		return nil, os.NewSyscallError("epoll_ctl", err)
	}
	return p, nil
}

func (p *poller) close() {
	holding.Add(-1)
	if p.bell >= 0 {
		unix.Close(p.bell)
	}
	p.file.Close()
}

// interrupt ends a wait. Where the loop waits as other goroutines do it can run at
// once: the runtime looks at sockets, and would hear the bell, only when nobody can
// run. The loop's lock is held.
func (p *poller) interrupt() {
	if p.waits {
		p.woken = true
		_ = p.file.SetReadDeadline(longAgo) // an error says that the loop is over
		return
	}
	p.ring()
}

var longAgo = time.Unix(1, 0)

// ring has the bell ring.
func (p *poller) ring() {
	one := uint64(1)
	unix.Write(p.bell, (*[8]byte)(unsafe.Pointer(&one))[:])
}

// hear tells sockets that they are ready. It waits for one if the loop has
// nothing else to do, and gives way to others when its share is over. It does not
// keep its processor while somebody waits for that to be idle.
func (p *poller) hear(l *Loop) {
	switch own := time.Since(p.parked) < share; {
	case l.rest:
		p.park(l)
		l.rest = false
	case !own:
		p.park(l)
	case p.peek(0):
	case p.keen && idlers.Load() == 0:
		p.doze(l)
	default:
		p.park(l)
	}
	for _, e := range p.events[:p.ready] {
		if e.Fd == bellSlot {
			continue // edge-triggered: nothing has to be read
		}
		if s := &p.slots[e.Fd]; s.number == e.Pad {
			broken := e.Events&(unix.EPOLLERR|unix.EPOLLHUP) != 0
			s.socket.Ready(e.Events&unix.EPOLLIN != 0, e.Events&unix.EPOLLOUT != 0, broken)
		}
	}
}

// doze waits for a socket or for the bell for a slice, and keeps the processor.
// Who can run goes first where there is no other processor to run on; to give
// way where there is would wake one up for each message.
func (p *poller) doze(l *Loop) {
	if int(holding.Load()) >= runtime.GOMAXPROCS(0) {
		runtime.Gosched()
	}
	if l.sleep() {
		p.keen = p.peek(slice)
		l.awake()
	}
}

// park waits for a socket or for the bell as other goroutines wait. A loop that
// has something to do rings the bell itself: others have a turn, then it goes
// on. Where what it has to do gives way itself, others have a turn until there is
// something else.
func (p *poller) park(l *Loop) {
	p.ready = 0 // what it was told of before it has heard
	p.waits = true
	asleep := l.sleep()
	switch {
	case !asleep && l.rest: // somebody needs it now
		p.peek(0)
		p.waits = false
		return
	case !asleep && idlers.Load() > 0 && !p.passed:
		// In a crowd it may be long until the bell is heard. But the runtime looks
		// after its own sockets only then, so that a loop which always has something
		// to do waits for it every other time.
		runtime.Gosched()
		p.peek(0)
		p.waits, p.passed, p.parked, p.keen = false, true, time.Now(), true
		return
	}
	p.passed = false
	p.pass = !asleep || l.rest || p.peek(0)
	holding.Add(-1)
	// An error says that it was interrupted, or that the loop is over.
	_ = p.raw.Read(p.look)
	holding.Add(1)
	l.awake()
	l.quiet = l.rest && !p.woken
	if p.waits = false; p.woken {
		p.woken = false
		_ = p.file.SetReadDeadline(time.Time{})
	}
	p.parked, p.keen = time.Now(), true
}

// sleep notes that the loop waits, unless there is something to do. While it lets
// others go first that is only what does not give way itself.
func (l *Loop) sleep() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asleep = !l.busy() || l.rest && !l.urgent()
	return l.asleep
}

func (l *Loop) awake() {
	l.mu.Lock()
	l.asleep = false
	l.mu.Unlock()
}

// peek looks for ready sockets for so many milliseconds, and does not let the
// runtime know.
func (p *poller) peek(milliseconds int) bool {
	n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events[0])), perPass, uintptr(milliseconds), 0, 0)
	p.ready = int(n)
	if errno != 0 { // interrupted by a signal
		p.ready = 0
	}
	return p.ready > 0
}
