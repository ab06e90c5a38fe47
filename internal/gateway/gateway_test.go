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
	"github.com/google/go-cmp/cmp"

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

func TestFirstFrameWithin5Seconds(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p, _ := w.dial("demo", "")
		start := time.Now()
		p.wantClose(protocol.HelloTimeout)
		if d := time.Since(start); d != 5*time.Second {
			t.Errorf("closed after %v; want 5s", d)
		}
	})
}

func TestSilenceEnds(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		w.pass(44 * time.Second)
		p.say(`{"t":"ping"}`)
		if got := p.hear(); got != `{"t":"pong"}` {
			t.Fatalf("heard %s; want a pong", got)
		}
		start := time.Now()
		if w.network == nil {
			w.pass(47 * time.Second) // its clock is coarse
		}
		p.wantClose(protocol.Idle)
		if d := time.Since(start); w.network != nil && d != 45*time.Second {
			t.Errorf("closed after %v; want 45s", d)
		}
		<-r.gone
		if len(r.seen()) != 0 {
			t.Errorf("the session saw %q; a ping is the gateway's", r.seen())
		}
	})
}

func TestFramesReachTheSessionInOrder(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		c := <-w.callers
		if c.Game != "demo" || c.Origin != "https://demo.example" || c.Address != loopback || c.Hello.Key != "k" {
			t.Errorf("the caller is %+v", c)
		}
		p.say(`{"t":"leave","id":1}`)
		p.ws.Write(t.Context(), websocket.MessageBinary, []byte("\x01abc"))
		p.say(`{"t":"data","id":2,"set":{"ping":"ping"}}`)
		p.ws.Close(websocket.StatusNormalClosure, "")
		<-r.gone
		want := []string{`text {"t":"leave","id":1}`, "binary \x01abc", `text {"t":"data","id":2,"set":{"ping":"ping"}}`}
		if diff := cmp.Diff(want, r.seen()); diff != "" {
			t.Errorf("frames (-want +got):\n%s", diff)
		}
		<-w.closed
		if n := w.open.Load(); n != 0 {
			t.Errorf("%d connections are still counted", n)
		}
	})
}

func TestWhatWaitsLeavesInOneWrite(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		synctest.Wait()
		before := w.network.writes.Load()
		for range 50 {
			r.conn.Send(false, []byte(`{"t":"event"}`))
			r.conn.Send(true, []byte{3, 1, 1})
		}
		for i := range 50 {
			if got := p.hear() + p.hear(); got != "{\"t\":\"event\"}\x03\x01\x01" {
				t.Fatalf("frames %d are %q", i, got)
			}
		}
		if n := w.network.writes.Load() - before; n > 3 {
			t.Errorf("100 frames took %d writes", n)
		}
	})
}

func TestCloseFollowsWhatWasSent(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		r.conn.Send(false, []byte("last words"))
		r.conn.Close(protocol.Replaced)
		r.conn.Close(protocol.GoingAway)
		r.conn.Send(false, []byte("too late"))
		if got := p.hear(); got != "last words" {
			t.Fatalf("heard %q", got)
		}
		p.wantClose(protocol.Replaced)
		<-r.gone
	})
}

// Whoever closes a connection need not wait for its client: the session hears
// at once that it is over, and nothing more from it.
func TestASessionThatClosesIsOver(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		start := time.Now()
		r.conn.Close(protocol.Replaced)
		<-r.gone
		if d := time.Since(start); w.network != nil && d != 0 {
			t.Errorf("the session heard of it after %v", d)
		}
		go p.ws.Write(t.Context(), websocket.MessageText, []byte("too late"))
		p.wantClose(protocol.Replaced) // and answers it
		<-w.closed
		if d := time.Since(start); w.network != nil && d != 0 {
			t.Errorf("the connection was over after %v", d)
		}
		if got := r.seen(); len(got) != 0 {
			t.Errorf("the session saw %q", got)
		}
	})
}

