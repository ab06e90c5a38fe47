package client

import (
	"testing"
	"time"

	"github.com/coder/websocket"

	"partykit/party"
	"partykit/protocol"
)

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
