package host

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/game"
	"partykit/internal/limit"
	"partykit/party"
	"partykit/protocol"
)

// A move is the one append in the new party; a crash after it and
// before the old one is told is finished by who reads next.
func TestAMoveIsFinishedByTheNextReader(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, old, _ := w.pair("a")
		c := w.hello("a", 3)
		home, code := c.lastParty(), c.invite(nil)

		// What a host does that ends between the two appends.
		h := w.hosts["a"]
		b.drop()
		l, err := h.linkOf(t.Context(), "demo", code, limit.Guesser{})
		if err != nil {
			t.Fatal(err)
		}
		state := func(id string) *party.State {
			t.Helper()
			loaded, err := h.o.Node.Load(t.Context(), ref("demo", party.ID(id)))
			if err != nil {
				t.Fatal(err)
			}
			s, err := restore(loaded)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		x, y := state(old), state(home)
		m := x.Members[1]
		events, err := party.Decide(y, party.Join{
			Player: m.Player, Name: m.Name, Face: m.Face, Seat: "s1", Invite: l.Invite, Move: m.Move + 1,
			From: x.ID, Session: m.Session, Hash: x.Session(m.Session).Hash,
		}, now(), party.Known{})
		if err != nil {
			t.Fatal(err)
		}
		entry := y.Entry(now(), nil, events)
		data, err := entry.Encode()
		if err != nil {
			t.Fatal(err)
		}
		w.crash("a")
		node, err := w.engine.Connect("between")
		if err != nil {
			t.Fatal(err)
		}
		wrote := make(chan error, 1)
		node.Append(ref("demo", y.ID), y.Seq, data, 24*time.Hour, func(_ uint64, err error) { wrote <- err })
		if err := <-wrote; err != nil {
			t.Fatal(err)
		}
		node.Close()

		w.host("b")
		w.wantParty("b", home, "*1:in:reconnecting 2:loading:reconnecting") // the next reader
		w.wantParty("b", old, "*1:in:reconnecting")
		w.on("b", old, func(p *live) {
			if len(p.state.Members) != 1 {
				t.Error("the lower membership is hidden and was not removed")
			}
		})
		// The player itself knows nothing of it, and is led to where it is.
		again := b.back("b")
		if got := again.lastParty(); got != home {
			t.Errorf("the player is in %s, not in the party it moved to", got)
		}
	})
}

// No view shows a membership with a lower number than the player
// has elsewhere, also before it is removed.
func TestNoViewShowsALowerMove(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, _, home, code := w.pair("a")
		h := w.hosts["a"]
		w.on("a", home, func(p *live) {
			m := p.state.Members[1]
			h.moved("demo", m.Player, whereabouts{"pelsewhere", m.Move + 1})
		})
		w.wantParty("a", home, "*1:in:connected")
		if v, err := h.Invitation(t.Context(), code, "", netip.Addr{}); err != nil || len(v.Members) != 1 {
			t.Errorf("the invite page shows %d members, %v", len(v.Members), err)
		}
		w.on("a", home, func(p *live) {
			m := p.state.Members[1]
			h.moved("demo", m.Player, whereabouts{"pelsewhere", m.Move - 1})
		})
		if got, _ := h.whereIs("demo", "nobody"); got.party != "" {
			t.Error("a player that never was here is somewhere")
		}
		w.wantParty("a", home, "*1:in:connected") // the higher move still wins
	})
}

