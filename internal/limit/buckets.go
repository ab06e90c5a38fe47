package limit

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Buckets are token buckets, one for each key. A bucket holds up to a burst of
// tokens, an act takes one, and they come back at a steady rate.
type Buckets[K comparable] struct {
	rate  rate.Limit
	burst int
	most  int

	mu    sync.Mutex
	keys  map[K]*list.Element
	queue *list.List // of *bucket[K], the longest untouched at the front
}

type bucket[K comparable] struct {
	key    K
	tokens *rate.Limiter
}

// NewBuckets returns buckets for acts that may happen n times per interval, in
// a burst of at most burst, remembering at most the given number of keys. When
// that is reached, the key that was asked for the longest time ago is forgotten
// and starts anew with a full bucket.
func NewBuckets[K comparable](n int, per time.Duration, burst, keys int) *Buckets[K] {
	return &Buckets[K]{
		rate:  rate.Limit(float64(n) / per.Seconds()),
		burst: burst,
		most:  keys,
		keys:  map[K]*list.Element{},
		queue: list.New(),
	}
}

// Allow takes a token of the key's bucket. If there is none, it takes nothing
// and says after how long there will be one, if nobody else takes it.
func (b *Buckets[K]) Allow(key K, now time.Time) (ok bool, retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.bucket(key, now).ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return false, wait
	}
	return true, 0
}

// bucket returns the key's bucket as the one touched last, and forgets buckets
// that have filled up again: they are as good as new ones.
func (b *Buckets[K]) bucket(key K, now time.Time) *rate.Limiter {
	if e, ok := b.keys[key]; ok {
		b.queue.MoveToBack(e)
		return e.Value.(*bucket[K]).tokens
	}
	for e := b.queue.Front(); e != nil; e = b.queue.Front() {
		old := e.Value.(*bucket[K])
		if len(b.keys) < b.most && old.tokens.TokensAt(now) < float64(b.burst) {
			break
		}
		b.queue.Remove(e)
		delete(b.keys, old.key)
	}
	l := rate.NewLimiter(b.rate, b.burst)
	b.keys[key] = b.queue.PushBack(&bucket[K]{key, l})
	return l
}
