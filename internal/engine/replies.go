package engine

import (
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
)

// replies routes the answers to all requests of a node, which come on one
// subscription, to those who wait for them. It costs no goroutine and no
// subscription per request.
type replies struct {
	prefix string

	mu      sync.Mutex
	last    uint64
	waiting map[uint64]replier
}

// replier waits for answers. It is called on the subscription's goroutine.
type replier interface {
	// reply takes an answer and reports whether it was the last.
	reply(*nats.Msg) (last bool)
}

func (r *replies) open(conn *nats.Conn) error {
	r.prefix = conn.NewInbox() + "."
	r.waiting = make(map[uint64]replier)
	sub, err := conn.Subscribe(r.prefix+"*", r.route)
	if err != nil {
		return err
	}
	// Bounded by the requests under way; an answer must not be dropped.
	return sub.SetPendingLimits(-1, -1)
}

// expect registers w and returns its number and the subject to answer to.
func (r *replies) expect(w replier) (uint64, string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	r.waiting[r.last] = w
	return r.last, r.prefix + strconv.FormatUint(r.last, 36)
}

func (r *replies) forget(number uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.waiting, number)
}

func (r *replies) route(m *nats.Msg) {
	number, err := strconv.ParseUint(m.Subject[len(r.prefix):], 36, 64)
	if err != nil {
		return
	}
	r.mu.Lock()
	w := r.waiting[number]
	r.mu.Unlock()
	if w != nil && w.reply(m) {
		r.forget(number)
	}
}
