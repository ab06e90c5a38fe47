package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"partykit/internal/game"
	"partykit/internal/gateway"
	"partykit/internal/loop"
	"partykit/internal/testlog"
	"partykit/party"
	"partykit/protocol"
)

// world is a gateway with sessions that record, on an in-memory network, or on
// TCP, where a loop reads the connections.
type world struct {
	t       *testing.T
	gateway *gateway.Gateway
	network *pipes // nil on TCP
	dialer  func(context.Context, string, string) (net.Conn, error)
	addr    string              // on TCP
	pass    func(time.Duration) // lets time pass
	loop    *loop.Loop          // of all sessions
	games   games
	hello   func(gateway.Caller) (gateway.Session, error) // nil: a recorder
	full    atomic.Bool
	spare   atomic.Bool
	open    atomic.Int32
	closed  chan struct{} // has room for those that were counted out

	callers  chan gateway.Caller
	sessions chan *recorder
}

type games struct {
	list map[string]game.Game
	used func(id, origin, page string) (game.Game, error)
}

func (g games) Get(id string) (game.Game, bool) { x, ok := g.list[id]; return x, ok }
func (g games) Settings(id string) *game.Settings {
	return new(g.list[id].Settings.OrDefault())
}
func (g games) AllowsOrigin(x game.Game, origin string) bool {
	return x.AllowsOrigin(origin)
}
func (g games) FirstUse(_ context.Context, id, origin, page string) (game.Game, error) {
	return g.used(id, origin, page)
}

type recorder struct {
	conn   *gateway.Conn
	loop   atomic.Pointer[loop.Loop]
	mu     sync.Mutex
	frames []string
	gone   chan struct{}
}

func (r *recorder) Loop() *loop.Loop                   { return r.loop.Load() }
func (r *recorder) Text(_ *loop.Loop, b []byte) bool   { return r.note("text " + string(b)) }
func (r *recorder) Binary(_ *loop.Loop, b []byte) bool { return r.note("binary " + string(b)) }
func (r *recorder) Gone()                              { close(r.gone) }
func (r *recorder) note(s string) (refused bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames = append(r.frames, s)
	return s == "text refuse"
}
func (r *recorder) seen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.frames
}

// pipes is a listener whose connections are net.Pipes; it counts the server's
// writes.
type pipes struct {
	conns  chan net.Conn
	done   chan struct{}
	once   sync.Once
	writes atomic.Int32
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return &counting{c, &p.writes}, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }
func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	mine, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return mine, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type counting struct {
	net.Conn
	writes *atomic.Int32
}

func (c *counting) Write(b []byte) (int, error) { c.writes.Add(1); return c.Conn.Write(b) }

var loopback = netip.MustParseAddr("127.0.0.1")

func newWorld(t *testing.T, change func(*gateway.Options)) *world {
	t.Helper()
	network := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	return newWorldOn(t, network, network.dial, change, func(w *world) { w.network, w.pass = network, time.Sleep })
}

// newWorldOn serves on a listener what dial connects to. ready completes the
// world before anything runs.
func newWorldOn(t *testing.T, l net.Listener, dial func(context.Context, string, string) (net.Conn, error), change func(*gateway.Options), ready func(*world)) *world {
	t.Helper()
	w := &world{
		t: t, dialer: dial, loop: loop.New(), closed: make(chan struct{}, 2000),
		callers: make(chan gateway.Caller, 1000), sessions: make(chan *recorder, 1000),
	}
	w.games.list = map[string]game.Game{
		"demo":   {ID: "demo", Name: "Demo", Active: true, Origins: []string{"https://demo.example"}},
		"asleep": {ID: "asleep", Name: "Asleep", Origins: []string{"https://asleep.example"}},
	}
	w.games.used = func(id, _, _ string) (game.Game, error) { return w.games.list[id], nil }
	o := gateway.Options{
		Games: &w.games,
		Hello: func(_ context.Context, c gateway.Caller) (gateway.Session, error) {
			if w.hello != nil {
				return w.hello(c)
			}
			r := &recorder{conn: c.Conn, gone: make(chan struct{})}
			r.loop.Store(w.loop)
			w.callers <- c
			w.sessions <- r
			return r, nil
		},
		ClientAddr: func(*http.Request) netip.Addr { return loopback },
		Acquire: func(*http.Request, string, netip.Addr) (func(), bool, bool) {
			if w.full.Load() {
				return nil, false, false
			}
			w.open.Add(1)
			return func() { w.open.Add(-1); w.closed <- struct{}{} }, w.spare.Load(), true
		},
		Failure: func(err error) protocol.Failure {
			e, _ := errors.AsType[*party.Error](err)
			return protocol.Failure{Code: e.Code, Message: e.Message(), RetryAfter: e.RetryAfter.Seconds(), Docs: "https://host.example/docs/errors#" + string(e.Code)}
		},
		NotActivated: func(id string) *party.Error {
			return party.Errorf(party.KitNotActivated, "Write to ops@host.example and send %s", id)
		},
		PublicURL: &url.URL{Scheme: "https", Host: "host.example"}, Logger: testlog.New(t),
	}
	if change != nil {
		change(&o)
	}
	w.gateway = gateway.New(o)
	ready(w)
	server := &http.Server{Handler: w.gateway}
	go server.Serve(l)
	var running sync.WaitGroup
	running.Go(w.loop.Run)
	t.Cleanup(func() {
		defer running.Wait()
		defer w.loop.Close()
		if err := w.gateway.Close(context.Background()); err != nil {
			t.Errorf("closing the gateway: %v", err)
		}
		server.Close()
	})
	return w
}

