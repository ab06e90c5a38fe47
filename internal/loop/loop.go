package loop

import (
	"sync"
	"time"
)

// Loop runs tasks one after another. Make one with New and run it with Run.
//
// Tasks of one game run in the order they were posted. Games take turns, so that
// a game with very many tasks waits for itself: another's next task waits for at
// most AtOnce of each game that has any. Sockets are heard after every turn. What
// gives way ([Loop.Later]) runs when there is nothing else.
type Loop struct {
	mu     sync.Mutex
	more   sync.Cond // there is something to do, for a loop that watches nothing
	lanes  map[string]*lane
	turns  []*lane   // those with tasks
	later  []func()  // tasks that give way
	since  time.Time // when the last of them ran, or the first came
	ends   []Ender
	asleep bool    // Run waits for its sockets, and must be woken for anything else
	closed bool    // takes no tasks any more
	over   bool    // nothing runs any more
	poll   *poller // nil until the first descriptor is watched

	// Of the loop's goroutine:
	spare []Ender // the slice of ends that is not in use
	rest  bool    // there is only what gives way: who is not on the loop goes first
	quiet bool    // who is not on the loop went first
}

// lane is the tasks of one game.
type lane struct {
	game  string
	tasks []func()
}

// AtOnce is how many tasks of a game run before it is another's turn.
const AtOnce = 16

// givesWay is how long a task gives way at most.
const givesWay = 20 * time.Millisecond

// An Ender has something to do at the end of a pass.
type Ender interface {
	// End is called on the loop.
	End()
}

// New returns a loop that nobody runs yet.
func New() *Loop {
	l := &Loop{lanes: map[string]*lane{}}
	l.more.L = &l.mu
	return l
}

// Post adds a task of a game; "" stands for what concerns no single one. It
// never blocks, so that loops can post to each other. After the loop was closed
// it does nothing.
func (l *Loop) Post(game string, task func()) {
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
	l.rouse()
}

// Later adds a task that gives way: it runs when the loop has nothing else to do
// and everybody else on its processor had a turn, one such task after another. So
// what concerns a crowd can be done in small portions, for which nobody else
// waits. Every 20 ms one of them runs however busy the loop is. Later never blocks.
// After the loop was closed it does nothing.
func (l *Loop) Later(task func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		if len(l.later) == 0 {
			l.since = time.Now()
		}
		l.later = append(l.later, task)
		l.rouse()
	}
}

// AtEnd has e.End called at the end of this pass, if it is called on the loop,
// else at the end of this or the next. It never blocks. After the last pass it
// does nothing.
func (l *Loop) AtEnd(e Ender) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.ends = append(l.ends, e)
		l.rouse()
	}
}

// rouse wakes a loop that waits. The lock is held.
func (l *Loop) rouse() {
	if l.poll == nil {
		l.more.Signal()
		return
	}
	if l.asleep {
		l.asleep = false
		l.poll.interrupt()
	}
}

// Close ends the loop when all that was posted before is done. What it watches
// is not closed.
func (l *Loop) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.rouse()
}

// Run runs the loop until it is closed and nothing is left to do.
func (l *Loop) Run() {
	for l.pass() {
	}
	if l.poll != nil {
		l.poll.close()
	}
}

// pass runs one game's turn, what the sockets brought, and what waited for the
// end. Where there is none of it, it waits. It reports false when the loop is
// over.
func (l *Loop) pass() bool {
	tasks, over := l.next()
	if over {
		return false
	}
	for i, task := range tasks {
		task()
		tasks[i] = nil
	}
	if l.poll != nil {
		l.poll.hear(l)
	}
	l.end()
	return true
}

// next returns the tasks whose turn it is, of one game. A game without tasks is
// forgotten.
func (l *Loop) next() (tasks []func(), over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.poll == nil && !l.busy() {
		l.more.Wait()
	}
	if len(l.later) > 0 && l.mayGive() {
		tasks, l.later = l.later[:1:1], l.later[1:]
		l.since = time.Now()
		return tasks, false
	}
	if len(l.turns) == 0 {
		l.over = l.closed && len(l.ends) == 0 && len(l.later) == 0
		return nil, l.over
	}
	x := l.turns[0]
	l.turns = l.turns[1:]
	n := min(len(x.tasks), AtOnce)
	tasks = x.tasks[:n:n]
	if x.tasks = x.tasks[n:]; len(x.tasks) > 0 {
		l.turns = append(l.turns, x)
	} else {
		delete(l.lanes, x.game)
	}
	return tasks, false
}

// mayGive reports whether a task that gives way may run now. If only others off the
// loop have to go first, they have their turn in this pass. The lock is held.
func (l *Loop) mayGive() bool {
	if time.Since(l.since) >= givesWay {
		return true
	}
	if len(l.turns) > 0 || len(l.ends) > 0 {
		return false
	}
	if l.poll != nil && !l.quiet && !l.closed {
		l.rest = true
		return false
	}
	l.quiet = false
	return true
}

// busy reports whether there is something to do besides sockets. The lock is
// held.
func (l *Loop) busy() bool { return l.urgent() || len(l.later) > 0 }

// urgent reports whether some of it does not give way. The lock is held.
func (l *Loop) urgent() bool { return len(l.turns) > 0 || len(l.ends) > 0 || l.closed }

// mostSpare is how many places a slice may have that is used again: a storm's is
// let go.
const mostSpare = 4096

// end runs what waited for the end of the pass.
func (l *Loop) end() {
	l.mu.Lock()
	ends := l.ends
	l.ends = l.spare
	l.mu.Unlock()
	for _, e := range ends {
		e.End()
	}
	clear(ends)
	if l.spare = ends[:0]; cap(ends) > mostSpare {
		l.spare = nil
	}
}
