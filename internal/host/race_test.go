package host

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
)

// race sends frames of many clients at once and waits until all is quiet.
func race(clients []*client, send func(*client)) {
	var all sync.WaitGroup
	for _, c := range clients {
		all.Go(func() { send(c) })
	}
	all.Wait()
	time.Sleep(time.Second)
	synctest.Wait()
}

func (c *client) joins(code string) {
	c.next++
	c.session.Text(nil, fmt.Appendf(nil, `{"t":"join","id":%d,"code":%q}`, c.next, code))
}

var rounds = flag.Int("rounds", 5, "how often two hundred race for the last seat, and for the last use")

// The last seat, and the last use, go to exactly one of two hundred.
func TestTwoHundredForOneSeat(t *testing.T) {
	for _, last := range []struct {
		what   string
		size   int
		invite map[string]any
		code   party.Code
	}{
		{"seat", 2, nil, party.Full},
		{"use", 8, map[string]any{"maxUses": 1}, party.UsedUp},
	} {
		t.Run(last.what, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				g := w.games["demo"]
				g.Settings.PartySize = last.size
				w.games["demo"] = g
				w.host("b")
				var crowd []*client
				for n := range 200 {
					crowd = append(crowd, w.hello([]string{"a", "b"}[n%2], n+100))
				}
				for round := range *rounds {
					a := w.hello("a", 1000+round)
					home, code := a.lastParty(), a.invite(last.invite)
					race(crowd, func(c *client) { c.joins(code) })
					in, refused := 0, 0
					for _, c := range crowd {
						switch f := c.answerTo(c.next); {
						case f["t"] == "ok":
							in++
							if c.lastParty() != home {
								t.Errorf("guest %d was let in and is in %s", c.n, c.lastParty())
							}
							c.ok("leave", nil)
						case f["code"] == string(last.code):
							refused++
						default:
							t.Errorf("guest %d was answered %v", c.n, f)
						}
					}
					if in != 1 || refused != 199 {
						t.Fatalf("round %d: %d are in, %d were told %s", round, in, refused, last.code)
					}
				}
			})
		})
	}
	t.Logf("proved: %d times the last seat, and the last use, went to exactly one of 200", *rounds)
}

// answerTo is the answer to a command, nil if there is none.
func (c *client) answerTo(id uint64) map[string]any {
	for _, f := range c.frames() {
		if (f["t"] == "ok" || f["t"] == "error") && f["id"] == float64(id) {
			return f
		}
	}
	return nil
}

func TestFinalizeTwiceAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		b.session.Text(nil, fmt.Appendf(nil, `{"t":"finalize","id":%d,"success":true}`, b.next+1))
		b.session.Text(nil, fmt.Appendf(nil, `{"t":"finalize","id":%d,"success":false}`, b.next+2))
		b.next += 2
		synctest.Wait()
		for id := b.next - 1; id <= b.next; id++ {
			if f := b.answerTo(id); f["t"] != "ok" {
				t.Errorf("finalize %d was answered %v", id, f)
			}
		}
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		n := 0
		for _, e := range a.events() {
			if e == "finalized" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("finalized %d times", n)
		}
	})
}

// Two connections with one new key are one player in one party, and the newer
// stays.
func TestHelloTwiceAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for n := range 20 {
			clients := make([]*client, 3)
			var all sync.WaitGroup
			for i := range clients {
				all.Go(func() {
					c, err := w.greet("a", n+1)
					if err != nil && c.closed != protocol.Replaced {
						t.Errorf("hello: %v", err)
					}
					clients[i] = c
				})
			}
			all.Wait()
			synctest.Wait()
			open, parties := 0, map[string]bool{}
			for _, c := range clients {
				if c.closedWith() == 0 {
					open++
					c.ok("rename", map[string]any{"name": "Ada"})
				}
				if c.session != nil {
					parties[c.lastParty()] = true
				}
			}
			if open != 1 || len(parties) != 1 {
				t.Fatalf("%d connections stand, in %d parties", open, len(parties))
			}
		}
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
		w.on("a", home, func(*live) { b.session.s.stop() })
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
		w.on("a", home, func(*live) { b.session.s.stop() })
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

// snapshotNow is the party as the host shows it.
func (c *client) snapshotNow(on string) (v party.Snapshot) {
	c.w.on(on, c.lastParty(), func(p *live) { v = p.view() })
	return v
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

// A tick, a leave and a join at the same moment, on two hosts.
func TestTheClockAndThePlayersAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		random := rand.New(rand.NewPCG(1, 2))
		for round := range 10 {
			a := w.hello("a", 10*round+1)
			home, code := a.lastParty(), a.invite(nil)
			b := w.hello("b", 10*round+2)
			b.ok("join", map[string]any{"code": code})
			b.ok("finalize", map[string]any{"success": true})
			c := w.hello("b", 10*round+3)
			a.drop()
			b.drop()
			time.Sleep(party.DefaultRules.GraceIn - time.Duration(random.IntN(3))*time.Millisecond)
			go c.joins(code) // while both are being taken out
			d, err := w.tryHello("b", 10*round+2, resuming(b, b.seq()))
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			w.sameEverywhere(home, "a", "b")
			w.on("a", home, func(p *live) {
				if p.state.Leader == "" || p.state.Member(p.state.Leader) == nil {
					t.Errorf("the party of %d is led by %q", len(p.state.Members), p.state.Leader)
				}
			})
			w.wantOneParty(10*round+3, "b", home)
			w.wantOneParty(10*round+2, "b", d.lastParty())
		}
	})
}

// Pages, clients and the end of the host, all at once.
func TestCloseUnderLoad(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		h := w.hosts["a"]
		var clients []*client
		var codes []string
		for n := range 10 {
			c := w.hello("a", n+1)
			codes = append(codes, c.invite(nil))
			clients = append(clients, c)
		}
		var all sync.WaitGroup
		for i, c := range clients {
			all.Go(func() {
				for k := range 20 {
					c.joins(codes[(i+k)%len(codes)])
					c.reliable(uint64(k+1), 0, "x")
					if page, err := h.OpenPage(t.Context(), codes[(i+k)%len(codes)], auth.Browser(), someone); err == nil {
						page.Visible(true)
						defer page.Close()
					}
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					h.Hello(ctx, Caller{Game: "demo", Hello: protocol.Hello{V: 1, Key: key(1000 + 100*i + k)}, Conn: &client{w: w}, Address: someone})
					cancel()
				}
			})
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
		all.Wait()
		for _, c := range clients {
			if c.closedWith() == 0 {
				t.Error("a client was not told to come back")
			}
		}
	})
}
