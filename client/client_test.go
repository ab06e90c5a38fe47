package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"partykit/party"
	"partykit/protocol"
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

func TestHelloSaysWhatIsKnown(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		o := s.options()
		o.Token, o.Name, o.Party, o.Page = "tok", "Ada", "pone", "http://localhost/"
		o.Resume = &protocol.Resume{Session: "s", Token: "r", Epoch: "e", Seq: 4}
		o.Own = protocol.Own{Data: party.Data{}, Landing: nil}
		go Dial(t.Context(), o)
		l := <-s.lines
		l.want(`{"t":"hello","v":1,"key":"9f86d081884c7d659a2feaa0c55ad015","token":"tok","name":"Ada","party":"pone","resume":{"session":"s","token":"r","epoch":"e","seq":0},"sdk":"go/1","page":"http://localhost/","own":{"data":{}}}`)
		l.say(`{"t":"error","code":"bad_name","message":"no"}`)

		o.Ticket = "ticket"
		go Dial(t.Context(), o)
		l = <-s.lines
		var hello protocol.Hello
		json.Unmarshal([]byte(l.hear()), &hello)
		if hello.Resume != nil || hello.Ticket != "ticket" {
			t.Errorf("a ticket begins a session: %+v", hello)
		}
		l.say(`{"t":"error","code":"bad_name","message":"no"}`)
	})
}

func TestDialFailsWithTheServersCode(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		s.refuse = func(w http.ResponseWriter) bool {
			w.WriteHeader(403)
			fmt.Fprint(w, `{"type":"https://host.example/docs/errors#origin_not_allowed","detail":"Add it.","code":"origin_not_allowed"}`)
			return true
		}
		_, err := Dial(t.Context(), s.options())
		if CodeOf(err) != party.OriginNotAllowed || !errors.Is(err, &Error{Code: party.OriginNotAllowed}) {
			t.Errorf("the upgrade failed with %v", err)
		}
		s.refuse = nil
		failed := make(chan error)
		go func() { _, err := Dial(t.Context(), s.options()); failed <- err }()
		l := <-s.lines
		l.hear()
		l.say(`{"t":"error","code":"kit_not_activated","message":"Ask ops","docs":"https://d","retryAfter":1.5}`)
		want := &Error{Code: party.KitNotActivated, Message: "Ask ops", Docs: "https://d", RetryAfter: 1500 * time.Millisecond}
		if diff := cmp.Diff(error(want), <-failed); diff != "" {
			t.Errorf("the hello's refusal (-want +got):\n%s", diff)
		}
	})
}

func TestCommandsAreNumberedAndAnswered(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go c.Invite(t.Context(), InviteOptions{Expires: time.Hour, MaxUses: 3, Message: "hi"})
		l.want(`{"t":"invite","id":1,"expires":3600,"maxUses":3,"message":"hi"}`)
		joined := make(chan error)
		go func() { joined <- c.Join(t.Context(), JoinOptions{Code: "abc"}) }()
		l.want(`{"t":"join","id":2,"code":"abc"}`)
		l.say(`{"t":"error","id":2,"code":"confirm_required","message":"ask","invite":{"from":"Ada","game":"demo","size":2}}`)
		err, _ := errors.AsType[*Error](<-joined)
		if err == nil || err.Code != party.ConfirmRequired || err.Invite == nil || err.Invite.From != "Ada" {
			t.Errorf("join failed with %+v", err)
		}
		set := make(chan bool)
		go func() { waiting, _ := c.SetData(t.Context(), nil); set <- waiting }()
		l.want(`{"t":"data","id":3,"set":{}}`)
		l.say(`{"t":"ok","id":3,"seq":0,"waiting":true}`)
		if !<-set {
			t.Error("the set should wait")
		}
		if d := c.Saved().Own.Data; d == nil || len(d) != 0 {
			t.Errorf("own data is %v; want the empty set that was made", d)
		}
		l.say(`{"t":"ok","id":1,"seq":11,"invite":{"id":"i1"},"code":"c","url":"https://host.example/join/c"}`)
	})
}

func TestNotMoreThan16CommandsWait(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		for range 20 {
			go c.Leave(t.Context())
		}
		for range 16 {
			l.hear()
		}
		heard := make(chan string, 1)
		go func() { heard <- l.hear() }()
		synctest.Wait()
		if len(heard) > 0 {
			t.Fatalf("a 17th command came: %s", <-heard)
		}
		l.say(`{"t":"ok","id":5}`)
		if got := <-heard; got != `{"t":"leave","id":17}` {
			t.Errorf("heard %s", got)
		}
	})
}

