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
	tasks  Lanes[func()]
	later  Lanes[func()] // of tasks that give way
	since  time.Time     // when the last of them ran, or the first came
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

// AtOnce is how many tasks of a game run before it is another's turn.
const AtOnce = 16

const (
	// givesWay is how long all tasks that give way do at most.
	givesWay = 20 * time.Millisecond
	// given is how long then as many of them run as do in it.
	given = time.Millisecond
)

// An Ender has something to do at the end of a pass.
type Ender interface {
	// End is called on the loop.
	End()
}

// New returns a loop that nobody runs yet.
func New() *Loop {
	l := &Loop{}
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
	l.tasks.Add(game, task)
	l.rouse()
}

// Later adds a task of a game that gives way: it runs when the loop has nothing
// else to do and everybody else on its processor had a turn, one such task after
// another, of the games in turn. So what concerns a crowd can be done in small
// portions, for which nobody else waits. However busy the loop is, some of them run
// every 20 ms, for a millisecond. Later never blocks. After the loop was closed it
// does nothing.
func (l *Loop) Later(game string, task func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		if l.later.Empty() {
			l.since = time.Now()
		}
		l.later.Add(game, task)
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

// give runs some of what has given way for long enough.
func (l *Loop) give() {
	begun := time.Now()
	for n := 0; n < AtOnce && (n == 0 || time.Since(begun) < given); n++ {
		l.mu.Lock()
		if l.later.Empty() {
			l.mu.Unlock()
			return
		}
		task := l.later.Next(1)
		l.since = time.Now()
		l.mu.Unlock()
		task[0]()
		clear(task)
	}
}

// next returns the tasks whose turn it is, of one game. A game without tasks is
// forgotten.
func (l *Loop) next() (tasks []func(), over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.poll == nil && !l.busy() {
		l.more.Wait()
	}
	switch {
	case !l.later.Empty() && time.Since(l.since) >= givesWay:
		return []func(){l.give}, false
	case !l.later.Empty() && l.mayGive():
		l.since = time.Now()
		return l.later.Next(1), false
	case l.tasks.Empty():
		l.over = l.closed && len(l.ends) == 0 && l.later.Empty()
		return nil, l.over
	}
	return l.tasks.Next(AtOnce), false
}

// mayGive reports whether a task that gives way may run now. If only others off the
// loop have to go first, they have their turn in this pass. The lock is held.
func (l *Loop) mayGive() bool {
	if !l.tasks.Empty() || len(l.ends) > 0 {
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
func (l *Loop) busy() bool { return l.urgent() || !l.later.Empty() }

// urgent reports whether some of it does not give way. The lock is held.
func (l *Loop) urgent() bool { return !l.tasks.Empty() || len(l.ends) > 0 || l.closed }

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