// So it does when the client is over its budget, and would not be read for a
// while.
func TestASessionThatClosesWhileItsClientRests(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		go func() {
			for p.ws.Write(t.Context(), websocket.MessageText, make([]byte, protocol.MaxFrame-100)) == nil {
			}
		}()
		if e := p.hearError(); e.Code != party.RateLimited {
			t.Fatalf("over its budget it hears %v", e)
		}
		synctest.Wait()
		start := time.Now()
		r.conn.Close(protocol.Replaced)
		<-r.gone
		if d := time.Since(start); d != 0 {
			t.Errorf("the session heard of it after %v", d)
		}
		p.wantClose(protocol.Replaced)
	})
}

// A resume brings up to 1,000 messages of 16 KiB at once: who reads them gets
// them all.
func TestWhatAResumeBringsFits(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		frame := make([]byte, protocol.MaxPayload)
		for range 1000 {
			r.conn.Send(true, frame)
		}
		for range 1000 {
			p.hear()
		}
		r.conn.Close(protocol.GoingAway)
		p.wantClose(protocol.GoingAway)
	})
}

// A client that reads a little now and then keeps its connection from timing
// out, but does not keep a megabyte waiting.
func TestClientThatTricklesIsLetGo(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		go func() {
			for {
				if _, _, err := p.ws.Read(t.Context()); err != nil {
					return
				}
				select {
				case <-r.gone:
					return
				case <-time.After(2 * time.Second):
				}
			}
		}()
		go func() { // it talks, so it is not idle
			for {
				select {
				case <-r.gone:
					return
				case <-time.After(20 * time.Second):
				}
				p.ws.Write(t.Context(), websocket.MessageText, []byte(`{"t":"ping"}`))
			}
		}()
		start := time.Now()
		for {
			r.conn.Send(false, make([]byte, 64<<10)) // far more than it reads
			select {
			case <-r.gone:
				if d := time.Since(start); d > 30*time.Second {
					t.Errorf("it took %v", d)
				}
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
}

func TestClientThatDoesNotReadIsLetGo(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		_, r := w.enter()
		for range 200 { // more than a system takes
			r.conn.Send(false, make([]byte, 64<<10)) // and nobody reads
		}
		w.settled()
		w.pass(12 * time.Second)
		<-r.gone
		w.settled()
		w.pass(12 * time.Second)
		<-w.closed
	})
}

// settled waits until the loop of all sessions has written what it can.
func (w *world) settled() {
	for range 2 {
		done := make(chan struct{})
		w.loop.Post("", func() { close(done) })
		<-done
	}
}

// A client that takes a part of what waits every second, but not more than it
// is sent meanwhile, keeps no megabyte waiting.
func TestClientThatReadsTooSlowlyIsLetGo(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		frame := make([]byte, 64<<10)
		for range 200 {
			r.conn.Send(false, frame)
		}
		for range 11 { // the clock is coarse
			for range 16 {
				p.hear()
			}
			w.settled()
			w.pass(time.Second)
			for range 16 {
				r.conn.Send(false, frame)
			}
		}
		p.wantClose(protocol.SlowReader)
		<-r.gone
	})
}

func TestHugeFrameCloses(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		go p.ws.Write(t.Context(), websocket.MessageText, make([]byte, protocol.MaxFrame+1))
		_, _, err := p.ws.Read(t.Context())
		if websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
			t.Errorf("closed with %v; want 1009", err)
		}
		<-r.gone
	})
}

func TestByteBudget(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		start := time.Now()
		frames := 32 // of 16 KiB: four times the burst
		if w.network == nil {
			frames = 12 // time passes as it does
		}
		var refused []uint64
		answered, heard := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(heard)
			for {
				_, b, err := p.ws.Read(t.Context())
				if err != nil {
					return
				}
				var e protocol.Error
				if json.Unmarshal(b, &e) == nil && e.MID == 0 { // the ping's answer, or that it was too much
					close(answered)
					continue
				}
				if e.Code != party.RateLimited || e.RetryAfter <= 0 {
					t.Errorf("heard %s", b)
				}
				refused = append(refused, e.MID)
			}
		}()
		for i := range frames {
			m := protocol.AppendMessage(nil, protocol.Message{Reliable: true, ID: uint64(i + 1), Payload: make([]byte, 16<<10)})
			if err := p.ws.Write(t.Context(), websocket.MessageBinary, m); err != nil {
				t.Fatal(err)
			}
		}
		p.say(`{"t":"ping"}`)
		<-answered // nothing is heard after a close
		p.ws.Close(websocket.StatusNormalClosure, "")
		<-r.gone
		<-heard
		took := time.Since(start)
		all := len(refused) == 0 && w.network == nil && took >= time.Second // by then they may be
		if len(r.seen())+len(refused) != frames || !all && (len(refused) == 0 || refused[0] < 8 || w.network != nil && refused[0] > 8) {
			t.Errorf("%d taken, refused %v; every frame is one or the other, the 8th is the first beyond 128 KiB", len(r.seen()), refused)
		}
		if w.network != nil && took < 5*time.Second {
			t.Errorf("512 KiB were read in %v; above 128 KiB a client is read at 64 KiB/s", took)
		}
	})
}