func TestLostConnectionResumesAndSendsAgain(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go c.Leave(t.Context())
		l.want(`{"t":"leave","id":1}`)
		sent := make(chan uint64)
		go func() { seq, _ := c.Send(t.Context(), Outgoing{To: 1, Payload: []byte("x")}); sent <- seq }()
		l.want("\x02\x00\x01\x01x")
		l.say(`{"t":"event","seq":12,"rev":4,"at":1,"events":[{"type":"data","data":{"level":"ruins"},"revision":2}]}`)
		synctest.Wait()
		l.ws.CloseNow()

		l = <-s.lines
		var hello protocol.Hello
		json.Unmarshal([]byte(l.hear()), &hello)
		want := &protocol.Resume{Session: "sone", Token: "r-sone", Epoch: "e1", Seq: 12}
		if diff := cmp.Diff(want, hello.Resume); diff != "" || hello.Token != "tok" || hello.Party != "pone" {
			t.Fatalf("the second hello is %+v\n%s", hello, diff)
		}
		l.say(`{"t":"resumed","epoch":"e1","session":"sone","resume":"r2","seq":12,"applied":{"command":0,"message":0}}`)
		l.want(`{"t":"leave","id":1}`)
		l.want("\x02\x00\x01\x01x")
		l.say(`{"t":"event","seq":12,"rev":4,"at":1,"events":[{"type":"data","data":{"level":"twice"},"revision":2}]}`) // was seen
		l.sayBinary(protocol.AppendMessage(nil, protocol.Message{Reliable: true, ID: 13, Peer: 1, Payload: []byte("hi")}))
		l.sayBinary(protocol.AppendAck(nil, 1, 14))
		if seq := <-sent; seq != 14 {
			t.Errorf("the message's sequence is %d", seq)
		}
		if got := string(c.Snapshot().Data["level"]); got != `"ruins"` {
			t.Errorf("the level is %s: a change was applied twice", got)
		}
		if r := c.Saved().Resume; r.Token != "r2" || r.Seq != 13 {
			t.Errorf("the next hello resumes %+v", r)
		}
		var kinds []string
		for range 4 {
			e, _ := c.Next(t.Context())
			kinds = append(kinds, fmt.Sprintf("%T", e))
		}
		if diff := cmp.Diff([]string{"client.Changed", "client.Disconnected", "client.Connected", "client.Message"}, kinds); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

// A number that the server knows answers as it did before: what starts again
// with what was saved must not use one twice.
func TestSavedOptionsGoOnWithTheirNumbers(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go c.Leave(t.Context())
		l.want(`{"t":"leave","id":1}`)
		go c.Send(t.Context(), Outgoing{Payload: []byte("x")})
		l.want("\x02\x00\x01\x00x")
		saved := c.Saved()
		go c.Close()
		again := make(chan *Client)
		go func() { c, _ := Dial(t.Context(), saved); again <- c }()
		l = <-s.lines
		l.hear()
		l.say(welcome("sone", 12))
		c = <-again
		t.Cleanup(c.Close)
		go c.Leave(t.Context())
		l.want(`{"t":"leave","id":2}`)
		go c.Send(t.Context(), Outgoing{Payload: []byte("y")})
		l.want("\x02\x00\x02\x00y")
	})
}

func TestLostSessionIsTold(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		failed := make(chan error)
		go func() { failed <- c.Leave(t.Context()) }()
		l.hear()
		l.ws.CloseNow()
		l = <-s.lines
		l.hear()
		l.say(welcome("stwo", 20))
		if err := <-failed; !errors.Is(err, ErrSessionLost) {
			t.Errorf("the command failed with %v", err)
		}
		go c.Leave(t.Context())
		l.want(`{"t":"leave","id":1}`)
	})
}

func TestMoveReplacesTheParty(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		l.say(`{"t":"party","reason":"joined","seq":3,"you":{"id":"gb","name":"Bob 2","n":7},"party":{"id":"ptwo","game":"demo","members":[]}}`)
		e, _ := c.Next(t.Context())
		if e != (Moved{party.ReasonJoined, "ptwo", 3}) || c.Snapshot().ID != "ptwo" || c.You().N != 7 {
			t.Errorf("%#v, now in %s as %+v", e, c.Snapshot().ID, c.You())
		}
		if o := c.Saved(); o.Party != "ptwo" || o.Resume.Seq != 3 {
			t.Errorf("the next hello would name %s at %d", o.Party, o.Resume.Seq)
		}
	})
}

