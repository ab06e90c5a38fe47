package load

import (
	"math/bits"
	"time"
)

// A Histogram counts durations in steps of at most 1/32 of themselves, from a
// nanosecond to hours. Its zero value is empty.
type Histogram struct {
	buckets [64 << 5]int64
	count   int64
	max     time.Duration
}

// Add counts one duration; below 0 counts as 0.
func (h *Histogram) Add(d time.Duration) {
	d = max(d, 0)
	h.buckets[bucketOf(d)]++
	h.count++
	h.max = max(h.max, d)
}

// Count is how many were added.
func (h *Histogram) Count() int64 { return h.count }

// Max is the longest.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile returns what a part q (0 to 1) of all does not exceed; 0 of none.
func (h *Histogram) Quantile(q float64) time.Duration {
	need := int64(q*float64(h.count) + 0.5)
	need = min(max(need, 1), h.count)
	var seen int64
	for i, n := range h.buckets {
		if seen += n; n > 0 && seen >= need {
			return min(topOf(i), h.max)
		}
	}
	return 0
}

// Merge adds what another has counted.
func (h *Histogram) Merge(o *Histogram) {
	for i, n := range o.buckets {
		h.buckets[i] += n
	}
	h.count += o.count
	h.max = max(h.max, o.max)
}

// bucketOf numbers a duration: below 64 each has its own, above 32 share each
// power of two.
func bucketOf(d time.Duration) int {
	shift := max(bits.Len64(uint64(d))-6, 0)
	return shift<<5 + int(uint64(d)>>shift)
}

// topOf is the longest duration of a bucket.
func topOf(i int) time.Duration {
	shift := max(i>>5-1, 0)
	return time.Duration((uint64(i-shift<<5)+1)<<shift - 1)
}
