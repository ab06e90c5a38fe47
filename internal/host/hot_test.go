package host

import (
	"encoding/json"
	"net/netip"
	"testing"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/game"
	"partykit/internal/testlog"
	"partykit/protocol"
)

// ear is a connection that passes on what its player is answered, and counts
// game messages and their acknowledgements.
type ear struct {
	answers chan json.RawMessage
	came    chan struct{}
}

func (e *ear) Send(binary bool, b []byte) {
	if binary {
		e.came <- struct{}{}
		return
	}
	var head struct{ T string }
	if json.Unmarshal(b, &head); head.T == protocol.TOK || head.T == protocol.TError {
		e.answers <- json.RawMessage(string(b))
	}
}

func (*ear) Close(protocol.CloseCode) {}

// lavishHost is a host over a real engine, of a game without limits.
func lavishHost(t testing.TB) *Host {
	t.Helper()
	set := game.Settings{}.OrDefault()
	set.Reliable, set.ReliableBurst, set.Commands, set.CommandsBurst = 1<<30, 1<<30, 1<<30, 1<<30
	keys, err := auth.NewKeys(make([]byte, auth.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	e := enginetest.OpenWith(t, engine.Options{Dir: t.TempDir()})
	h := New(Options{
		Node: enginetest.Connect(t, e, "a"), Name: "a", Keys: keys,
		Games: lavish{&set}, PublicURL: "https://party.example", Logger: testlog.New(t),
	})
	t.Cleanup(h.Stop)
	return h
}

// greeted is the session of a new guest.
func greeted(t testing.TB, h *Host, n int, conn Conn) *Session {
	t.Helper()
	s, err := h.Hello(t.Context(), Caller{
		Game: "demo", Hello: protocol.Hello{V: 1, Key: key(n)}, Conn: conn,
		Address: netip.MustParseAddr("192.0.2.1"), Origin: "https://demo.example",
	})
	if err != nil {
		t.Fatalf("hello of %d: %v", n, err)
	}
	return s
}

// BenchmarkReliable is a message's way from a session into the log, which is on
// disk before it comes back, and to the three others and its sender.
func BenchmarkReliable(b *testing.B) {
	h := lavishHost(b)
	came := make(chan struct{}, 64)
	var of []*Session
	code := ""
	for n := range 4 {
		e := &ear{make(chan json.RawMessage, 8), came}
		s := greeted(b, h, n, e)
		of = append(of, s)
		ask := func(id uint64, t string, c protocol.Command) (answer struct{ T, Code string }) {
			c.T, c.ID = t, id
			s.Text(nil, protocol.Encode(c))
			if err := json.Unmarshal(<-e.answers, &answer); err != nil || answer.T != protocol.TOK {
				b.Fatalf("%s: %v, %v", t, answer, err)
			}
			return answer
		}
		if n == 0 {
			code = ask(1, protocol.TInvite, protocol.Command{}).Code
			continue
		}
		ask(1, protocol.TJoin, protocol.Command{Code: code})
		ask(2, protocol.TFinalize, protocol.Command{Success: new(true)})
	}
	var frame []byte
	var id uint64
	b.ReportAllocs()
	for b.Loop() {
		id++
		frame = protocol.AppendMessage(frame[:0], protocol.Message{Reliable: true, ID: id, Payload: make([]byte, 64)})
		of[0].Binary(nil, frame)
		for range of {
			<-came
		}
	}
}

// BenchmarkHello is a new guest's way in: recognised, named, in a party of its
// own and welcome.
func BenchmarkHello(b *testing.B) {
	h := lavishHost(b)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		greeted(b, h, n, &bystander{})
	}
}
