package node

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// wholeListener accepts connections on which a page leaves in one write. Net/http
// has a buffer of 4 KiB, of which a page is two: the system calls and packets of
// the second are a sixth of what a page takes. Of connections with TLS each such
// buffer is a record, which is written by itself: they are not accepted by one.
type wholeListener struct{ net.Listener }

func (l wholeListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*countedConn); ok {
		conn = &wholeConn{countedConn: tcp}
	}
	return conn, err
}

// A wholeConn keeps what it is given while so many bytes are still to come.
// Whoever sets due writes as many at once, and the connection's other bytes count,
// too: so nothing is kept beyond an answer's last byte.
type wholeConn struct {
	*countedConn
	due  int
	kept *[]byte // borrowed from wholes
}

var wholes = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

func (c *wholeConn) Write(b []byte) (int, error) {
	if c.due > 0 {
		if c.due -= len(b); c.due > 0 {
			if c.kept == nil {
				c.kept = wholes.Get().(*[]byte)
			}
			*c.kept = append(*c.kept, b...)
			return len(b), nil
		}
	}
	if c.kept == nil {
		return c.countedConn.Write(b)
	}
	whole := append(*c.kept, b...)
	_, err := c.countedConn.Write(whole)
	*c.kept = whole[:0]
	wholes.Put(c.kept)
	c.kept = nil
	return len(b), err
}

type wholeKey struct{}

// withConn has requests know the connection that they came by.
func withConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, wholeKey{}, conn)
}

// whole writes an answer's body, of which Content-Length was said, so that it
// leaves together with its headers.
func whole(w http.ResponseWriter, r *http.Request, body []byte) {
	if c, ok := r.Context().Value(wholeKey{}).(*wholeConn); ok {
		c.due = len(body)
	}
	w.Write(body) // a browser that has gone away is no concern of ours
}
