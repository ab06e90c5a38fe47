package node

import (
	"context"
	"net/http"
	"sync"
	"time"

	"partykit/internal/loop"
	"partykit/party"
)

const (
	// requestsAtATime is how many requests are let in before those who are in go
	// first. What takes more than to look at a page counts for several.
	requestsAtATime = 16
	severalRequests = 4
	// comeBack is after how long who finds no room to wait may try again.
	comeBack = 2 * time.Second
)

// usher lets requests in. Where they come faster than they are answered they
// wait, and those whom the server let in before do not wait for them: some
// are let in whenever nobody else has anything to do. Games and their lines take
// turns, so that another's friends do not wait for a streamer's.
type usher struct {
	next   http.Handler
	lineOf func(*http.Request) stand // asked only of who has to wait
	refuse func(http.ResponseWriter, *http.Request, *party.Error)
	pace   pace

	mu    sync.Mutex
	room  int // how many may go in at once
	queue queue
	lets  bool // a goroutine lets in
}

func newUsher(next http.Handler, lineOf func(*http.Request) stand, refuse func(http.ResponseWriter, *http.Request, *party.Error)) *usher {
	return &usher{
		next: next, lineOf: lineOf, refuse: refuse, pace: pace{idle: new(loop.Idle).Wait},
		room: requestsAtATime, queue: newQueue(),
	}
}

func (u *usher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	counts := severalRequests
	if r.Method == http.MethodGet && r.Header["Upgrade"] == nil {
		counts = 1
	}
	if !takesTurns(r) || u.enter(counts) {
		u.next.ServeHTTP(w, r)
		return
	}
	switch q := u.stand(u.lineOf(r), counts); {
	case q == nil:
		u.refuse(w, r, &party.Error{Code: party.Unavailable, RetryAfter: comeBack, Detail: "Too many want the same just now. Try again in a moment."})
	case u.wait(r.Context(), q):
		u.next.ServeHTTP(w, r)
	}
}

// enter takes room for a request, if there is any.
func (u *usher) enter(counts int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.open()
	if u.room <= 0 {
		return false
	}
	u.room -= counts
	return true
}

// stand has a request wait, or returns nil where there is no room to.
func (u *usher) stand(at stand, counts int) *waiting {
	q := &waiting{stand: at, counts: counts, now: make(chan struct{})}
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.queue.add(q) {
		return nil
	}
	u.open()
	return q
}

// open has a goroutine let in, if none does. The lock is held.
func (u *usher) open() {
	if !u.lets {
		u.lets = true
		go u.let()
	}
}

// wait reports whether the request was let in, and not given up before.
func (u *usher) wait(ctx context.Context, q *waiting) bool {
	select {
	case <-q.now:
		return true
	case <-ctx.Done():
		u.mu.Lock()
		q.gone = true
		u.mu.Unlock()
		return false
	}
}

// let lets in, some at a time, until nobody comes any more.
func (u *usher) let() {
	for more := true; more; {
		more = u.letSome(u.pace.wait(requestsAtATime))
	}
}

// letSome lets so many in. It reports whether somebody came since it last did.
func (u *usher) letSome(n int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.lets = u.room < requestsAtATime || !u.queue.empty()
	for u.room = n; u.room > 0 && !u.queue.empty(); {
		if q := u.queue.next(); !q.gone {
			u.room -= q.counts
			close(q.now)
		}
	}
	u.room = min(u.room, requestsAtATime)
	return u.lets
}