// Whoever floods is read some times a second, not once for each frame: nearly all
// that its budget allows is taken, and each refusal comes with a rest.
func TestAFloodIsReadNowAndThen(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		start := time.Now()
		const frames = 3000 // that count 64 bytes each: half as many again as may come at once
		go func() {
			for i := range frames {
				m := protocol.AppendMessage(nil, protocol.Message{Reliable: true, ID: uint64(i + 1)})
				if p.ws.Write(t.Context(), websocket.MessageBinary, m) != nil {
					return
				}
			}
			p.ws.Write(t.Context(), websocket.MessageText, []byte(`{"t":"ping"}`))
		}()
		refused := 0
		for {
			var e protocol.Error
			if err := json.Unmarshal([]byte(p.hear()), &e); err != nil {
				t.Fatal(err)
			}
			if e.MID == 0 { // the ping's answer, or that it was too much
				break
			}
			refused++
		}
		took := time.Since(start)
		rests := int(took/(50*time.Millisecond)) + 1
		all := refused == 0 && w.network == nil && took >= 900*time.Millisecond // by then they may be taken
		if len(r.seen())+refused != frames || refused == 0 && !all || refused > rests {
			t.Errorf("%d taken and %d refused of %d; there was time for %d rests", len(r.seen()), refused, frames, rests)
		}
	})
}

// What a session refuses counts more than its bytes, so that a client which is
// refused again and again is read more slowly; what it sends meanwhile waits.
func TestRefusalsAreBounded(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		start := time.Now()
		const frames = 1000
		go func() { // some find no room even so, and are told
			for {
				if _, _, err := p.ws.Read(t.Context()); err != nil {
					return
				}
			}
		}()
		for range frames {
			p.say("refuse")
		}
		if d := time.Since(start); d < 5*time.Second {
			t.Errorf("%d frames were refused within %v", len(r.seen()), d)
		}
		if n := len(r.seen()); n < frames*9/10 {
			t.Errorf("%d of %d frames were read", n, frames)
		}
	})
}

func TestPingsAreBounded(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p, _ := w.enter()
		start := time.Now()
		go func() {
			for range 10_000 {
				if p.ws.Write(t.Context(), websocket.MessageText, []byte(`{"t":"ping"}`)) != nil {
					return
				}
			}
		}()
		for range 10_000 {
			p.hear()
		}
		if d := time.Since(start); d < 5*time.Second {
			t.Errorf("10,000 pings were answered within %v", d)
		}
	})
}

func TestFirstFrameIsAHello(t *testing.T) {
	for name, c := range map[string]struct {
		kind  websocket.MessageType
		frame string
		close protocol.CloseCode
	}{
		"binary":       {websocket.MessageBinary, "\x01abc", protocol.Broken},
		"not JSON":     {websocket.MessageText, "{", protocol.Refused},
		"a command":    {websocket.MessageText, `{"t":"leave","id":1}`, protocol.Refused},
		"a newer one":  {websocket.MessageText, `{"t":"hello","v":2,"key":"k"}`, protocol.Refused},
		"a name twice": {websocket.MessageText, `{"t":"hello","v":1,"key":"k","key":"l"}`, protocol.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				p, _ := w.dial("demo", "")
				p.ws.Write(t.Context(), c.kind, []byte(c.frame))
				if e := p.hearError(); e.Code != party.BadRequest {
					t.Errorf("heard %s; want bad_request", e.Code)
				}
				p.wantClose(c.close)
			})
		})
	}
}

