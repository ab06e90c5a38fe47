package limit

import "sync"

// Counts hold how many of something each key has at a time, such as open
// connections. A key with none takes no memory. The zero value is ready for
// use, by several goroutines.
type Counts[K comparable] struct {
	mu   sync.Mutex
	have map[K]int
}

// Take counts one more of the key's, or reports false if it has most already.
// Every one taken is given back once by [Counts.Give].
func (c *Counts[K]) Take(key K, most int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.have[key] >= most {
		return false
	}
	if c.have == nil {
		c.have = map[K]int{}
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
