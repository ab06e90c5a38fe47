package limit

import "sync"

// Counts hold how many of something each key has at a time, such as open
// connections. A key with none takes no memory.
type Counts[K comparable] struct {
	most int

	mu   sync.Mutex
	have map[K]int
}

// NewCounts returns counts that allow each key the given number at a time.
func NewCounts[K comparable](most int) *Counts[K] {
	return &Counts[K]{most: most, have: map[K]int{}}
}

// Take counts one more of the key's, or reports false if it has as many as it
// may. Every one taken is given back once by [Counts.Give].
func (c *Counts[K]) Take(key K) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.have[key] >= c.most {
		return false
	}
	c.have[key]++
	return true
}

// Give gives back one that was taken.
func (c *Counts[K]) Give(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.have[key] <= 1 {
		delete(c.have, key)
		return
	}
	c.have[key]--
}
