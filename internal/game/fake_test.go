package game

import (
	"context"
	"maps"
	"slices"
	"sync"
	"testing"

	"partykit/internal/testlog"
)

// memory is a Store that keeps the contract of one: revisions, compare-and-set,
// a watch that goes on. Several registries on one memory are several nodes.
type memory struct {
	mu       sync.Mutex
	records  map[string][]byte
	revision map[string]uint64
	last     uint64
	watchers []func(string, []byte)
	stale    map[string]int // how often a Put still conflicts although nobody wrote
	onPut    func(key string)
}

func newMemory() *memory {
	return &memory{records: map[string][]byte{}, revision: map[string]uint64{}, stale: map[string]int{}}
}

func (m *memory) Get(_ context.Context, key string) ([]byte, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.records[key]
	if !ok {
		return nil, 0, ErrNotFound
	}
	return slices.Clone(value), m.revision[key], nil
}

func (m *memory) Put(_ context.Context, key string, value []byte, expect uint64) (uint64, error) {
	if m.onPut != nil {
		m.onPut(key)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stale[key] > 0 {
		m.stale[key]--
		return 0, ErrConflict
	}
	if m.revision[key] != expect {
		return 0, ErrConflict
	}
	m.set(key, slices.Clone(value))
	return m.last, nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(key, nil)
	return nil
}

func (m *memory) set(key string, value []byte) {
	m.last++
	if value == nil {
		delete(m.records, key)
		delete(m.revision, key)
	} else {
		m.records[key], m.revision[key] = value, m.last
	}
	for _, fn := range m.watchers {
		fn(key, value)
	}
}

func (m *memory) Watch(_ context.Context, fn func(string, []byte)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(m.records)) {
		fn(key, m.records[key])
	}
	m.watchers = append(m.watchers, fn)
	return nil
}

func open(t *testing.T, m *memory, o Options) *Registry {
	t.Helper()
	if o.Logger == nil {
		o.Logger = testlog.New(t)
	}
	r, err := Open(t.Context(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func demo() Game {
	return Game{ID: "demo", Name: "Two Keys", Launch: Launch{Web: "https://play.example.com/two/?v=1"}}
}

func add(t *testing.T, r *Registry, g Game) Game {
	t.Helper()
	g, err := r.Add(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
