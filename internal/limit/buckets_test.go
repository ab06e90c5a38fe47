package limit

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

var start = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func TestBucket(t *testing.T) {
	r := Rate{30, time.Minute, 3}
	var b Bucket
	for i := range 3 {
		if wait := b.Take(r, start); wait != 0 {
			t.Fatalf("act %d of a burst of 3 waits %v", i+1, wait)
		}
	}
	// One comes back every two seconds; asking in vain costs nothing.
	for range 50 {
		if wait := b.Take(r, start).Round(time.Millisecond); wait != 2*time.Second {
			t.Fatalf("the fourth at once waits %v", wait)
		}
	}
	soon := start.Add(1500 * time.Millisecond)
	if wait := b.Take(r, soon); wait.Round(time.Millisecond) != 500*time.Millisecond {
		t.Errorf("after 1.5 s it waits %v", wait)
	} else if again := b.Take(r, soon.Add(wait)); again != 0 {
		t.Errorf("who waits as long as told is refused again for %v", again)
	}
	later := start.Add(time.Hour)
	for i := range 4 {
		if wait := b.Take(r, later); (wait == 0) != (i < 3) {
			t.Errorf("act %d an hour later waits %v", i+1, wait)
		}
	}
	b.Give()
	if wait := b.Take(r, later); wait != 0 {
		t.Errorf("a token that was given back cannot be taken: %v", wait)
	}
	if wait := b.Take(PerSecond(10, 6), later); wait != 0 {
		t.Errorf("a limit that was raised does not hold at once: %v", wait)
	}
	if wait := b.Take(PerSecond(1, 2), later); wait.Round(time.Millisecond) != 3*time.Second {
		t.Errorf("a limit that was lowered, 4 of 2 spent: %v", wait)
	}
}

func TestBucketSpends(t *testing.T) {
	r := PerSecond(1000, 2000)
	var b Bucket
	for i, want := range []time.Duration{0, 0, 500 * time.Millisecond, time.Second} {
		if wait := b.Spend([]int{1000, 1000, 500, 500}[i], r, start); wait.Round(time.Millisecond) != want {
			t.Errorf("spend %d waits %v, want %v", i+1, wait, want)
		}
	}
}

// A bucket allows what golang.org/x/time/rate allows, which takes five times
// the memory.
func TestBucketIsATokenBucket(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		n, burst := 1+random.IntN(100), 1+random.IntN(50)
		model, r := rate.NewLimiter(rate.Limit(n), burst), PerSecond(n, burst)
		var b Bucket
		now := start
		for act := range 200 {
			now = now.Add(time.Duration(random.Int64N(int64(3 * time.Second / time.Duration(n)))))
			if random.IntN(20) == 0 {
				now = now.Add(time.Duration(burst) * r.each())
			}
			if got, want := b.Take(r, now) == 0, model.AllowN(now, 1); got != want {
				t.Fatalf("seed %d, act %d at %d a second, burst %d: allowed %t, want %t", seed, act+1, n, burst, got, want)
			}
		}
	}
}

// The clock of a machine may be set back; and a test's may begin before the
// process did.
func TestBucketBeforeTheProcessBegan(t *testing.T) {
	r := PerSecond(1, 1)
	var b Bucket
	past := began.Add(-time.Hour)
	for i, want := range []bool{true, false} {
		if got := b.Take(r, past) == 0; got != want {
			t.Errorf("act %d: %t", i+1, got)
		}
	}
	if wait := b.Take(r, past.Add(time.Second)); wait != 0 {
		t.Errorf("a second later it waits %v", wait)
	}
}

// Whatever is asked when, no more is allowed than the rate gives, and who waits
// as long as told is allowed.
func FuzzBucket(f *testing.F) {
	f.Add(30, 60, []byte{0, 1, 0, 0, 200})
	f.Add(1, 1, []byte{255, 0, 0})
	f.Fuzz(func(t *testing.T, n, burst int, gaps []byte) {
		n, burst = 1+abs(n)%100_000, 1+abs(burst)%1000
		r := PerSecond(n, burst)
		var b Bucket
		now, allowed := start, 0
		for _, gap := range gaps {
			now = now.Add(time.Duration(gap) * time.Millisecond / 4)
			wait := b.Take(r, now)
			if wait > 0 {
				now = now.Add(wait)
				if again := b.Take(r, now); again != 0 {
					t.Fatalf("told to wait %v, then %v", wait, again)
				}
			}
			allowed++
			if most := float64(burst) + now.Sub(start).Seconds()*float64(n) + 1e-3; float64(allowed) > most {
				t.Fatalf("%d allowed within %v at %d a second, burst %d", allowed, now.Sub(start), n, burst)
			}
		}
	})
}

func abs(n int) int { return max(n, -(n + 1)) }

func TestBucketsForgetTheIdle(t *testing.T) {
	r := Rate{1, time.Second, 2}
	b := NewBuckets[int](1_000_000)
	for i := range 1000 {
		b.Take(i, r, start)
	}
	if len(b.keys) != 1000 {
		t.Fatalf("%d keys remembered of 1,000 that just acted", len(b.keys))
	}
	b.Take(-1, r, start.Add(500*time.Millisecond))
	if len(b.keys) != 1001 {
		t.Errorf("%d keys after half a second, want 1,001: none is full again", len(b.keys))
	}
	b.Take(-2, r, start.Add(time.Minute))
	if len(b.keys) != 1 {
		t.Errorf("%d keys after a minute, want the newest one", len(b.keys))
	}
}

func TestBucketsAreBounded(t *testing.T) {
	r := Rate{1, time.Hour, 1}
	b := NewBuckets[string](100)
	b.Take("first", r, start)
	for i := range 98 {
		b.Take(fmt.Sprint(i), r, start)
	}
	b.Take("first", r, start) // touched again, so it outlives the others
	for i := range 99 {
		b.Take(fmt.Sprint("new", i), r, start)
		if n := len(b.keys); n > 100 {
			t.Fatalf("%d keys remembered, want at most 100", n)
		}
	}
	if b.Take("first", r, start) == 0 {
		t.Error("the key asked for last was forgotten before older ones")
	}
}

func TestBucketsAtTheSameTime(t *testing.T) {
	r := Rate{1, time.Hour, 10}
	b := NewBuckets[int](100)
	b.Give(7) // of nobody
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 1000 {
				if b.Take(i%5, r, start) == 0 {
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
	var c Counts[string]
	for i, want := range []bool{true, true, false, false} {
		if got := c.Take("ada", 2); got != want {
			t.Errorf("take %d: %t", i+1, got)
		}
	}
	if !c.Take("bob", 2) {
		t.Error("one key's connections count for another")
	}
	c.Give("ada")
	if c.have["ada"] != 1 || !c.Take("ada", 2) || c.Take("ada", 2) {
		t.Errorf("after one was given back: %d", c.have["ada"])
	}
	c.Give("ada")
	c.Give("ada")
	c.Give("bob")
	if len(c.have) != 0 {
		t.Errorf("keys with nothing are kept: %v", c.have)
	}
	if !c.Take("dora", 1) || c.Take("dora", 1) || !c.Take("dora", 2) {
		t.Error("a limit that was raised does not hold at once")
	}
	c.Give("carl")
	if c.have["carl"] != 0 {
		t.Errorf("giving back what was never taken makes room: %d", c.have["carl"])
	}
}

func BenchmarkBucketsTake(b *testing.B) {
	buckets := NewBuckets[int](10_000)
	now := start
	for i := 0; b.Loop(); i++ {
		buckets.Take(i%20_000, PerMinute(30), now)
	}
}
