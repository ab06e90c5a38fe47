package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	headerTTL      = "Nats-TTL"
	headerExpected = "Nats-Expected-Last-Subject-Sequence"
	headerID       = "Nats-Msg-Id"

	messageTTL = 5 * time.Minute
	chatTTL    = 24 * time.Hour

	// window is how many writes of a node may be unanswered at once. The server
	// queues 100,000 per stream before it refuses.
	window = 8192
	// share is how many of them may be of one lane: as many as make the disk's
	// syncs worth while, so that another game's write waits behind some
	// milliseconds of them and no more.
	share = 512
	// waitingRoom is how many writes of a lane may wait behind those. At the
	// pace of a strict disk that is seconds' worth; more would time out anyway.
	waitingRoom = 32768
)

// Append extends a party's events by data if expect is the sequence of the last
// event still held, 0 for none ([Loaded.Last] tells it). The event expires after
// ttl, 0 for never; others are rounded up to whole seconds.
//
// done gets the event's sequence, or ErrConflict, ErrUnknown, ErrUnavailable,
// ErrFull, ErrTooLarge, ErrInvalid or ErrClosed. It is called exactly once, on a
// goroutine of the engine's, and must hand over and return. data must not
// change until then. Append never blocks.
func (n *Node) Append(ref Ref, expect uint64, data []byte, ttl time.Duration, done func(seq uint64, err error)) {
	n.append(ref, expect, data, ttl, done)
}

func (n *Node) append(ref Ref, expect uint64, data []byte, ttl time.Duration, done func(seq uint64, err error), headers ...string) {
	if err := checkEntry(ref, data); err != nil {
		go done(0, err)
		return
	}
	n.writes.enqueue(&write{
		lane: lane{game: ref.Game},
		ref:  ref,
		msg:  message(n.engine.logPlace(ref, Event.String()), data, ttl, append(headers, headerExpected, strconv.FormatUint(entryOf(expect), 10))...),
		done: placed(done),
	})
}

// placed tells the sequence of what an entry holds alone.
func placed(done func(seq uint64, err error)) func(entry uint64, err error) {
	return func(entry uint64, err error) { done(sequence(entry, 0), err) }
}

// Send adds a reliable message or a line of chat to a party's log. Sending the
// same id again within two minutes adds nothing and gives the first sequence;
// ids are unique within the server, not within the party. Without an id it is
// never the same, and messages of a party that come close after one another
// share an entry, which costs little more than one of them. done is as in
// Append; ErrConflict does not occur.
func (n *Node) Send(ref Ref, kind Kind, id string, data []byte, done func(seq uint64, err error)) {
	err := checkEntry(ref, data)
	var ttl time.Duration
	switch kind {
	case Message:
		ttl = messageTTL
	case Chat:
		ttl = chatTTL
	default:
		err = fmt.Errorf("%w: kind %q cannot be sent", ErrInvalid, kind)
	}
	if err != nil {
		go done(0, err)
		return
	}
	at := func() place { return n.engine.logPlace(ref, kind.String()) }
	if kind == Message {
		if id == "" {
			n.writes.gather(ref, at, data, done)
			return
		}
		data = appendMessage(nil, data)
	}
	w := &write{lane: lane{game: ref.Game}, ref: ref, msg: message(at(), data, ttl), done: placed(done)}
	if id != "" {
		w.msg.Header.Set(headerID, id)
	}
	n.writes.enqueue(w)
}

func checkEntry(ref Ref, data []byte) error {
	if len(data) > MaxEntry {
		return ErrTooLarge
	}
	return ref.validate()
}

// message is a write to a place. Headers come in pairs.
func message(at place, data []byte, ttl time.Duration, headers ...string) *nats.Msg {
	m := &nats.Msg{Subject: at.subject, Data: data, Header: make(nats.Header, 3)}
	if ttl != 0 {
		seconds := max((ttl+time.Second-1)/time.Second, 1)
		m.Header[headerTTL] = []string{strconv.FormatInt(int64(seconds), 10)}
	}
	for i := 0; i < len(headers); i += 2 {
		m.Header[headers[i]] = []string{headers[i+1]}
	}
	return m
}

// put writes beside a game's parties and waits for the answer.
func (n *Node) put(ctx context.Context, game string, m *nats.Msg) (uint64, error) {
	return await(ctx, func(done func(uint64, error)) { n.writes.enqueue(&write{lane: lane{game, true}, msg: m, done: done}) })
}

