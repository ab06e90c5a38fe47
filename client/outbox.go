package client

import (
	"context"
	"sync"
)

// How many may wait for an answer (docs/protocol.md); further calls wait.
const (
	maxCommands = 16
	maxMessages = 50
)

// outbox holds what was sent and not answered, in the order of its numbers, so
// that it can be sent again.
type outbox struct {
	slots chan struct{} // filled by the calls that wait

	mu    sync.Mutex
	last  uint64
	calls []*call
}

type call struct {
	id     uint64
	frame  []byte
	binary bool
	answer chan answer // has room for the one answer
}

type answer struct {
	ok  okFrame
	err error
}

func newOutbox(room int) *outbox { return &outbox{slots: make(chan struct{}, room)} }

// reserve waits for room. Each reserved place is used by one add, or given back
// by release.
func (o *outbox) reserve(ctx context.Context) error {
	select {
	case o.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (o *outbox) release() { <-o.slots }

// add gives the call the next number and keeps it until it is answered.
func (o *outbox) add(c *call, encode func(id uint64) []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last++
	c.id, c.frame = o.last, encode(o.last)
	o.calls = append(o.calls, c)
}

// used returns the last number that a call was given.
func (o *outbox) used() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}

// settle answers the call with this number; an unknown number is ignored.
func (o *outbox) settle(id uint64, a answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, c := range o.calls {
		if c.id == id {
			o.calls = append(o.calls[:i:i], o.calls[i+1:]...)
			c.answer <- a
			<-o.slots
			return
		}
	}
}

// waiting returns what is to be sent again, in order.
func (o *outbox) waiting() []*call {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.calls[:len(o.calls):len(o.calls)]
}

// fail answers all with an error, and numbers begin anew.
func (o *outbox) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range o.calls {
		c.answer <- answer{err: err}
		<-o.slots
	}
	o.calls, o.last = nil, 0
}
