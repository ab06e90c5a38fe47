package limit

import (
	"container/list"
	"sync"
	"time"
)

// Buckets are a [Bucket] for each key, safe for use by several goroutines.
type Buckets[K comparable] struct {
	most int

	mu    sync.Mutex
	keys  map[K]*list.Element
	queue *list.List // of *keyed[K], the longest untouched at the front
}

type keyed[K comparable] struct {
	key  K
	rate Rate // as last asked with
	Bucket
}

// NewBuckets returns buckets that remember at most the given number of keys.
// When that is reached, the key that was asked for the longest time ago is
// forgotten and starts anew with a full bucket.
func NewBuckets[K comparable](keys int) *Buckets[K] {
	return &Buckets[K]{most: keys, keys: map[K]*list.Element{}, queue: list.New()}
}

// Take is [Bucket.Take] of the key's bucket.
func (b *Buckets[K]) Take(key K, r Rate, now time.Time) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bucket(key, r, now).Take(r, now)
}

// Give is [Bucket.Give] of the key's bucket.
func (b *Buckets[K]) Give(key K) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e, ok := b.keys[key]; ok {
		e.Value.(*keyed[K]).Give()
	}
}

// bucket returns the key's bucket as the one touched last, and forgets buckets
// that have filled up again: they are as good as new ones.
func (b *Buckets[K]) bucket(key K, r Rate, now time.Time) *keyed[K] {
	if e, ok := b.keys[key]; ok {
		b.queue.MoveToBack(e)
		k := e.Value.(*keyed[K])
		k.rate = r
		return k
	}
	for e := b.queue.Front(); e != nil; e = b.queue.Front() {
		old := e.Value.(*keyed[K])
		if len(b.keys) < b.most && !old.full(old.rate, now) {
			break
		}
		b.queue.Remove(e)
		delete(b.keys, old.key)
	}
	k := &keyed[K]{key: key, rate: r}
	b.keys[key] = b.queue.PushBack(k)
	return k
}