func TestRefusedHello(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		code  party.Code
		close protocol.CloseCode
	}{
		"for good":    {&party.Error{Code: party.BadName}, party.BadName, protocol.Refused},
		"too fast":    {&party.Error{Code: party.RateLimited, RetryAfter: time.Second}, party.RateLimited, protocol.RateLimited},
		"no storage":  {&party.Error{Code: party.Unavailable}, party.Unavailable, protocol.Unavailable},
		"a bug of us": {errors.New("secret detail"), party.Internal, protocol.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				w.hello = func(gateway.Caller) (gateway.Session, error) { return nil, c.err }
				p, _ := w.dial("demo", "")
				p.say(`{"t":"hello","v":1,"key":"k"}`)
				e := p.hearError()
				if e.Code != c.code || strings.Contains(e.Message, "secret") || e.Docs == "" {
					t.Errorf("heard %+v", e)
				}
				p.wantClose(c.close)
			})
		})
	}
}

func TestInactiveGameIsToldSo(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p, response := w.dial("asleep", "https://asleep.example")
		if p == nil {
			t.Fatalf("refused with %s: a browser would not learn why", response.Status)
		}
		p.say(`{"t":"hello","v":1,"key":"k"}`)
		if e := p.hearError(); e.Code != party.KitNotActivated || !strings.Contains(e.Message, "ops@host.example") || !strings.Contains(e.Message, "asleep") {
			t.Errorf("heard %+v", e)
		}
		p.wantClose(protocol.Refused)
	})
}

func TestRefusedUpgrade(t *testing.T) {
	cases := []struct {
		name, id, origin string
		full             bool
		status           int
		code             party.Code
	}{
		{"foreign origin", "demo", "https://evil.example", false, 403, party.OriginNotAllowed},
		{"another game's origin", "demo", "https://asleep.example", false, 403, party.OriginNotAllowed},
		{"opaque origin", "demo", "null", false, 403, party.OriginNotAllowed},
		{"unknown game", "nope", "https://demo.example", false, 404, party.NotFound},
		{"no game", "", "", false, 404, party.NotFound},
		{"address full", "demo", "https://demo.example", true, 429, party.RateLimited},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				w.full.Store(c.full)
				p, upgrade := w.dial(c.id, c.origin)
				if p != nil {
					t.Fatal("let in")
				}
				request, _ := http.NewRequestWithContext(t.Context(), "GET", "http://host.example/connect?game="+c.id, nil)
				request.Header.Set("Origin", c.origin)
				plain, err := w.client().Do(request)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range []*http.Response{upgrade, plain} {
					body, _ := io.ReadAll(r.Body)
					r.Body.Close()
					var problem struct {
						Code   party.Code `json:"code"`
						Status int        `json:"status"`
						Type   string     `json:"type"`
					}
					if err := json.Unmarshal(body, &problem); err != nil {
						t.Fatalf("%v in %s", err, body)
					}
					if r.StatusCode != c.status || problem.Code != c.code || problem.Status != c.status || !strings.HasSuffix(problem.Type, "#"+string(c.code)) {
						t.Errorf("answered %d %s; want %d %s", r.StatusCode, body, c.status, c.code)
					}
					if r.Header.Get("Access-Control-Allow-Origin") != "*" || r.Header.Get("Content-Type") != "application/problem+json" {
						t.Errorf("headers are %v", r.Header)
					}
					if (r.Header.Get("Retry-After") != "") != c.full {
						t.Errorf("Retry-After is %q", r.Header.Get("Retry-After"))
					}
				}
			})
		})
	}
}

// A developer who forgot an origin reads in the console what to type.
func TestRefusalNamesTheOriginToAdd(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		for origin, want := range map[string]string{
			"https://evil.example":          "Add it with: partykit game set demo --origin https://evil.example",
			"https://e.example/'; rm -rf /": "--origin ADDRESS", // no browser sends that: not for pasting
		} {
			request, _ := http.NewRequestWithContext(t.Context(), "GET", "http://host.example/connect?game=demo", nil)
			request.Header.Set("Origin", origin)
			r, err := w.client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(r.Body)
			r.Body.Close()
			if !strings.Contains(string(body), want) {
				t.Errorf("from %q: %s", origin, body)
			}
		}
	})
}