// A connection may be lost in the middle of anything: the player is in exactly
// one party afterwards, and can go on.
func TestLostInTheMiddle(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, code := w.pair("a")
		other := w.hello("a", 50)
		target := other.invite(nil)
		for n, frames := range [][]string{
			{`{"t":"join","id":9,"code":"` + target + `","confirm":true}`},
			{`{"t":"leave","id":9}`},
			{`{"t":"invite","id":9}`},
			{`{"t":"finalize","id":9,"success":false}`},
			{`{"t":"leave","id":9}`, `{"t":"join","id":10,"code":"` + code + `"}`},
			{`{"t":"invite","id":9}`, `{"t":"leave","id":10}`, `{"t":"invite","id":11}`},
		} {
			for _, when := range []time.Duration{0, time.Microsecond} {
				c := w.hello("a", 100+n)
				c.ok("join", map[string]any{"code": code, "confirm": true})
				from := w.hello("a", 100+n, resuming(c, c.seq())) // and a half-open one before it
				for _, f := range frames {
					from.session.Text(nil, []byte(f))
				}
				if when > 0 {
					time.Sleep(when)
				}
				from.session.Gone()
				again, err := w.tryHello("a", 100+n, resuming(from, from.seq()))
				if err != nil {
					t.Fatalf("%v: coming back: %v", frames, err)
				}
				again.next = 20
				again.ok("rename", map[string]any{"name": "Cleo"})
				w.wantOneParty(100+n, "a", again.lastParty())
				again.ok("leave", nil)
				again.drop()
			}
		}
		time.Sleep(3 * time.Minute)
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		a.ok("rename", map[string]any{"name": "Ada"})
	})
}

// wantOneParty checks that a host shows a guest in that party and in no other.
func (w *world) wantOneParty(n int, on, want string) {
	w.t.Helper()
	synctest.Wait()
	var in []party.ID
	for _, l := range w.hosts[on].loops {
		done := make(chan bool)
		l.Post(everyGame, func() {
			for _, p := range l.parties {
				p.rouse()
				if p.state == nil {
					continue
				}
				for _, m := range p.view().Members {
					if m.ID == party.PlayerID(guest(n)) {
						in = append(in, p.state.ID)
					}
				}
			}
			close(done)
		})
		<-done
	}
	if len(in) != 1 || string(in[0]) != want {
		w.t.Fatalf("guest %d is in %v, want only %s", n, in, want)
	}
}

// A member that is taken out while it is on its way goes on, and the host does.
func TestTakenOutOnTheWay(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		target := w.hello("a", 50).invite(nil)
		for n, f := range []string{
			`{"t":"invite","id":9}`, `{"t":"join","id":9,"code":"` + target + `","confirm":true}`,
			`{"t":"join","id":9,"code":"nosuchcode0000000","confirm":true}`, `{"t":"leave","id":9}`, `{"t":"rename","id":9,"name":"Zed"}`,
		} {
			page := w.open("a", code, n)
			b := w.hello("a", 100+2*n, ticketed(w.start("a", code, n)))
			ticket := w.start("a", code, n) // the same browser again
			b.session.Text(nil, []byte(f))
			c := w.hello("a", 101+2*n, ticketed(ticket)) // takes the seat over
			time.Sleep(time.Second)
			if c.lastParty() != home {
				t.Errorf("%s: the newer guest is in %s", f, c.lastParty())
			}
			if b.answerTo(9) == nil {
				t.Errorf("%s was never answered", f)
			}
			b.next = 20
			b.ok("rename", map[string]any{"name": "Bo"})
			w.wantOneParty(100+2*n, "a", b.lastParty())
			b.ok("leave", nil)
			c.ok("leave", nil)
			page.Close()
		}
		w.wantParty("a", home, "*1:in:connected")
	})
}

// The same with the pause held open, so that it surely is the middle.
func TestTakenOutDuringAPause(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		page := w.open("a", code, 1)
		defer page.Close()
		b := w.hello("a", 2, ticketed(w.start("a", code, 1)))
		w.on("a", home, func(*live) { b.session.s.pausing() })
		w.hello("a", 3, ticketed(w.start("a", code, 1)))
		w.wantParty("a", home, "*1:in:connected 3:loading:connected")
		b.session.Text(nil, []byte(`{"t":"rename","id":1,"name":"Bo"}`)) // waits
		w.on("a", home, func(*live) { b.session.s.rest() })
		synctest.Wait()
		if b.lastParty() == home || b.answerTo(1)["t"] != "ok" {
			t.Errorf("the player is in %s, its command was answered %v", b.lastParty(), b.answerTo(1))
		}
		w.wantOneParty(2, "a", b.lastParty())
	})
}

