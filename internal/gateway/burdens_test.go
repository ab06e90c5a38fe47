package gateway_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"

	"github.com/coder/websocket"

	"partykit/internal/gateway"
	"partykit/protocol"
)

// burden sends so many of the messages that a resume may bring.
func (r *recorder) burden(messages int) {
	frame := make([]byte, protocol.MaxPayload)
	for range messages {
		r.conn.Send(true, frame)
	}
}

// untilClose reads until the connection is closed.
func (p *player) untilClose() (bytes int, code protocol.CloseCode) {
	for {
		_, b, err := p.ws.Read(p.t.Context())
		if err != nil {
			return bytes, protocol.CloseCode(websocket.CloseStatus(err))
		}
		bytes += len(b)
	}
}

// Who is replaced holds no resume in the server's memory any more, however slowly
// it reads: what it would have got is brought where the player is now.
func TestWhoIsReplacedKeepsNoResume(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p, r := w.enter()
		r.burden(1000)
		r.conn.Close(protocol.Replaced)
		if got, code := p.untilClose(); code != protocol.Replaced || got > 128<<10 {
			t.Errorf("%d bytes still waited, then %d", got, code)
		}
	})
}

// Many that come back and do not read make the server hold a resume for a few of
// them. The others get a megabyte, and what follows by another resume.
func TestFewResumesWaitForThoseWhoDoNotRead(t *testing.T) {
	at := func(o *gateway.Options) {
		o.ClientAddr = func(r *http.Request) netip.Addr { return netip.MustParseAddr(r.URL.Query().Get("from")) }
	}
	inBubble(t, at, func(t *testing.T, w *world) {
		const burden = 80 // messages: more than a megabyte
		enter := func(from int) (*player, *recorder) {
			p, _ := w.dial(fmt.Sprintf("demo&from=192.0.2.%d", from), "")
			p.say(`{"t":"hello","v":1,"key":"k"}`)
			return p, <-w.sessions
		}
		refused := func(from int) bool {
			p, r := enter(from)
			r.burden(burden)
			r.conn.Close(protocol.GoingAway)
			got, code := p.untilClose()
			if code == protocol.SlowReader && got < 1<<20 {
				t.Errorf("it got %d bytes, so it may never get any further", got)
			}
			return code == protocol.SlowReader
		}
		first, r := enter(1)
		r.burden(burden)
		for range 7 {
			_, r := enter(1)
			r.burden(burden)
		}
		if !refused(1) {
			t.Error("a ninth of one address may have as much waiting")
		}
		if refused(2) {
			t.Error("it was refused for what waits for another address")
		}
		for range burden {
			first.hear()
		}
		if refused(1) {
			t.Error("it was refused for one that has read what waited for it")
		}
		for i := range 25 {
			_, r := enter(2 + i/8)
			r.burden(burden)
		}
		if !refused(6) {
			t.Error("a thirty-third of one game may have as much waiting")
		}
	})
}

// Who reads what a resume brings takes nobody's place, however often it comes back.
func TestResumesThatAreReadAreNotCounted(t *testing.T) {
	both(t, nil, func(t *testing.T, w *world) {
		for range 10 {
			p, r := w.enter()
			r.burden(640)
			for range 640 {
				p.hear()
			}
			r.conn.Send(false, []byte("and on"))
			if got := p.hear(); got != "and on" {
				t.Fatalf("heard %q", got)
			}
		}
	})
}
