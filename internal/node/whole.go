package node

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
)

// wholeListener accepts connections on which what was put together before leaves as
// it is, in one write: see whole. Connections with TLS are not accepted by one.
type wholeListener struct {
	net.Listener
	log *slog.Logger
}

func (l wholeListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*countedConn); ok {
		conn = &wholeConn{countedConn: tcp, log: l.log}
	}
	return conn, err
}

// A wholeConn sends headers and a body in place of the line by which net/http says
// that an answer has none.
type wholeConn struct {
	*countedConn
	log           *slog.Logger
	own           string // as whole was told, of the answer that net/http writes next
	headers, body []byte
}

// noBody is what net/http says of an answer of which nothing was written.
var noBody = []byte("\r\nContent-Length: 0\r\n")

var (
	errWritten = errors.New("an answer that was to be sent whole was written besides")

	wholes = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}
)

func (c *wholeConn) Write(b []byte) (int, error) {
	if c.headers == nil {
		return c.countedConn.Write(b)
	}
	first, last, ok := bytes.Cut(b, noBody)
	if !ok {
		c.log.Error("a page is not sent", "err", errWritten) // net/http only ends the connection
		return 0, errWritten
	}
	buffer := wholes.Get().(*[]byte)
	all := append((*buffer)[:0], first...)
	all = append(all, "\r\n"...)
	all = append(all, c.own...)
	all = append(all, c.headers...)
	all = append(all, last...)
	all = append(all, c.body...)
	c.own, c.headers, c.body = "", nil, nil
	_, err := c.countedConn.Write(all)
	*buffer = all
	wholes.Put(buffer)
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

type wholeKey struct{}

// withConn has requests know the connection that they came by.
func withConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, wholeKey{}, conn)
}

// whole is what [landing.Options] wants of that name. Net/http, which copies headers
// from map to map, sorts them, and writes 4 KiB at a time, still says what an empty
// answer would say; so it knows when the connection is to be closed.
func whole(r *http.Request, own string, headers, body []byte) bool {
	c, ok := r.Context().Value(wholeKey{}).(*wholeConn)
	if ok {
		c.own, c.headers, c.body = own, headers, body
	}
	return ok
}