// settled waits until the loop of all sessions has written what it can.
func (w *world) settled() {
	for range 2 {
		done := make(chan struct{})
		w.loop.Post("", func() { close(done) })
		<-done
	}
}

func (w *world) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: w.dialer, DisableKeepAlives: true}}
}

// player is a raw client of the gateway.
type player struct {
	t  *testing.T
	ws *websocket.Conn
}

func (w *world) dial(id, origin string) (*player, *http.Response) {
	w.t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	ws, response, err := websocket.Dial(w.t.Context(), "http://host.example/connect?game="+id, &websocket.DialOptions{HTTPClient: w.client(), HTTPHeader: header})
	if err != nil {
		if response == nil {
			w.t.Fatalf("dialing: %v", err)
		}
		return nil, response
	}
	ws.SetReadLimit(1 << 20)
	w.t.Cleanup(func() { ws.CloseNow() })
	return &player{w.t, ws}, response
}

// enter connects and says hello.
func (w *world) enter() (*player, *recorder) {
	w.t.Helper()
	p, response := w.dial("demo", "https://demo.example")
	if p == nil {
		w.t.Fatalf("refused with %s", response.Status)
	}
	p.say(`{"t":"hello","v":1,"key":"k"}`)
	return p, <-w.sessions
}

// upgraded connects without a library, and says what follows the upgrade in the
// same write.
func (w *world) upgraded(after ...[]byte) net.Conn {
	w.t.Helper()
	conn, err := w.dialer(w.t.Context(), "", "")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	b := []byte("GET /connect?game=demo HTTP/1.1\r\nHost: host.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	for _, f := range after {
		b = append(b, f...)
	}
	if _, err := conn.Write(b); err != nil {
		w.t.Fatal(err)
	}
	head := make([]byte, 129)
	if _, err := io.ReadFull(conn, head); err != nil || !strings.HasSuffix(string(head), "\r\n\r\n") {
		w.t.Fatalf("answered %q, %v", head, err)
	}
	return conn
}

// hello is one with which the tests are content.
var hello = fromClient(0x81, `{"t":"hello","v":1,"key":"k"}`)

// raw is upgraded with a hello first.
func (w *world) raw(after ...[]byte) net.Conn {
	w.t.Helper()
	return w.upgraded(append([][]byte{hello}, after...)...)
}

func (p *player) say(text string) {
	p.t.Helper()
	if err := p.ws.Write(p.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		p.t.Fatalf("writing: %v", err)
	}
}

func (p *player) hear() string {
	p.t.Helper()
	_, b, err := p.ws.Read(p.t.Context())
	if err != nil {
		p.t.Fatalf("reading: %v", err)
	}
	return string(b)
}

func (p *player) hearError() protocol.Error {
	p.t.Helper()
	var e protocol.Error
	if err := json.Unmarshal([]byte(p.hear()), &e); err != nil || e.T != protocol.TError {
		p.t.Fatalf("not an error frame: %v", e)
	}
	return e
}

func (p *player) wantClose(code protocol.CloseCode) {
	p.t.Helper()
	for {
		_, _, err := p.ws.Read(p.t.Context())
		if err == nil {
			continue
		}
		closed, _ := errors.AsType[websocket.CloseError](err)
		if closed.Code != websocket.StatusCode(code) || closed.Reason != code.Name() {
			p.t.Fatalf("closed with %v; want %d %s", err, code, code.Name())
		}
		return
	}
}

// both runs a test with each way to read a connection: by a goroutine, on fake
// time, and by a loop.
func both(t *testing.T, change func(*gateway.Options), do func(*testing.T, *world)) {
	t.Helper()
	t.Run("goroutine", func(t *testing.T) { inBubble(t, change, do) })
	t.Run("loop", func(t *testing.T) { onLoop(t, change, do) })
}

func inBubble(t *testing.T, change func(*gateway.Options), do func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { do(t, newWorld(t, change)) })
}

// generous lets a game's clients send as much as they like.
type generous struct{ gateway.Games }

func (g generous) Settings(id string) *game.Settings {
	s := *g.Games.Settings(id)
	s.Bytes = 1 << 30
	return &s
}
