package client

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
)

// server is a scripted server on an in-memory network: the test plays its part.
type server struct {
	t      *testing.T
	conns  chan net.Conn
	done   chan struct{}
	once   sync.Once
	lines  chan *line
	refuse func(w http.ResponseWriter) bool
}

// line is one connection, seen from the server.
type line struct {
	t  *testing.T
	ws *websocket.Conn
}

func (s *server) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return c, nil
	case <-s.done:
		return nil, net.ErrClosed
	}
}
func (s *server) Close() error   { s.once.Do(func() { close(s.done) }); return nil }
func (s *server) Addr() net.Addr { return &net.TCPAddr{} }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.refuse != nil && s.refuse(w) {
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		s.t.Error(err)
		return
	}
	ws.SetReadLimit(1 << 20)
	s.lines <- &line{s.t, ws}
	<-s.done
	ws.CloseNow()
}

func newServer(t *testing.T) *server {
	s := &server{t: t, conns: make(chan net.Conn), done: make(chan struct{}), lines: make(chan *line)}
	h := &http.Server{Handler: s}
	go h.Serve(s)
	t.Cleanup(func() { s.Close(); h.Close() })
	return s
}

func (s *server) options() Options {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		mine, theirs := net.Pipe()
		select {
		case s.conns <- theirs:
			return mine, nil
		case <-s.done:
			return nil, net.ErrClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return Options{
		URL: "http://host.example", Game: "demo", Key: "9f86d081884c7d659a2feaa0c55ad015",
		HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}},
	}
}

func (l *line) hear() string {
	l.t.Helper()
	_, b, err := l.ws.Read(l.t.Context())
	if err != nil {
		l.t.Fatalf("reading from the client: %v", err)
	}
	return string(b)
}

func (l *line) want(frame string) {
	l.t.Helper()
	if diff := cmp.Diff(frame, l.hear()); diff != "" {
		l.t.Fatalf("frame (-want +got):\n%s", diff)
	}
}

func (l *line) say(frame string) {
	l.t.Helper()
	if err := l.ws.Write(l.t.Context(), websocket.MessageText, []byte(frame)); err != nil {
		l.t.Fatalf("writing to the client: %v", err)
	}
}

func (l *line) sayBinary(frame []byte) {
	l.t.Helper()
	if err := l.ws.Write(l.t.Context(), websocket.MessageBinary, frame); err != nil {
		l.t.Fatalf("writing to the client: %v", err)
	}
}

const twoMembers = `{"id":"pone","game":"demo","revision":3,"size":8,"openness":"invite_only","leader":"ga","members":[` +
	`{"id":"ga","n":1,"name":"Ada","face":1,"state":"in","joined":1,"presence":"connected"},` +
	`{"id":"gb","n":2,"name":"Bob","face":2,"state":"in","joined":2,"presence":"connected"}],` +
	`"held":[],"data":{"level":"meadow"},"dataRevision":1,"landing":[],"invites":[]}`

func welcome(session string, seq int) string {
	return fmt.Sprintf(`{"t":"welcome","v":1,"server":"test","epoch":"e1","you":{"id":"gb","name":"Bob","n":2},"token":"tok","session":%q,"resume":"r-%s","seq":%d,"lost":false,"gap":false,"party":%s}`, session, session, seq, twoMembers)
}

// dialed returns a client that was welcomed with seq 10, and the server's end.
func dialed(t *testing.T, s *server, o Options) (*Client, *line) {
	t.Helper()
	type result struct {
		c   *Client
		err error
	}
	done := make(chan result)
	go func() {
		c, err := Dial(t.Context(), o)
		done <- result{c, err}
	}()
	l := <-s.lines
	l.hear()
	l.say(welcome("sone", 10))
	r := <-done
	if r.err != nil {
		t.Fatal(r.err)
	}
	t.Cleanup(func() { s.Close(); r.c.Close() })
	if e, _ := r.c.Next(t.Context()); e != (Connected{Party: "pone", Seq: 10}) {
		t.Fatalf("the first event is %#v", e)
	}
	return r.c, l
}

func bubble(t *testing.T, do func(*testing.T, *server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { do(t, newServer(t)) })
}
