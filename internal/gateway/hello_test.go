package gateway_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"partykit/internal/gateway"
	"partykit/party"
	"partykit/protocol"
)

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
