package gateway_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"partykit/internal/gateway"
	"partykit/party"
	"partykit/protocol"
)

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
