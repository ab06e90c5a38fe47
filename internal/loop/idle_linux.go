package loop

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// idlers are those who wait for their processor to have nothing else to do. Loops
// do not keep it meanwhile.
var idlers atomic.Int32

// idleBell is a descriptor in the runtime's poller, at which the runtime looks
// when nobody can run, or every ten milliseconds.
type idleBell struct {
	file *os.File
	raw  syscall.RawConn
}

// Wait returns when nobody else could run, or after about 10 ms.
func (i *Idle) Wait() {
	if i.bell.file == nil && i.bell.open() != nil {
		runtime.Gosched() // nearly the same
		return
	}
	idlers.Add(1)
	defer idlers.Add(-1)
	rung := false
	_ = i.bell.raw.Read(func(fd uintptr) bool {
		if rung {
			return true
		}
		rung = true // only now: what comes before this call may be overlooked
		one := uint64(1)
		unix.Write(int(fd), (*[8]byte)(unsafe.Pointer(&one))[:])
		return false
	})
	runtime.Gosched() // for whom something came at the same moment
}

func (b *idleBell) open() error {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return os.NewSyscallError("eventfd", err)
	}
	file := os.NewFile(uintptr(fd), "idle")
	raw, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return err
	}
	b.file, b.raw = file, raw
	return nil
}
