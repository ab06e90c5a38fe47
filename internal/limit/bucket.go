package limit

import (
	"math"
	"time"
)

// Rate is how often something may happen: N times in a time, in a burst of at
// most so many at once.
type Rate struct {
	N     int
	Per   time.Duration
	Burst int
}

// PerSecond is a rate of n a second with a burst.
func PerSecond(n, burst int) Rate { return Rate{n, time.Second, burst} }

// PerMinute is a rate of n a minute, all of which may come at once.
func PerMinute(n int) Rate { return Rate{n, time.Minute, n} }

// each is how long one token takes to come back.
func (r Rate) each() time.Duration { return r.Per / time.Duration(r.N) }

// Bucket holds the tokens of one who acts. An act takes one, and they come back
// at a steady rate, which may be another from one call to the next: a limit that
// is changed holds from the next act on. The zero bucket is full. It takes 16
// bytes, and is not safe for use by several goroutines.
type Bucket struct {
	spent float64 // tokens missing to a full burst
	at    int64   // when that was so, in ns since the process began; says nothing of a full bucket
}

// began is what buckets reckon from: the difference of two moments of one
// process does not change when somebody sets the clock.
var began = time.Now()

// Take takes a token. If there is none it takes nothing and says after how long
// there will be one, if nobody else takes it.
func (b *Bucket) Take(r Rate, now time.Time) (wait time.Duration) {
	if wait = b.Wait(r, now); wait == 0 {
		b.spent++
	}
	return wait
}

// Spend takes n tokens, whether they are there or not, and says after how long
// what was taken too much is back.
func (b *Bucket) Spend(n int, r Rate, now time.Time) (wait time.Duration) {
	b.refill(r, now)
	b.spent += float64(n)
	return r.after(b.spent - float64(r.Burst))
}

// Wait says after how long there will be a token, 0 if there is one now. It
// takes none.
func (b *Bucket) Wait(r Rate, now time.Time) time.Duration {
	b.refill(r, now)
	return r.after(b.spent + 1 - float64(r.Burst))
}

// Give gives back a token that was taken for what then did not count.
func (b *Bucket) Give() { b.spent = max(b.spent-1, 0) }

// full reports whether the bucket is as good as a new one.
func (b *Bucket) full(r Rate, now time.Time) bool {
	b.refill(r, now)
	return b.spent == 0
}

func (b *Bucket) refill(r Rate, now time.Time) {
	at := int64(now.Sub(began))
	switch {
	case b.spent == 0:
		b.at = at
	case at > b.at:
		b.spent = max(b.spent-float64(at-b.at)/float64(r.each()), 0)
		b.at = at
	}
}

// after is how long so many tokens take to come back. A billionth of a token
// missing is a rounding error, so that who waits as long finds them.
func (r Rate) after(tokens float64) time.Duration {
	if tokens <= 1e-9 {
		return 0
	}
	return time.Duration(math.Ceil(tokens * float64(r.each())))
}
