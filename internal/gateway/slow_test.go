package gateway_test

import (
	"testing"
	"time"

	"github.com/coder/websocket"

	"partykit/protocol"
)

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
