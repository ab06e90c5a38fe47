package gateway_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/coder/websocket"

	"partykit/party"
	"partykit/protocol"
)

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
