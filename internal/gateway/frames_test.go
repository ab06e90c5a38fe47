package gateway_test

import (
	"testing"
	"testing/synctest"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"partykit/protocol"
)

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
