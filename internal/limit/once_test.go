package limit

import (
	"slices"
	"testing"
	"time"
)

func TestOnceASecond(t *testing.T) {
	var o Once
	start := time.Unix(1_800_000_000, 0)
	var taken []time.Duration
	for at := time.Duration(0); at < 3*time.Second; at += 300 * time.Millisecond {
		if o.Take(start.Add(at)) {
			taken = append(taken, at)
		}
	}
	want := []time.Duration{0, 1200 * time.Millisecond, 2100 * time.Millisecond}
	if !slices.Equal(taken, want) {
		t.Errorf("taken after %v; want %v", taken, want)
	}
}
