package limit

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var start = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func TestBuckets(t *testing.T) {
	b := NewBuckets[string](30, time.Minute, 3, 100)
	for i := range 3 {
		if ok, wait := b.Allow("ada", start); !ok || wait != 0 {
			t.Fatalf("act %d of a burst of 3: %t, %v", i+1, ok, wait)
		}
	}
	// One comes back every two seconds; asking in vain costs nothing.
	for range 50 {
		if ok, wait := b.Allow("ada", start); ok || wait != 2*time.Second {
			t.Fatalf("the fourth at once: %t, wait %v", ok, wait)
		}
	}
	if ok, _ := b.Allow("bob", start); !ok {
		t.Error("one key's acts count for another")
	}
	if ok, wait := b.Allow("ada", start.Add(1500*time.Millisecond)); ok || wait != 500*time.Millisecond {
		t.Errorf("after 1.5 s: %t, wait %v", ok, wait)
	}
	if ok, _ := b.Allow("ada", start.Add(2*time.Second)); !ok {
		t.Error("who waits as long as told is refused again")
	}
	later := start.Add(time.Hour)
	for i := range 4 {
		if ok, _ := b.Allow("ada", later); ok != (i < 3) {
			t.Errorf("act %d an hour later: %t", i+1, ok)
		}
	}
}

func TestBucketsForgetTheIdle(t *testing.T) {
	b := NewBuckets[int](1, time.Second, 2, 1_000_000)
	for i := range 1000 {
		b.Allow(i, start)
	}
	if len(b.keys) != 1000 {
		t.Fatalf("%d keys remembered of 1,000 that just acted", len(b.keys))
	}
	b.Allow(-1, start.Add(500*time.Millisecond))
	if len(b.keys) != 1001 {
		t.Errorf("%d keys after half a second, want 1,001: none is full again", len(b.keys))
	}
	b.Allow(-2, start.Add(time.Minute))
	if len(b.keys) != 1 {
		t.Errorf("%d keys after a minute, want the newest one", len(b.keys))
	}
}

func TestBucketsAreBounded(t *testing.T) {
	b := NewBuckets[string](1, time.Hour, 1, 100)
	b.Allow("first", start)
	for i := range 98 {
		b.Allow(fmt.Sprint(i), start)
	}
	b.Allow("first", start) // touched again, so it outlives the others
	for i := range 99 {
		b.Allow(fmt.Sprint("new", i), start)
		if n := len(b.keys); n > 100 {
			t.Fatalf("%d keys remembered, want at most 100", n)
		}
	}
	if ok, _ := b.Allow("first", start); ok {
		t.Error("the key asked for last was forgotten before older ones")
	}
}

func TestBucketsAtTheSameTime(t *testing.T) {
	b := NewBuckets[int](1, time.Hour, 10, 100)
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 1000 {
				if ok, _ := b.Allow(i%5, start); ok {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 5*10 {
		t.Errorf("%d acts of 5 keys with a burst of 10, want 50", n)
	}
}

func TestCounts(t *testing.T) {
	c := NewCounts[string](2)
	for i, want := range []bool{true, true, false, false} {
		if got := c.Take("ada"); got != want {
			t.Errorf("take %d: %t", i+1, got)
		}
	}
	if !c.Take("bob") {
		t.Error("one key's connections count for another")
	}
	c.Give("ada")
	if c.have["ada"] != 1 || !c.Take("ada") || c.Take("ada") {
		t.Errorf("after one was given back: %d", c.have["ada"])
	}
	c.Give("ada")
	c.Give("ada")
	c.Give("bob")
	if len(c.have) != 0 {
		t.Errorf("keys with nothing are kept: %v", c.have)
	}
	c.Give("carl")
	if c.have["carl"] != 0 {
		t.Errorf("giving back what was never taken makes room: %d", c.have["carl"])
	}
}

func BenchmarkBucketsAllow(b *testing.B) {
	buckets := NewBuckets[int](30, time.Minute, 30, 10_000)
	now := start
	for i := 0; b.Loop(); i++ {
		buckets.Allow(i%20_000, now)
	}
}
