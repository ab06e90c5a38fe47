package host

import (
	"fmt"
	"net/netip"
	"runtime"
	"testing"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/game"
	"partykit/protocol"
)

// bystander is a connection whose player waits.
type bystander struct{ closed protocol.CloseCode }

func (*bystander) Send(bool, []byte)               {}
func (c *bystander) Close(code protocol.CloseCode) { c.closed = code }

// crowdHost is a host outside any bubble, whose memory is worth measuring.
func crowdHost(t testing.TB) (*Host, game.Game) {
	keys, err := auth.NewKeys(make([]byte, auth.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	g := game.Game{ID: "demo", Name: "Demo", Active: true}
	e := enginetest.OpenWith(t, engine.Options{Dir: t.TempDir()})
	h := New(Options{
		Node: enginetest.Connect(t, e, "a"), Epoch: e.Epoch(), Name: "a", Keys: keys,
		Games: games{"demo": g}, PublicURL: "https://party.example",
	})
	t.Cleanup(h.end)
	return h, g
}

// crowd says hello for that many guests and returns their sessions.
func crowd(t testing.TB, h *Host, g game.Game, players int) []*Session {
	t.Helper()
	sessions := make([]*Session, players)
	for n := range sessions {
		s, err := h.Hello(t.Context(), Caller{
			Game: g, Hello: protocol.Hello{V: 1, Key: key(n)}, Conn: &bystander{},
			Address: netip.MustParseAddr("192.0.2.1"), Origin: "https://demo.example",
		})
		if err != nil {
			t.Fatalf("hello of %d: %v", n, err)
		}
		sessions[n] = s
	}
	settled(h)
	return sessions
}

// settled returns when the loops have done what was posted to them so far, and
// what that posted.
func settled(h *Host) {
	for range 3 {
		for _, l := range h.loops {
			done := make(chan bool)
			l.Post("", func() { close(done) })
			<-done
		}
	}
}

// memory is what is alive of this process: bytes in all, and objects.
func memory() (bytes, objects float64) {
	runtime.GC()
	runtime.GC() // what was pooled goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse), float64(m.HeapObjects)
}

// What a player costs that waits in its party of one: its session, that party,
// where it is and what it may still do; all but its connection.
func BenchmarkIdlePlayer(b *testing.B) {
	for _, players := range []int{1_000, 10_000, 19_000} {
		b.Run(fmt.Sprint(players), func(b *testing.B) {
			for range b.N {
				h, g := crowdHost(b)
				bytes, objects := memory()
				sessions := crowd(b, h, g, players)
				more, others := memory()
				b.ReportMetric((more-bytes)/float64(players), "B/player")
				b.ReportMetric((others-objects)/float64(players), "objects/player")
				runtime.KeepAlive(sessions)
			}
		})
	}
}
