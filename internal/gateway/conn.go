package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/coder/websocket"

	"partykit/protocol"
)

// Conn is one client's connection. Its methods may be called from any
// goroutine and never block.
type Conn struct {
	ws  *websocket.Conn
	net *corked

	wake chan struct{} // something waits, or the connection is over

	mu      sync.Mutex
	waiting []frame
	bytes   int
	since   time.Time          // more than maxWaiting waits since; zero: it does not
	closing protocol.CloseCode // 0: open
	over    bool               // the reader has ended: nothing more goes out
}

type frame struct {
	kind websocket.MessageType
	data []byte
}

func newConn(ws *websocket.Conn, net *corked) *Conn {
	return &Conn{ws: ws, net: net, wake: make(chan struct{}, 1)}
}

// Send puts a frame in the queue, in order; the frame must not change any more.
// When more than a megabyte waits for ten seconds, or more than any resume
// brings, the client does not read what it is sent, and the connection is
// closed with slow_reader: what waited is dropped, and a resume brings it.
func (c *Conn) Send(binary bool, data []byte) {
	kind := websocket.MessageText
	if binary {
		kind = websocket.MessageBinary
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing != 0 || c.over {
		return
	}
	c.waiting = append(c.waiting, frame{kind, data})
	c.bytes += len(data)
	if c.tooSlow() {
		c.waiting, c.bytes = nil, 0
		c.close(protocol.SlowReader)
		return
	}
	c.rouse()
}

func (c *Conn) tooSlow() bool {
	switch {
	case c.bytes > maxBurst, len(c.waiting) > maxFrames:
		return true
	case c.bytes <= maxWaiting:
		return false
	case c.since.IsZero():
		c.since = time.Now()
	}
	return time.Since(c.since) > writeTime
}

// Close ends the connection with a code. What was sent before still goes out,
// for ten seconds at most. Only the first close counts.
func (c *Conn) Close(code protocol.CloseCode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing == 0 && !c.over {
		c.close(code)
	}
}

func (c *Conn) close(code protocol.CloseCode) {
	c.closing = code
	time.AfterFunc(writeTime, func() { c.ws.CloseNow() })
	c.rouse()
}

func (c *Conn) rouse() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// closed reports whether nothing that the client sends counts any more.
func (c *Conn) closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing != 0
}

// write is the connection's writer. It ends after a close or after end.
func (c *Conn) write() {
	for range c.wake {
		c.mu.Lock()
		batch, code, over := c.waiting, c.closing, c.over
		c.waiting, c.bytes, c.since = nil, 0, time.Time{}
		c.mu.Unlock()
		if over {
			return
		}
		if len(batch) > 0 && c.flush(batch) != nil {
			c.ws.CloseNow()
			return
		}
		if code != 0 {
			c.ws.Close(websocket.StatusCode(code), code.Name())
			return
		}
	}
}

// flush writes frames in as few writes as it can.
func (c *Conn) flush(batch []frame) error {
	c.net.hold()
	for _, f := range batch {
		if err := c.ws.Write(context.Background(), f.kind, f.data); err != nil {
			c.net.release()
			return err
		}
	}
	return c.net.release()
}

// end tells the writer that the reader has ended; a close that was asked for
// is still told to the client.
func (c *Conn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = c.closing == 0
	c.rouse()
}