func TestCloseCodes(t *testing.T) {
	for _, x := range []struct {
		code     protocol.CloseCode
		final    bool
		min, max time.Duration
	}{
		{protocol.GoingAway, false, 0, 100 * time.Millisecond},
		{protocol.RateLimited, false, 5 * time.Second, 7 * time.Second},
		{protocol.Unavailable, false, 5 * time.Second, 7 * time.Second},
		{protocol.HelloTimeout, false, 0, time.Second},
		{protocol.Replaced, true, 0, 0},
		{protocol.Broken, true, 0, 0},
	} {
		t.Run(x.code.Name(), func(t *testing.T) {
			bubble(t, func(t *testing.T, s *server) {
				c, l := dialed(t, s, s.options())
				start := time.Now()
				go l.ws.Close(websocket.StatusCode(x.code), x.code.Name())
				if x.final {
					<-c.Done()
					e, _ := c.Next(t.Context())
					if _, ok := e.(Closed); !ok || closeCode(c.Err()) != x.code {
						t.Errorf("%#v, ended with %v", e, c.Err())
					}
					return
				}
				<-s.lines
				if d := time.Since(start); d < x.min || d > x.max {
					t.Errorf("came back after %v; want %v to %v", d, x.min, x.max)
				}
			})
		})
	}
}

func TestRefusalEndsReconnecting(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		l.ws.CloseNow()
		l = <-s.lines
		l.hear()
		l.say(`{"t":"error","code":"unavailable","message":"wait"}`) // is tried again
		l = <-s.lines
		l.hear()
		l.say(`{"t":"error","code":"kit_not_activated","message":"ask"}`)
		<-c.Done()
		if CodeOf(c.Err()) != party.KitNotActivated {
			t.Errorf("ended with %v", c.Err())
		}
		if err := c.Leave(t.Context()); CodeOf(err) != party.KitNotActivated {
			t.Errorf("a command after the end fails with %v", err)
		}
	})
}

func TestNoReconnect(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		o := s.options()
		o.NoReconnect = true
		c, l := dialed(t, s, o)
		l.ws.CloseNow()
		<-c.Done()
		if c.Err() == nil {
			t.Error("ended without an error")
		}
	})
}

func TestQuietConnectionIsPinged(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		start := time.Now()
		l.want(`{"t":"ping"}`)
		if d := time.Since(start); d < 25*time.Second || d > 30*time.Second {
			t.Errorf("pinged after %v", d)
		}
		l.say(`{"t":"pong"}`)
		l.want(`{"t":"ping"}`) // and this one is not answered
		go l.ws.Read(t.Context())
		start = time.Now()
		<-s.lines
		if d := time.Since(start); d < 10*time.Second || d > 13*time.Second {
			t.Errorf("came back %v after the ping", d)
		}
		if e, _ := c.Next(t.Context()); fmt.Sprintf("%T", e) != "client.Disconnected" {
			t.Errorf("event %#v", e)
		}
	})
}

// A line whose other end is gone takes what is sent for a long time: only what is
// heard says that somebody is there.
func TestALineThatOnlySendsIsFoundDead(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		c, l := dialed(t, s, s.options())
		go func() {
			for {
				if _, _, err := l.ws.Read(t.Context()); err != nil {
					return
				}
			}
		}()
		start := time.Now()
		for {
			c.SendVolatile(1, Outgoing{Payload: []byte("x")})
			select {
			case <-s.lines:
				return
			case <-time.After(time.Second):
			}
			if d := time.Since(start); d > time.Minute {
				t.Fatalf("heard nothing for %v, and still sends over the same line", d)
			}
		}
	})
}

// The server closes a line over which it hears nothing for 45 s.
func TestAClientThatOnlyListensPings(t *testing.T) {
	bubble(t, func(t *testing.T, s *server) {
		_, l := dialed(t, s, s.options())
		var others sync.WaitGroup
		others.Go(func() {
			for range 80 {
				l.say(`{"t":"status","n":1,"presence":"connected"}`)
				time.Sleep(time.Second)
			}
		})
		defer others.Wait()
		for range 3 {
			start := time.Now()
			l.want(`{"t":"ping"}`)
			if d := time.Since(start); d > 30*time.Second {
				t.Fatalf("said nothing for %v", d)
			}
		}
	})
}

func TestUnreadEventsAreCounted(t *testing.T) {
	b := newInbox()
	for n := range maxUnread + 10 {
		b.put(StatusChanged{N: n})
	}
	e, _, _ := b.take()
	if e != (Missed{10}) {
		t.Fatalf("the first event is %#v", e)
	}
	if e, _, _ := b.take(); e.(StatusChanged).N != 10 {
		t.Errorf("the oldest that was kept is %#v", e)
	}
}
