package host

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"partykit/internal/game"
	"partykit/internal/loop"
	"partykit/party"
	"partykit/protocol"
)

// What is handled at once, on the loop, keeps its order with what had to wait:
// the leave moves the player to another party, and what it sends meanwhile waits
// for that.
func TestFramesOnTheLoopKeepTheirOrder(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		message := func(text string) []byte {
			return protocol.AppendMessage(nil, protocol.Message{Payload: []byte(text)})
		}
		frame := message("one")
		onLoop(b.session, func(l *loop.Loop) {
			b.session.Binary(l, frame)
			copy(frame[len(frame)-3:], "two") // the frame is the caller's again
			b.session.Binary(l, frame)
			b.session.Text(l, []byte(`{"t":"leave","id":77}`))
			b.session.Binary(l, message("in its own party"))
			b.session.Text(l, []byte(`{"t":"rename","id":78,"name":"Zoe"}`))
		})
		synctest.Wait()
		if diff := cmp.Diff([]string{"one", "two"}, a.messages()); diff != "" {
			t.Errorf("who stayed heard (-want +got):\n%s", diff)
		}
		w.wantParty("a", home, "*1:in:connected")
		answers := map[float64]any{}
		for _, f := range b.frames() {
			if id, ok := f["id"].(float64); ok {
				answers[id] = f["t"]
			}
		}
		if answers[77] != "ok" || answers[78] != "ok" {
			t.Errorf("the commands were answered %v", answers)
		}
	})
}

// mute is a connection that takes what it is sent.
type mute struct{ bytes int }

func (m *mute) Send(_ bool, b []byte)    { m.bytes += len(b) }
func (m *mute) Close(protocol.CloseCode) {}

// quartet is a party of four on a host without an engine, on a loop that nobody
// runs: the caller is the loop.
func quartet() (of []*Session, conns []*mute) {
	set := game.Settings{}.OrDefault()
	set.Volatile, set.VolatileBurst = 1<<30, 1<<30
	h := &Host{o: Options{Games: lavish{&set}}}
	l := &place{Loop: loop.New()}
	p := &live{h: h, loop: l, awake: newAwake()}
	p.state = &party.State{Game: "demo"}
	for n := 1; n <= 4; n++ {
		id := party.PlayerID("player" + string(rune('0'+n)))
		c := &mute{}
		s := &session{h: h, game: "demo", player: id, conn: c, party: p}
		s.owner.Store(l)
		p.state.Members = append(p.state.Members, party.Member{Player: id, N: n, State: party.In})
		p.sessions[id] = s
		of, conns = append(of, &Session{s: s, conn: c}), append(conns, c)
	}
	return of, conns
}

// lavish is a game without limits.
type lavish struct{ set *game.Settings }

func (l lavish) Get(string) (game.Game, bool)   { return game.Game{ID: "demo", Active: true}, true }
func (l lavish) Active(string) bool             { return true }
func (l lavish) Settings(string) *game.Settings { return l.set }

func TestAVolatileMessageTakesNoMemory(t *testing.T) {
	of, conns := quartet()
	frame := protocol.AppendMessage(nil, protocol.Message{Payload: make([]byte, 64)})
	if n := testing.AllocsPerRun(1000, func() { of[0].Binary(of[0].Loop(), frame) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if got, want := conns[1].bytes, 1001*len(frame); got != want || conns[0].bytes != 0 {
		t.Errorf("another got %d bytes, the sender %d; want %d and none", got, conns[0].bytes, want)
	}
}

// BenchmarkVolatile is a message's way through a session to the three others'
// connections.
func BenchmarkVolatile(b *testing.B) {
	of, _ := quartet()
	frame := protocol.AppendMessage(nil, protocol.Message{Payload: make([]byte, 64)})
	b.ReportAllocs()
	for b.Loop() {
		of[0].Binary(of[0].Loop(), frame)
	}
}
