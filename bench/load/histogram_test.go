package load

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestQuantilesAreCloseToTheTruth(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h, other Histogram
	var all []time.Duration
	for i := range 20_000 {
		d := time.Duration(math.Exp(rng.Float64() * 25)) // a nanosecond to a minute
		all = append(all, d)
		if i%3 == 0 {
			other.Add(d)
		} else {
			h.Add(d)
		}
	}
	h.Merge(&other)
	slices.Sort(all)
	for _, q := range []float64{0, .01, .5, .9, .99, .999, 1} {
		want := all[max(int(q*float64(len(all))+.5)-1, 0)]
		if got := h.Quantile(q); got < want || float64(got) > float64(want)*(1+1.0/31) {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if h.Count() != 20_000 || h.Max() != all[len(all)-1] {
		t.Errorf("counted %d up to %v", h.Count(), h.Max())
	}
}

func TestHistogramAtItsEnds(t *testing.T) {
	var h Histogram
	if got := h.Quantile(.5); got != 0 {
		t.Errorf("the median of nothing is %v", got)
	}
	h.Add(-5)
	h.Add(math.MaxInt64)
	if lo, hi := h.Quantile(0), h.Quantile(1); lo != 0 || hi != math.MaxInt64 {
		t.Errorf("from %v to %v", lo, hi)
	}
}

// Each duration lies above its bucket's lower neighbour, and not above its own.
func TestBucketsMeet(t *testing.T) {
	for d := time.Duration(0); d < 1<<20; d += 1 + d/1000 {
		i := bucketOf(d)
		if topOf(i) < d || i > 0 && topOf(i-1) >= d {
			t.Fatalf("%d is in bucket %d, which ends at %d; the one before at %d", d, i, topOf(i), topOf(i-1))
		}
	}
}