// await begins a write and waits for its outcome.
func await(ctx context.Context, begin func(done func(uint64, error))) (uint64, error) {
	type answer struct {
		seq uint64
		err error
	}
	answered := make(chan answer, 1)
	begin(func(seq uint64, err error) { answered <- answer{seq, err} })
	select {
	case a := <-answered:
		return a.seq, a.err
	case <-ctx.Done():
		return 0, fmt.Errorf("%w: %w", ErrUnknown, context.Cause(ctx))
	}
}

// lane is what takes turns with others: what the parties of a game write, or what is
// put beside them, which is very much where a crowd comes.
type lane struct {
	game   string // "": of none
	beside bool
}

// write is one write on its way.
type write struct {
	lane lane
	ref  Ref // of a party's log; else empty
	msg  *nats.Msg
	done func(uint64, error)
	talk *talk                 // of messages
	said []func(uint64, error) // of each of them, instead of done

	writes   *writes // its node's; the rest is guarded by writes.mu
	deadline time.Time
	number   uint64
	ready    bool // it stands in its game's queue, or did
	sent     bool
	finished bool
}

// writes sends a node's writes without blocking those who bring them and without
// a goroutine for each. Writes of a lane are sent in the order in which they came;
// lanes take turns, so that a game with very many waits for itself.
type writes struct {
	conn    *nats.Conn
	replies *replies
	timeout time.Duration

	mu       sync.Mutex
	changed  sync.Cond
	line     []*write // in order of arrival and so of deadline; what is finished leaves from the front
	lanes    map[lane]*queued
	talks    map[Ref]*talk
	turns    []*queued // those that have something to send, and may
	inFlight int       // sent and not finished
	timer    *time.Timer
	closed   bool
}

// queued is what a lane has to write.
type queued struct {
	unsent   []*write
	waiting  int // writes and messages that were not sent, also those that are held back
	inFlight int
	turn     bool // it stands in turns
}

func (ws *writes) init(conn *nats.Conn, r *replies, timeout time.Duration) {
	ws.conn, ws.replies, ws.timeout = conn, r, timeout
	ws.changed.L = &ws.mu
	ws.lanes = map[lane]*queued{}
	ws.talks = map[Ref]*talk{}
}

func (ws *writes) enqueue(w *write) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	g, err := ws.admit(w.lane)
	if err != nil {
		go w.done(0, err)
		return
	}
	ws.speak(w.ref, g)
	ws.expect(w)
	ws.ready(g, w)
	g.waiting++
}

// admit returns a lane's queue if it takes one more. The lock is held, as in
// what follows.
func (ws *writes) admit(x lane) (*queued, error) {
	g := ws.lanes[x]
	switch {
	case ws.closed:
		return nil, ErrClosed
	case g == nil:
		g = &queued{}
		ws.lanes[x] = g
	case g.waiting >= waitingRoom:
		return nil, fmt.Errorf("%w: too many writes are waiting", ErrUnavailable)
	}
	return g, nil
}

// expect sees to it that a write has an outcome in time.
func (ws *writes) expect(w *write) {
	w.writes = ws
	w.deadline = time.Now().Add(ws.timeout)
	ws.line = append(ws.line, w)
	if ws.timer == nil {
		ws.timer = time.AfterFunc(ws.timeout, ws.expire)
	}
}

// ready has a write stand in its lane's queue, unless it does already.
func (ws *writes) ready(g *queued, w *write) {
	if w.ready {
		return
	}
	w.ready = true
	g.unsent = append(g.unsent, w)
	ws.queue(g)
	ws.changed.Broadcast()
}

// queue gives a lane its turn if it has something to send and may.
func (ws *writes) queue(g *queued) {
	if !g.turn && len(g.unsent) > 0 && g.inFlight < share {
		g.turn = true
		ws.turns = append(ws.turns, g)
	}
}

// next takes the write whose turn it is, or returns nil where it is finished
// already. There is one in turns.
func (ws *writes) next() *write {
	g := ws.turns[0]
	ws.turns = ws.turns[1:]
	w := g.unsent[0]
	g.unsent[0] = nil
	g.unsent = g.unsent[1:]
	g.turn = false
	if w.finished {
		ws.queue(g)
		ws.forget(w.lane, g)
		return nil
	}
	w.sent = true
	ws.inFlight++
	g.inFlight++
	g.waiting -= w.size()
	if w.talk != nil {
		w.talk.leaves(w)
	}
	ws.queue(g)
	return w
}

