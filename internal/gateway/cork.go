package gateway

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"time"
)

// flushAt is how many bytes are gathered at most before they are written.
const flushAt = 32 << 10

// corked is a connection that can hold writes back, so that all the frames of
// one pass leave in one write: the kernel's send is what a message costs most.
type corked struct {
	net.Conn
	mu   sync.Mutex
	cork bool
	wait []byte
}

func (c *corked) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cork {
		c.SetWriteDeadline(time.Now().Add(writeTime))
		return c.Conn.Write(b)
	}
	c.wait = append(c.wait, b...)
	if len(c.wait) < flushAt {
		return len(b), nil
	}
	return len(b), c.flush()
}

// hold gathers writes until release.
func (c *corked) hold() {
	c.mu.Lock()
	c.cork = true
	c.mu.Unlock()
}

// release writes what was gathered.
func (c *corked) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cork = false
	return c.flush()
}

func (c *corked) flush() error {
	if len(c.wait) == 0 {
		return nil
	}
	c.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := c.Conn.Write(c.wait)
	if c.wait = c.wait[:0]; cap(c.wait) > flushAt {
		c.wait = nil // an idle connection keeps no large buffer
	}
	return err
}

// corker is a ResponseWriter whose hijacked connection is corked.
type corker struct {
	http.ResponseWriter
	conn *corked
}

func (w *corker) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *corker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.conn = &corked{Conn: conn}
	return w.conn, bufio.NewReadWriter(rw.Reader, bufio.NewWriterSize(w.conn, 1<<10)), nil
}
