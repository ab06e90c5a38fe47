//go:build unix

package node

import (
	"math"
	"syscall"
)

// room is how many connections of one game this process can hold: nine tenths
// of the files it may open, so that another game's players still get in. Go has
// raised the limit to what the system allows.
func room() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil || uint64(r.Cur) > math.MaxInt32 {
		return math.MaxInt32
	}
	return int(r.Cur) / 10 * 9
}
