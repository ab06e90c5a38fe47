package gateway

import (
	"sync"
	"sync/atomic"

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
	release func()  // counts it out
	session Session // nil until the hello was answered

	parser ws.Parser
	frames uint64 // that came
	broken bool   // what came is no WebSocket: nothing is read any more
	budget budget

	closing  atomic.Bool // a close frame was sent, or waits to be
	answered atomic.Bool // one came

	mu      sync.Mutex
	wire    wire
	backlog backlog
	over    bool // nothing goes out any more
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
// dropped, and a resume brings it.
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
	if c.wire.rouse(); c.backlog.tooMuch(c.g.clock) {
		c.slow()
	}
}

// slow drops what waits, and tells the client that it does not read, unless the
// connection closes already.
func (c *Conn) slow() {
	if c.closing.Load() {
		return
	}
	c.backlog.cut()
	c.close(int(protocol.SlowReader), protocol.SlowReader.Name())
}

// Close ends the connection with a code. What was sent before still goes out,
// for ten seconds at most. Only the first close counts.
func (c *Conn) Close(code protocol.CloseCode) {
	c.mu.Lock()
	defer c.mu.Unlock()
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
	c.mu.Unlock()
	c.parser.Release()
	c.release()
	c.g.leave(c)
}
