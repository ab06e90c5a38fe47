package host

import (
	"sync"

	"partykit/internal/engine"
)

// loop runs tasks one after another. What belongs to a loop is touched by its
// tasks only. Posting never blocks, so that loops can post to each other.
//
// Tasks of one game run in the order they were posted. Games take turns, so that
// a game with very many tasks waits for itself: another's next task waits for at
// most atOnce of each game that has any.
type loop struct {
	parties map[engine.Ref]*live

	mu     sync.Mutex
	more   sync.Cond
	lanes  map[string]*lane
	turns  []*lane // those with tasks
	closed bool
}

// lane is the tasks of one game.
type lane struct {
	game  string
	tasks []func()
}

// atOnce is how many tasks of a game run before it is another's turn.
const atOnce = 16

// every is the lane of what concerns no single game.
const every = ""

func newLoop() *loop {
	l := &loop{parties: map[engine.Ref]*live{}, lanes: map[string]*lane{}}
	l.more.L = &l.mu
	return l
}

// post adds a task of a game. After the loop has closed it does nothing.
func (l *loop) post(game string, task func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	x := l.lanes[game]
	if x == nil {
		x = &lane{game: game}
		l.lanes[game] = x
		l.turns = append(l.turns, x)
	}
	x.tasks = append(x.tasks, task)
	l.more.Signal()
}

// run runs tasks until the loop is closed and none is left.
func (l *loop) run() {
	for {
		tasks := l.next()
		if tasks == nil {
			return
		}
		for i, task := range tasks {
			task()
			tasks[i] = nil
		}
	}
}

// next waits for tasks and returns those whose turn it is, of one game; nil
// when the loop is closed and none is left. A game without tasks is forgotten.
func (l *loop) next() []func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.turns) == 0 {
		if l.closed {
			return nil
		}
		l.more.Wait()
	}
	x := l.turns[0]
	l.turns = l.turns[1:]
	n := min(len(x.tasks), atOnce)
	tasks := x.tasks[:n:n]
	if x.tasks = x.tasks[n:]; len(x.tasks) > 0 {
		l.turns = append(l.turns, x)
	} else {
		delete(l.lanes, x.game)
	}
	return tasks
}

func (l *loop) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.more.Broadcast()
}
