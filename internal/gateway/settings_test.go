package gateway_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
)

// set gives game demo settings before it has connections.
func (w *world) set(s game.Settings) {
	g := w.games.list["demo"]
	g.Settings = s
	w.games.list["demo"] = g
}

func TestAGameSetsHowLongAHelloMayTake(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.set(game.Settings{HelloTime: 20 * time.Second})
		p, _ := w.dial("demo", "")
		start := time.Now()
		p.wantClose(protocol.HelloTimeout)
		if d := time.Since(start); d != 20*time.Second {
			t.Errorf("closed after %v", d)
		}
	})
}

func TestAGameSetsHowManyBytesItTakes(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.set(game.Settings{Bytes: 1 << 20})
		p, r := w.enter()
		const frames = 100 // of 16 KiB: 1.6 MiB, within twice what a second may bring
		for i := range frames {
			m := protocol.AppendMessage(nil, protocol.Message{Reliable: true, ID: uint64(i + 1), Payload: make([]byte, 16<<10)})
			if err := p.ws.Write(t.Context(), websocket.MessageBinary, m); err != nil {
				t.Fatal(err)
			}
		}
		p.ws.Close(websocket.StatusNormalClosure, "")
		<-r.gone
		if n := len(r.seen()); n != frames {
			t.Errorf("%d of %d frames were taken", n, frames)
		}
	})
}

// Over a limit one is let in at the upgrade, and the session is told that there
// is room only for who comes back; a plain request is told the truth.
func TestASpareConnection(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.spare.Store(true)
		request, _ := http.NewRequestWithContext(t.Context(), "GET", "http://host.example/connect?game=demo", nil)
		plain, err := w.client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(plain.Body)
		plain.Body.Close()
		var problem struct{ RetryAfter float64 }
		if json.Unmarshal(body, &problem) != nil || plain.StatusCode != http.StatusTooManyRequests || !strings.Contains(string(body), string(party.RateLimited)) || problem.RetryAfter <= 0 || plain.Header.Get("Retry-After") == "" {
			t.Errorf("a plain request is answered %d %s", plain.StatusCode, body)
		}
		p, _ := w.dial("demo", "")
		p.say(`{"t":"hello","v":1,"key":"k"}`)
		if c := <-w.callers; !c.Spare {
			t.Error("the session is not told that the connection is over the limit")
		}
		<-w.sessions
		p.ws.CloseNow()
	})
}
