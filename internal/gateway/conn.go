package gateway

import (
	"sync"
	"sync/atomic"

	"partykit/internal/limit"
	"partykit/internal/ws"
	"partykit/protocol"
)

// Conn is one client's connection. Send and Close may be called from any
// goroutine, and never block or call the session.
//
// It is read in one of two ways: by a goroutine (stream.go, which says where they
// differ), or by the loop of its session (socket_linux.go). Whoever reads it owns what is
// not behind the lock.
type Conn struct {
	g       *Gateway
	game    string
	home    limit.Home // from where it comes
	release func()     // counts it out
	session Session    // nil until the hello was answered

	parser ws.Parser
	budget budget
	frames uint64 // that came
	heard  int32  // bytes that came since a message was last whole

	closing  atomic.Bool // a close frame was sent, or waits to be
	answered atomic.Bool // one came
	broken   bool        // what came is no WebSocket: nothing is read any more

	// mu is for all that follows.
	laden   bool // more than maxWaiting waits, which few may
	over    bool // nothing goes out any more
	mu      sync.Mutex
	wire    wire
	backlog backlog
}

// wire is how a connection is read and written. Its methods are called with the
// connection's lock held, and do not block.
type wire interface {
	// rouse has what waits written soon.
	rouse()
	// shut gives the client writeTime to answer the close.
	shut()
	// abort ends the connection at once.
	abort()
}

// Send copies a frame behind those that wait. When more than a megabyte waits
// for ten seconds, or more than any resume brings, the client does not read what
// it is sent, and the connection is closed with slow_reader: what waited is
// dropped, and a resume brings it. Where as much waits for many others already
// (burdens.go), it is closed as soon as a megabyte waits, which it still gets.
func (c *Conn) Send(binary bool, data []byte) {
	op := ws.Text
	if binary {
		op = ws.Binary
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing.Load() || c.over {
		return
	}
	c.put(op, data)
}

// put has a frame written.
func (c *Conn) put(op ws.Op, data []byte) {
	c.backlog.add(op, data)
	c.wire.rouse()
	switch {
	case !c.backlog.much():
	case c.backlog.tooMuch(c.g.clock):
		c.slow()
	case c.backlog.late != 0 && !c.laden:
		if c.laden = c.g.burdens.take(c.visitor()); !c.laden {
			c.close(int(protocol.SlowReader), protocol.SlowReader.Name()) // a resume brings what comes after this
		}
	}
}

// wrote notes that n bytes of what waits are written. The lock is held.
func (c *Conn) wrote(n int) {
	c.backlog.wrote(n)
	c.eased()
}

// cut drops what waits. The lock is held.
func (c *Conn) cut() {
	c.backlog.cut()
	c.eased()
}

// eased notes that less waits than did. The lock is held.
func (c *Conn) eased() {
	if c.laden && c.backlog.late == 0 {
		c.laden = false
		c.g.burdens.give(c.visitor())
	}
}

// slow drops what waits, and tells the client that it does not read, unless the
// connection closes already.
func (c *Conn) slow() {
	if c.closing.Load() {
		return
	}
	c.cut()
	c.close(int(protocol.SlowReader), protocol.SlowReader.Name())
}

// Close ends the connection with a code. What was sent before still goes out,
// for ten seconds at most, unless that is much and the client is replaced: it gets
// that where it is now. Only the first close counts.
func (c *Conn) Close(code protocol.CloseCode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if code == protocol.Replaced && len(c.backlog.waiting()) > lastWords && !c.closing.Load() {
		c.cut()
	}
	c.close(int(code), code.Name())
}

// close sends a close frame. The lock is held.
func (c *Conn) close(code int, reason string) {
	if c.over || c.closing.Swap(true) {
		return
	}
	c.backlog.addClose(code, reason)
	c.wire.shut()
	c.wire.rouse()
}

// abort ends the connection without another word.
func (c *Conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		c.wire.abort()
	}
}

// ended notes that nothing is read or written any more, and lets go of what the
// connection holds. Its reader calls it, once.
func (c *Conn) ended() {
	c.mu.Lock()
	c.over = true
	c.backlog.drop()
	c.eased()
	c.mu.Unlock()
	c.parser.Release()
	c.release()
	c.g.leave(c)
}
