package node

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"partykit/internal/loop"
)

const (
	// requestsAtATime is how many requests are let in before those who are in go
	// first. What takes more than to look at a page counts for several.
	requestsAtATime = 16
	severalRequests = 4
	// connectionsAtATime is the same of new connections.
	connectionsAtATime = 8
	// atLeastEvery is how often so many are let in at least, however busy those are
	// who are in: some thousands a second. It counts up to mostAtOnce times.
	atLeastEvery = time.Millisecond
	mostAtOnce   = 20
)

// usher lets requests in. Where they come faster than they are answered they
// wait, and those whom the server let in before do not wait for them: some
// are let in whenever nobody else has anything to do. Links take turns, so that
// another's friends do not wait for a streamer's.
type usher struct {
	next http.Handler
	pace pace

	mu    sync.Mutex
	room  int // how many may go in at once
	lines map[string]*line
	turns []*line // those where somebody waits
	lets  bool    // a goroutine lets in
}

// line is where the requests of a link wait.
type line struct {
	name string
	wait []waiting
}

// waiting is a request that is not let in yet.
type waiting struct {
	counts int
	now    chan<- struct{}
}

func newUsher(next http.Handler) *usher {
	return &usher{next: next, pace: pace{idle: new(loop.Idle).Wait}, room: requestsAtATime, lines: map[string]*line{}}
}

func (u *usher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	counts := severalRequests
	if r.Method == http.MethodGet && r.Header["Upgrade"] == nil {
		counts = 1
	}
	u.enter(lineOf(r), counts)
	u.next.ServeHTTP(w, r)
}

// lineOf tells apart what takes turns: links, games, and kinds of requests.
func lineOf(r *http.Request) string {
	if r.URL.Path == "/connect" {
		return r.URL.RawQuery
	}
	kind, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	which, _, _ := strings.Cut(rest, "/")
	if kind == "join" {
		return which
	}
	return kind
}

// enter returns when the request may go in.
func (u *usher) enter(name string, counts int) {
	u.mu.Lock()
	if !u.lets {
		u.lets = true
		go u.let()
	}
	if u.room > 0 {
		u.room -= counts
		u.mu.Unlock()
		return
	}
	x := u.lines[name]
	if x == nil {
		x = &line{name: name}
		u.lines[name] = x
		u.turns = append(u.turns, x)
	}
	now := make(chan struct{})
	x.wait = append(x.wait, waiting{counts, now})
	u.mu.Unlock()
	<-now
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
	u.lets = u.room < requestsAtATime
	for u.room = n; u.room > 0 && len(u.turns) > 0; {
		x := u.turns[0]
		u.turns = u.turns[1:]
		u.room -= x.wait[0].counts
		close(x.wait[0].now)
		if x.wait = x.wait[1:]; len(x.wait) > 0 {
			u.turns = append(u.turns, x)
		} else {
			delete(u.lines, x.name)
		}
	}
	u.room = min(u.room, requestsAtATime)
	return u.lets
}

// doorkeeper accepts connections as an usher lets requests in: those who are in
// go first.
type doorkeeper struct {
	net.Listener
	pace pace
	room int
}

func newDoorkeeper(l net.Listener) *doorkeeper {
	return &doorkeeper{Listener: l, pace: pace{idle: new(loop.Idle).Wait}, room: connectionsAtATime}
}

func (d *doorkeeper) Accept() (net.Conn, error) {
	if d.room == 0 {
		d.room = d.pace.wait(connectionsAtATime)
	}
	d.room--
	return d.Listener.Accept()
}

// pace is how those who are in go before those who come.
type pace struct {
	idle func() // waits until nobody else has anything to do
}

// wait waits, and says how many then may come if it is so many at a time: where
// those who are in left no room for long, as many as should have come meanwhile.
func (p pace) wait(atATime int) int {
	begun := time.Now()
	p.idle()
	return atATime * min(max(1, int(time.Since(begun)/atLeastEvery)), mostAtOnce)
}