func TestPlainGET(t *testing.T) {
	for _, c := range []struct {
		id     string
		status int
		code   party.Code
	}{{"demo", http.StatusUpgradeRequired, ""}, {"asleep", 403, party.KitNotActivated}} {
		inBubble(t, nil, func(t *testing.T, w *world) {
			r, err := w.client().Get("http://host.example/connect?game=" + c.id)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			var problem struct{ Code party.Code }
			json.NewDecoder(r.Body).Decode(&problem)
			if r.StatusCode != c.status || problem.Code != c.code || r.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s: answered %d %s", c.id, r.StatusCode, problem.Code)
			}
		})
	}
}

func TestFirstUseInDev(t *testing.T) {
	dev := func(o *gateway.Options) {
		o.Dev = true
		o.PublicURL = &url.URL{Scheme: "http", Host: "localhost:7700"}
	}
	type use struct{ ID, Origin, Page string }
	for _, c := range []struct {
		name, origin, page string
		want               *use
	}{
		{"a page on this machine", "http://localhost:5173", "http://localhost:5173/play", &use{"fresh", "http://localhost:5173", "http://localhost:5173/play"}},
		{"a native game", "", "", &use{"fresh", "http://localhost:7700", ""}},
		{"a native game that names a page", "", "http://localhost:9/x", &use{"fresh", "http://localhost:9", "http://localhost:9/x"}},
		{"a page elsewhere", "https://evil.example", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, dev, func(t *testing.T, w *world) {
				var got *use
				w.games.used = func(id, origin, page string) (game.Game, error) {
					got = &use{id, origin, page}
					return game.Game{ID: id, Active: true}, nil
				}
				p, response := w.dial("fresh", c.origin)
				if c.want == nil {
					if p != nil || response.StatusCode != 404 {
						t.Fatal("a foreign page registered a game")
					}
					return
				}
				hello, _ := json.Marshal(map[string]any{"t": "hello", "v": 1, "key": "k", "page": c.page})
				p.say(string(hello))
				<-w.sessions
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("first use (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestCloseTellsEverybody(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		early, _ := w.dial("demo", "") // has not said hello
		var closed sync.WaitGroup
		closed.Go(func() { p.wantClose(protocol.GoingAway) })
		closed.Go(func() { early.wantClose(protocol.GoingAway) })
		if err := w.gateway.Close(t.Context()); err != nil {
			t.Error(err)
		}
		closed.Wait()
		<-r.gone
		late, _ := w.dial("demo", "")
		late.wantClose(protocol.GoingAway)
	})
}

// Who comes while a server ends, or whose hello it cannot answer any more, comes
// back at once: what is there next is not unavailable.
func TestWhoIsSentAwayByAnEndComesBackAtOnce(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		leave := make(chan struct{})
		w.hello = func(gateway.Caller) (gateway.Session, error) {
			<-leave
			return nil, &party.Error{Code: party.Unavailable}
		}
		p, _ := w.dial("demo", "")
		p.say(`{"t":"hello","v":1,"key":"k"}`)
		w.gateway.Leave()
		late, _ := w.dial("demo", "")
		late.wantClose(protocol.GoingAway)
		close(leave)
		p.wantClose(protocol.GoingAway)
	})
}

// A server that waits no more leaves nobody connected, however far one has come.
func TestClosingCutsOffWhoDoesNotAnswer(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		_, r := w.enter() // and reads nothing
		if w.network != nil {
			w.dial("demo", "") // has not said hello; until then all are read in one way
			synctest.Wait()
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("it takes too long")
		cancel(why)
		start := time.Now()
		if err := w.gateway.Close(ctx); err != why {
			t.Errorf("closing: %v", err)
		}
		<-r.gone
		<-w.closed
		if w.network != nil {
			<-w.closed
			if d := time.Since(start); d != 0 {
				t.Errorf("they were cut off after %v", d)
			}
		}
	})
}

// generous lets a game's clients send as much as they like.
type generous struct{ gateway.Games }

func (g generous) Settings(id string) *game.Settings {
	s := *g.Games.Settings(id)
	s.Bytes = 1 << 30
	return &s
}
