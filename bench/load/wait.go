//go:build linux

package load

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// wait fills ready with the sockets that have something, and returns how many
// they are. It gives the processor over only when there are none, and not at all
// when it is restless.
func (c *Crowd) wait(d time.Duration) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_WAIT, uintptr(c.poll), uintptr(unsafe.Pointer(&c.ready[0])), uintptr(len(c.ready)), 0, 0, 0)
	if errno == 0 && n == 0 && d > 0 && !c.restless {
		limit := unix.NsecToTimespec(int64(d)) // epoll_wait itself knows milliseconds only
		n, _, errno = unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(c.poll), uintptr(unsafe.Pointer(&c.ready[0])), uintptr(len(c.ready)), uintptr(unsafe.Pointer(&limit)), 0, 0)
	}
	switch errno {
	case 0:
		return int(n), nil
	case unix.EINTR:
		return 0, nil
	}
	return 0, errno
}
