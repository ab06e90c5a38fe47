package host

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/testlog"
	"partykit/protocol"
)

// bystander is a connection whose player waits.
type bystander struct{ closed protocol.CloseCode }

func (*bystander) Send(bool, []byte)               {}
func (c *bystander) Close(code protocol.CloseCode) { c.closed = code }

// crowdHost is a host outside any bubble, whose memory is worth measuring.
func crowdHost(t testing.TB) *Host {
	keys, err := auth.NewKeys(make([]byte, auth.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	e := enginetest.OpenWith(t, engine.Options{Dir: t.TempDir()})
	h := New(Options{
		Node: enginetest.Connect(t, e, "a"), Name: "a", Keys: keys,
		Games: games{"demo": {ID: "demo", Name: "Demo", Active: true}}, PublicURL: "https://party.example", Logger: testlog.New(t),
	})
	t.Cleanup(h.Stop)
	return h
}

// crowd says hello for that many guests, others in every round, and returns
// their sessions.
func crowd(t testing.TB, h *Host, players, round int) []*Session {
	t.Helper()
	sessions := make([]*Session, players)
	for n := range sessions {
		s, err := h.Hello(t.Context(), Caller{
			Game: "demo", Hello: protocol.Hello{V: 1, Key: key(round*players + n)}, Conn: &bystander{},
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

// alive is what of this process is not garbage.
type alive struct{ bytes, objects float64 }

func memory() alive {
	runtime.GC()
	runtime.GC() // what was pooled goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return alive{float64(m.HeapAlloc + m.StackInuse), float64(m.HeapObjects)}
}

// ours is how many bytes are held of what our code allocated, itself or by a
// call, since runtime.MemProfileRate is 1. What the engine's server allocates on
// goroutines of its own is not among them: its caches come and go by megabytes,
// and every link stays in its indexes for a day.
func ours() (bytes int64) {
	for range 3 {
		runtime.GC() // a profile is of two collections before
	}
	n, _ := runtime.MemProfile(nil, false)
	records := make([]runtime.MemProfileRecord, n+1000)
	n, ok := runtime.MemProfile(records, false)
	if !ok {
		panic(fmt.Sprintf("suddenly allocations come from %d places", n))
	}
	for _, r := range records[:n] {
		frames := runtime.CallersFrames(r.Stack())
		for more := true; more; {
			var f runtime.Frame
			if f, more = frames.Next(); strings.HasPrefix(f.Function, "partykit/") {
				bytes += r.InUseBytes()
				break
			}
		}
	}
	return bytes
}

// I10 of a crowd: whoever goes leaves nothing behind.
func TestACrowdThatGoesLeavesNothing(t *testing.T) {
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 1
	story(t, func(t *testing.T, w *world) {
		h := w.hosts["a"]
		const guests, rounds = 500, 3
		visit := func(round int) {
			sessions := crowd(t, h, guests, round)
			for n, s := range sessions {
				s.Text(nil, protocol.Encode(map[string]any{"t": "rename", "id": 1, "name": fmt.Sprint("Guest ", n)}))
				s.Text(nil, protocol.Encode(map[string]any{"t": "data", "id": 2, "set": map[string]any{"n": n}}))
				s.Binary(nil, protocol.AppendMessage(nil, protocol.Message{Reliable: true, ID: 1, Payload: []byte("hello")}))
				if n%50 == 0 {
					s.Text(nil, protocol.Encode(map[string]any{"t": "invite", "id": 3}))
				}
			}
			synctest.Wait()
			for _, s := range sessions {
				s.Gone()
				time.Sleep(10 * time.Millisecond) // a thousand timers of one instant are too much for the race detector
			}
			time.Sleep(3 * time.Minute)
			synctest.Wait()
		}
		visit(0) // what is made once is made
		was, running := ours(), runtime.NumGoroutine()
		for round := range rounds {
			visit(1 + round)
		}
		if now := runtime.NumGoroutine(); now > running+10 { // the engine has some more or less
			t.Errorf("%d goroutines, then %d", running, now)
		}
		const most = rounds * guests * 20 // nothing of a guest is as small
		if more := ours() - was; more > most {
			t.Errorf("%d guests that came and went left %d bytes, want %d at most", rounds*guests, more, most)
		}
		for _, l := range h.loops {
			if len(l.parties) > 0 {
				t.Errorf("%d parties are in memory", len(l.parties))
			}
		}
		if len(h.where) > 0 {
			t.Errorf("somebody is looked for: %v", h.where)
		}
	})
}

// each is what a player costs that waits in its party of one: its session, that
// party, where it is and what it may still do; all but its connection.
func each(t testing.TB, players int) alive {
	h := crowdHost(t)
	before := memory()
	sessions := crowd(t, h, players, 0)
	after := memory()
	runtime.KeepAlive(sessions)
	n := float64(players)
	return alive{(after.bytes - before.bytes) / n, (after.objects - before.objects) / n}
}

// The bound leaves as much again for what a test's engine does meanwhile; see
// the benchmark for the figure.
func TestAnIdlePlayerIsSmall(t *testing.T) {
	const most = 1800 // bytes
	if x := each(t, 5_000); x.bytes > most {
		t.Errorf("a player that waits takes %.0f bytes, want %d at most", x.bytes, most)
	}
}

func BenchmarkIdlePlayer(b *testing.B) {
	for _, players := range []int{1_000, 10_000, 19_000} {
		b.Run(fmt.Sprint(players), func(b *testing.B) {
			for range b.N {
				x := each(b, players)
				b.ReportMetric(x.bytes, "B/player")
				b.ReportMetric(x.objects, "objects/player")
			}
		})
	}
}
