//go:build unix

package node

import (
	"math"
	"syscall"
)

// leastFiles is how many descriptors are left to all but connections, at least:
// the storage has one of each of its streams, of which there are some forty, and as
// many as it reads and writes at a time besides, some hundreds; there are the loops'
// and those of webhooks. Without one when it needs it the storage would take no
// write until it is opened again.
const leastFiles = 512

// room is how many connections this process can hold: what the files it may open
// leave. Go has raised that limit to what the system allows.
func room() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil || uint64(r.Cur) > math.MaxInt32 {
		return math.MaxInt32
	}
	return roomOf(int(r.Cur))
}

// roomOf is room for a process that may open so many files.
func roomOf(files int) int { return files - min(max(leastFiles, files/40), files/2) }