// forget drops a lane that has nothing to write.
func (ws *writes) forget(x lane, g *queued) {
	if g.inFlight == 0 && len(g.unsent) == 0 && g.waiting == 0 {
		delete(ws.lanes, x)
	}
}

// send is the one goroutine that sends. It ends when the node closes and
// nothing is left to send.
func (ws *writes) send() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for {
		for len(ws.turns) == 0 || ws.inFlight >= window {
			if ws.closed && len(ws.line) == 0 {
				return
			}
			ws.changed.Wait()
		}
		w := ws.next()
		if w == nil {
			continue
		}
		w.number, w.msg.Reply = ws.replies.expect(w)
		ws.mu.Unlock()
		if err := ws.conn.PublishMsg(w.msg); err != nil {
			ws.replies.forget(w.number)
			w.finish(0, sendError(err))
		}
		ws.mu.Lock()
	}
}

// reply takes the server's acknowledgement.
func (w *write) reply(m *nats.Msg) bool {
	seq, err := parseAck(m)
	w.finish(seq, err)
	return true
}

func parseAck(m *nats.Msg) (uint64, error) {
	if m.Header.Get("Status") == "503" {
		return 0, fmt.Errorf("%w: no storage answers", ErrUnavailable)
	}
	var ack struct {
		Seq   uint64
		Error *struct {
			Code        int `json:"err_code"`
			Description string
		}
	}
	if err := json.Unmarshal(m.Data, &ack); err != nil {
		return 0, fmt.Errorf("%w: the answer cannot be read: %w", ErrUnknown, err)
	}
	if ack.Error != nil {
		return 0, writeError(ack.Error.Code, ack.Error.Description)
	}
	if ack.Seq == 0 {
		return 0, fmt.Errorf("%w: the answer has no sequence", ErrUnknown)
	}
	return ack.Seq, nil
}

// finish tells the outcome, once.
func (w *write) finish(seq uint64, err error) {
	w.writes.mu.Lock()
	first := w.settle()
	w.writes.mu.Unlock()
	if first {
		w.tell(seq, err)
	}
}

// tell tells the outcome to all who wait for it.
func (w *write) tell(entry uint64, err error) {
	if w.done != nil {
		w.done(entry, err)
	}
	for i, done := range w.said {
		done(sequence(entry, i), err)
	}
}

// size is how many were brought together in a write.
func (w *write) size() int { return max(len(w.said), 1) }

// settle marks w as finished and takes it out of the line. It reports whether
// it was not finished before. The writes' lock is held.
func (w *write) settle() bool {
	if w.finished {
		return false
	}
	ws := w.writes
	w.finished = true
	g := ws.lanes[w.lane]
	if w.sent {
		ws.inFlight--
		g.inFlight--
		ws.queue(g)
	} else {
		g.waiting -= w.size()
	}
	if w.talk != nil {
		ws.spoken(w, g)
	}
	ws.forget(w.lane, g)
	for len(ws.line) > 0 && ws.line[0].finished {
		ws.line[0] = nil
		ws.line = ws.line[1:]
	}
	ws.changed.Broadcast()
	return true
}

// expire finishes the writes that were not answered in time. One that was
// never sent is known not to be there.
func (ws *writes) expire() {
	var late []func()
	ws.mu.Lock()
	now := time.Now()
	for len(ws.line) > 0 && !ws.line[0].deadline.After(now) {
		w := ws.line[0] // never finished: the front of the line leaves as it finishes
		err := fmt.Errorf("%w: not sent within %v", ErrUnavailable, ws.timeout)
		if w.sent {
			err = fmt.Errorf("%w: no answer within %v", ErrUnknown, ws.timeout)
			ws.replies.forget(w.number)
		}
		w.settle()
		late = append(late, func() { w.tell(0, err) })
	}
	ws.timer = nil
	if len(ws.line) > 0 {
		ws.timer = time.AfterFunc(ws.line[0].deadline.Sub(now), ws.expire)
	}
	ws.mu.Unlock()
	for _, tell := range late {
		tell()
	}
}

// Writes is how many writes of the node are under way in the storage.
func (n *Node) Writes() int {
	n.writes.mu.Lock()
	defer n.writes.mu.Unlock()
	return n.writes.inFlight
}

// close takes no more writes and waits until all are finished.
func (ws *writes) close() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.closed = true
	ws.changed.Broadcast()
	for len(ws.line) > 0 {
		ws.changed.Wait()
	}
	if ws.timer != nil {
		ws.timer.Stop()
	}
}