func TestAHelloWaitsForItsSession(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, home, _ := w.pair("a")
		w.on("a", home, func(*live) { b.session.s.pausing() })
		again := resuming(b, b.seq())
		var c *client
		var err error
		done := make(chan bool)
		go func() {
			c, err = w.greet("a", 2, again)
			close(done)
		}()
		synctest.Wait()
		select {
		case <-done:
			t.Fatal("the hello did not wait")
		default:
		}
		if b.closedWith() != protocol.Replaced {
			t.Errorf("the old connection was closed with %d", b.closedWith())
		}
		w.on("a", home, func(*live) { b.session.s.rest() })
		<-done
		if err != nil || c.welcome()["t"] != "resumed" {
			t.Fatalf("the hello: %v", err)
		}
		c.next = b.next
		c.ok("rename", map[string]any{"name": "Bo"})
	})
}

// A player comes back while what it asked for, to leave, is being written, or was
// not written in time: it is welcomed where it then is, at once.
func TestAHelloWhileALeaveIsWritten(t *testing.T) {
	for _, x := range []struct {
		name   string
		writes time.Duration // how long nothing is written
		left   bool
	}{
		{"in time", patience - time.Second, true},
		{"too late", patience + time.Second, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				_, b, home, _ := w.pair("a")
				release := w.holds("a", home)
				b.begin("leave", nil)
				again := resuming(b, b.seq())
				var c *client
				var err error
				done := make(chan bool)
				begun := time.Now()
				go func() {
					c, err = w.greet("a", 2, again)
					close(done)
				}()
				time.Sleep(x.writes)
				release()
				<-done
				if err != nil {
					t.Fatalf("the hello: %v", err)
				}
				if took := time.Since(begun); took > x.writes+time.Second {
					t.Errorf("the hello took %v, where nothing was written for %v", took, x.writes)
				}
				if got := c.lastParty() != home; got != x.left {
					t.Errorf("it has left: %t, want %t", got, x.left)
				}
				w.wantOneParty(2, "a", c.lastParty())
				c.next = b.next
				c.ok("rename", map[string]any{"name": "Bo"})
			})
		})
	}
}

// A player that is replaced in its seat while its hello is under way is
// welcomed elsewhere, and not left waiting.
func TestReplacedDuringHello(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(nil)
		page := w.open("a", code, 1)
		defer page.Close()
		for round := range 10 {
			ticket := w.start("a", code, 1)
			var all sync.WaitGroup
			for i := range 2 { // both have the ticket; one is first, and is then replaced by the next round's
				all.Go(func() {
					if _, err := w.greet("a", 200+2*round+i, ticketed(ticket)); err != nil {
						t.Errorf("hello: %v", err)
					}
				})
			}
			all.Wait()
		}
		synctest.Wait()
		if n := len(a.snapshotNow("a").Members); n != 2 {
			t.Errorf("%d members, want the inviter and the last guest", n)
		}
	})
}

// Frames of a session keep their order while it moves between loops.
func TestFramesKeepTheirOrderAcrossMoves(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.set(func(s *game.Settings) { s.Joins = 1000 })
		var codes []string
		for n := range 6 { // parties on all loops
			codes = append(codes, w.hello("a", n+1).invite(nil))
		}
		b := w.hello("a", 50)
		const rounds = 5
		var want []uint64
		for range rounds {
			for _, code := range codes {
				for _, f := range []string{`"t":"rename","name":"Bo"`, `"t":"join","confirm":true,"code":"` + code + `"`, `"t":"invites"`} {
					b.next++
					want = append(want, b.next)
					b.session.Text(nil, fmt.Appendf(nil, `{"id":%d,%s}`, b.next, f))
					if b.next%16 == 0 {
						time.Sleep(time.Second)
					}
				}
			}
			time.Sleep(5 * time.Second)
		}
		synctest.Wait()
		i := 0
		for _, f := range b.frames() {
			if f["t"] == "error" {
				t.Fatalf("an error: %v", f)
			}
			if f["t"] == "ok" {
				if f["id"] != float64(want[i]) {
					t.Fatalf("answer %d is to command %v, want %d", i, f["id"], want[i])
				}
				i++
			}
		}
		if i != len(want) {
			t.Errorf("%d answers to %d commands", i, len(want))
		}
	})
}
