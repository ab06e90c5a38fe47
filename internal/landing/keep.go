package landing

import (
	"container/list"
	"sync"
)

// A memo keeps values by key, up to a number of bytes in all; what was not used
// for longest goes first.
type memo[K comparable, V any] struct {
	most int

	mu    sync.Mutex
	byKey map[K]*list.Element // of kept[K, V]
	order *list.List          // the last used first
	bytes int
}

type kept[K comparable, V any] struct {
	key   K
	value V
	size  int
}

func newMemo[K comparable, V any](most int) *memo[K, V] {
	return &memo[K, V]{most: most, byKey: map[K]*list.Element{}, order: list.New()}
}

func (m *memo[K, V]) get(key K) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byKey[key]
	if !ok {
		return value, false
	}
	m.order.MoveToFront(e)
	return e.Value.(kept[K, V]).value, true
}

// put keeps a value of size bytes, in place of the one with its key.
func (m *memo[K, V]) put(key K, value V, size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.byKey[key]; ok {
		m.forget(e)
	}
	m.byKey[key] = m.order.PushFront(kept[K, V]{key, value, size})
	m.bytes += size
	for m.bytes > m.most {
		m.forget(m.order.Back())
	}
}

func (m *memo[K, V]) forget(e *list.Element) {
	k := m.order.Remove(e).(kept[K, V])
	delete(m.byKey, k.key)
	m.bytes -= k.size
}
