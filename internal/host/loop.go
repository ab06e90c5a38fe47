package host

import (
	"sync"

	"partykit/internal/engine"
)

// loop runs tasks one after another. What belongs to a loop is touched by its
// tasks only. Posting never blocks, so that loops can post to each other.
type loop struct {
	parties map[engine.Ref]*live

	mu     sync.Mutex
	more   sync.Cond
	tasks  []func()
	closed bool
}

func newLoop() *loop {
	l := &loop{parties: map[engine.Ref]*live{}}
	l.more.L = &l.mu
	return l
}

// post adds a task. After the loop has closed it does nothing.
func (l *loop) post(task func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.tasks = append(l.tasks, task)
		l.more.Signal()
	}
}

// run runs tasks until the loop is closed and none is left.
func (l *loop) run() {
	for {
		l.mu.Lock()
		for len(l.tasks) == 0 && !l.closed {
			l.more.Wait()
		}
		tasks := l.tasks
		l.tasks = nil
		l.mu.Unlock()
		if len(tasks) == 0 {
			return
		}
		for _, task := range tasks {
			task()
		}
	}
}

func (l *loop) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.more.Broadcast()
}
