package client

import (
	"context"
	"iter"
	"sync"

	"partykit/party"
	"partykit/protocol"
)

// Event is something that happened: one of the types below. When an event is
// delivered, [Client.Snapshot] shows at least what it says.
type Event interface{ event() }

type (
	// Connected comes after every hello that the server accepted.
	Connected struct {
		Resumed bool // the session goes on
		Gap     bool // messages may have been missed; the snapshot is whole
		Lost    bool // the player is no longer in the party it was in
		Party   party.ID
		Seq     uint64 // the place in the party's order from which on it goes
	}
	// Changed is one change of the party, applied whole.
	Changed struct {
		Seq     uint64
		At      party.Time
		Changes []Change
	}
	// Moved says that the player is in another party now; with the reason
	// identified, in the same one, told anew because a member has another id.
	Moved struct {
		Reason party.Reason
		Party  party.ID
		Seq    uint64 // the snapshot's place in the party's order
	}
	// StatusChanged says how a member's connection and loading stand.
	StatusChanged struct {
		N      int
		Status party.Status
	}
	// Message is a game message of another member or of the game's backend.
	Message struct {
		From     int // the member's n; 0: the backend
		Reliable bool
		Seq      uint64 // reliable: its place in the party's one order
		Channel  byte   // volatile
		JSON     bool   // the payload is JSON
		Direct   bool   // sent to this player alone
		Payload  []byte
	}
	// Asked says that the ticket would move the player out of others' company:
	// ask, then [Client.Join] with the ticket and Confirm. Or, with an Error,
	// why the ticket could not be redeemed.
	Asked struct {
		Ticket string
		Invite protocol.Ask
	}
	// Failed is an error that belongs to no call, such as volatile messages
	// that came too fast.
	Failed struct{ Err *Error }
	// Missed stands where N events were dropped because nobody read them.
	Missed struct{ N int }
	// Disconnected says that the connection was lost; it comes back by itself.
	Disconnected struct{ Err error }
	// Closed is the last event.
	Closed struct{ Err error }
)

func (Connected) event()     {}
func (Changed) event()       {}
func (Moved) event()         {}
func (StatusChanged) event() {}
func (Message) event()       {}
func (Asked) event()         {}
func (Failed) event()        {}
func (Missed) event()        {}
func (Disconnected) event()  {}
func (Closed) event()        {}

// maxUnread is how many events wait for a reader; older ones are dropped and
// replaced by one Missed.
const maxUnread = 4096

// Events yields what happens from the oldest event that was not yet read, until
// ctx or the client ends. Several readers share the events among them.
func (c *Client) Events(ctx context.Context) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for {
			e, ok := c.Next(ctx)
			if !ok || !yield(e) {
				return
			}
		}
	}
}

// Next waits for the next event. It reports false when ctx has ended, or the
// client has and all its events were read.
func (c *Client) Next(ctx context.Context) (Event, bool) {
	for {
		e, ok, more := c.inbox.take()
		if ok {
			return e, true
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, false
		case <-c.done:
			e, ok, _ := c.inbox.take()
			return e, ok
		}
	}
}

// inbox holds the events that were not read yet.
type inbox struct {
	mu     sync.Mutex
	events []Event
	missed int
	more   chan struct{} // closed and replaced when an event comes
}

func newInbox() *inbox { return &inbox{more: make(chan struct{})} }

func (b *inbox) put(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.events) >= maxUnread {
		b.events = append(b.events[:0:0], b.events[1:]...)
		b.missed++
	}
	b.events = append(b.events, e)
	close(b.more)
	b.more = make(chan struct{})
}

func (b *inbox) take() (e Event, ok bool, more <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.missed > 0:
		e, ok, b.missed = Missed{b.missed}, true, 0
	case len(b.events) > 0:
		e, ok = b.events[0], true
		b.events[0] = nil
		b.events = b.events[1:]
	}
	return e, ok, b.more
}
