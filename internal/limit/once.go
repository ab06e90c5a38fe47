package limit

import "time"

// Once allows an act once in every second of the clock. The zero Once is ready. It
// takes 4 bytes, and is not safe for use by several goroutines.
type Once struct{ last uint32 }

// Take reports whether it is the first time in this second.
func (o *Once) Take(now time.Time) bool {
	second := uint32(now.Unix())
	if o.last == second {
		return false
	}
	o.last = second
	return true
}
