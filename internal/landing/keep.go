package landing

import (
	"container/list"
	"sync"
)

// A memo keeps values by key, up to a number of bytes in all; what was not used
// for longest goes first.
type memo[V any] struct {
	most int

	mu    sync.Mutex
	byKey map[string]*list.Element // of kept[V]
	order *list.List               // the last used first
	bytes int
}

type kept[V any] struct {
	key   string
	value V
	size  int
}

func newMemo[V any](most int) *memo[V] {
	return &memo[V]{most: most, byKey: map[string]*list.Element{}, order: list.New()}
}

func (m *memo[V]) get(key string) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byKey[key]
	if !ok {
		return value, false
	}
	m.order.MoveToFront(e)
	return e.Value.(kept[V]).value, true
}

// put keeps a value of size bytes, in place of the one with its key.
func (m *memo[V]) put(key string, value V, size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.byKey[key]; ok {
		m.forget(e)
	}
	m.byKey[key] = m.order.PushFront(kept[V]{key, value, size})
	m.bytes += size
	for m.bytes > m.most {
		m.forget(m.order.Back())
	}
}

func (m *memo[V]) forget(e *list.Element) {
	k := m.order.Remove(e).(kept[V])
	delete(m.byKey, k.key)
	m.bytes -= k.size
}
