package gateway

import (
	"bytes"
	"testing"

	"partykit/internal/game"
	"partykit/internal/loop"
	"partykit/internal/ws"
	"partykit/protocol"
)

// speaker is a session whose messages go to others.
type speaker struct{ others []*Conn }

func (*speaker) Loop() *loop.Loop             { return nil }
func (*speaker) Text(*loop.Loop, []byte) bool { return false }
func (*speaker) Gone()                        {}
func (p *speaker) Binary(_ *loop.Loop, b []byte) bool {
	for _, c := range p.others {
		c.Send(true, b)
	}
	return false
}

// paper is a wire that is written by who holds it.
type paper struct{}

func (paper) rouse() {}
func (paper) shut()  {}
func (paper) abort() {}

// lavish is games without limits.
type lavish struct {
	Games
	set game.Settings
}

func (l *lavish) Settings(string) *game.Settings { return &l.set }

// fanOut returns a function that handles a message of 64 bytes as it comes from
// a client, and writes what three others are sent.
func fanOut() func() int {
	games := &lavish{set: game.Settings{}.OrDefault()}
	games.set.Bytes = 1 << 40
	g := &Gateway{opts: Options{Games: games}}
	others := make([]*Conn, 3)
	for i := range others {
		others[i] = &Conn{g: g, wire: paper{}}
	}
	c := &Conn{g: g, wire: paper{}, session: &speaker{others}, parser: ws.Parser{Limit: protocol.MaxFrame}}
	frame := append([]byte{0x82, 0x80 | 64, 0, 0, 0, 0}, make([]byte, 64)...)
	return func() (written int) {
		c.take(nil, frame)
		for _, o := range others {
			written += len(o.backlog.waiting())
			o.backlog.out.B = o.backlog.out.B[:0]
		}
		return written
	}
}

func TestAMessageTakesNoMemory(t *testing.T) {
	pass := fanOut()
	if n := pass(); n != 3*66 {
		t.Fatalf("%d bytes were written", n)
	}
	if n := testing.AllocsPerRun(1000, func() { pass() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A turn is about as long for a client that sends commands as for one that sends
// messages: others on the loop wait for it.
func TestATurnIsShorterForCommands(t *testing.T) {
	games := &lavish{set: game.Settings{}.OrDefault()}
	games.set.Bytes = 1 << 40
	for first, want := range map[byte]int{0x82: framesAtOnce, 0x81: framesAtOnce / commandWorth} {
		g := &Gateway{opts: Options{Games: games}}
		c := &Conn{g: g, wire: paper{}, session: &speaker{}, parser: ws.Parser{Limit: protocol.MaxFrame}}
		frame := []byte{first, 0x80 | 2, 0, 0, 0, 0, '{', '}'}
		rest, wait := c.take(nil, bytes.Repeat(frame, 100))
		if got := 100 - len(rest)/len(frame); got != want || wait != 0 {
			t.Errorf("%#x: %d frames in a turn, want %d; %v until the next", first, got, want, wait)
		}
	}
}

// BenchmarkFanOut is a message's way from the bytes of one client to those of
// three others, without the system calls and without the host between. The
// buffers stay borrowed.
func BenchmarkFanOut(b *testing.B) {
	pass := fanOut()
	b.ReportAllocs()
	for b.Loop() {
		pass()
	}
}
