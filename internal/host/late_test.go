package host

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
)

// What a session asked for may come back when it has lost its connection, changed
// its party, or ended.

// hang lets no lookup of game demo on a host begin, until the returned function.
func (w *world) hang(on string) (release func()) {
	end := make(chan struct{})
	for range maxLookups {
		w.hosts[on].lookUp("demo", func(context.Context) { <-end })
	}
	let := sync.OnceFunc(func() { close(end) })
	w.t.Cleanup(let)
	return func() {
		let()
		synctest.Wait()
	}
}

// lookers counts the pages and doors that a party knows of.
func (w *world) lookers(on, id string) (n int) {
	w.on(on, id, func(p *live) { n = len(p.pages.open) + len(p.state.Line) + len(p.state.Asks) })
	return n
}

// Somebody is kicked while what it asked for is looked up, with its connection or
// after it lost that: the server goes on, nothing of it stays anywhere, and it is
// answered if it is there.
func TestAKickDuringALookup(t *testing.T) {
	for _, x := range []struct {
		t       string
		members map[string]any
	}{
		{"report", map[string]any{"n": 1}},
		{"wait", map[string]any{"code": "full"}},
		{"ask", map[string]any{"code": "full"}},
		{"join", map[string]any{"code": "full", "confirm": true}},
		{"join", map[string]any{"code": "nosuchcode0000000"}},
		{"invite", map[string]any{"spoken": true}},
		{"identify", map[string]any{"token": ""}},
	} {
		for _, lost := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, lost %t", x.t, lost), func(t *testing.T) {
				story(t, func(t *testing.T, w *world) {
					w.naming()
					full := w.hello("a", 8)
					there, code := full.lastParty(), full.invite(nil)
					full.ok("settings", map[string]any{"size": 1})
					a, b, home, _ := w.pair("a")
					members := map[string]any{}
					for k, v := range x.members {
						if members[k] = v; v == "full" {
							members[k] = code
						}
					}
					if x.t == "identify" {
						members["token"] = named("bob", "Bob")
					}
					release := w.hang("a")
					id := b.begin(x.t, members)
					if lost {
						b.session.Gone()
					}
					a.ok("kick", map[string]any{"n": 2})
					if b.answerTo(id) != nil {
						t.Fatal("it was answered before it was looked up")
					}
					release()
					time.Sleep(time.Second)
					w.wantParty("a", home, "*1:in:connected")
					if !lost && b.answerTo(id) == nil {
						t.Error("it was never answered")
					}
					b.drop()
					time.Sleep(3 * time.Minute)
					if n := w.lookers("a", there); n != 0 {
						t.Errorf("%d pages, places and questions are left at the door", n)
					}
					w.hello("a", 2).ok("rename", map[string]any{"name": "Bo"})
				})
			})
		}
	}
}

// Who has left a door before it got there is not there afterwards.
func TestNobodyComesToADoorThatItHasLeft(t *testing.T) {
	for what, leave := range map[string]func(w *world, c *client, other string){
		"lost its connection": func(_ *world, c *client, _ string) { c.session.Gone() },
		"left":                func(_ *world, c *client, _ string) { c.begin("wait", nil) },
		"waits elsewhere":     func(_ *world, c *client, other string) { c.begin("wait", map[string]any{"code": other}) },
		"came back": func(w *world, c *client, _ string) {
			c.drop()
			c = w.hello("a", 3, resuming(c, 0)) // what it missed would be looked up as well
			w.t.Cleanup(c.session.Gone)
		},
		"is in another party": func(w *world, c *client, _ string) {
			w.on("a", c.lastParty(), func(p *live) {
				s := p.sessions[party.PlayerID(guest(3))]
				s.alone(p, func() { s.arrived(party.ReasonLeft) })
			})
		},
	} {
		t.Run(what, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				var codes, homes []string
				for n := range 2 {
					a := w.hello("a", 10+n)
					homes = append(homes, a.lastParty())
					codes = append(codes, a.invite(nil))
					a.ok("settings", map[string]any{"size": 1})
				}
				c := w.hello("a", 3)
				c.ok("settings", map[string]any{"openness": "open"})
				release := w.hang("a")
				id := c.begin("wait", map[string]any{"code": codes[0]})
				leave(w, c, codes[1])
				synctest.Wait()
				release()
				time.Sleep(time.Second)
				if n := w.lookers("a", homes[0]); n != 0 {
					t.Errorf("%d pages and places are left at the door", n)
				}
				want := 0
				if what == "waits elsewhere" {
					want = 2
				}
				if n := w.lookers("a", homes[1]); n != want {
					t.Errorf("at the other door there are %d pages and places, want %d", n, want)
				}
				if a := c.answerTo(id); what == "waits elsewhere" && a["t"] != "ok" {
					t.Errorf("it was answered %v", a)
				}
				c.session.Gone()
			})
		})
	}
}

// Between two parties a session hears nothing; what was to be done is done in the
// next, and never once it has ended.
func TestBetweenTwoPartiesNothingIsDone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		s, alone := a.session.s, a.lastParty()
		home := party.ID(alone)
		var in []party.ID
		note := func(p *live) { in = append(in, p.state.ID) }
		w.on("a", alone, func(p *live) {
			p.pins++ // so that it stays
			s.party = nil
			s.do(p.loop, note)
			s.do(nil, note)
		})
		synctest.Wait()
		if len(in) > 0 {
			t.Fatalf("done in %v", in)
		}
		s.owner.Load().Post("demo", func() {
			p := s.owner.Load().parties[ref("demo", home)]
			p.pins--
			p.adopt(s)
			if len(in) > 0 {
				t.Error("done before it was told its party")
			}
		})
		synctest.Wait()
		if !slices.Equal(in, []party.ID{home, home}) {
			t.Fatalf("done in %v, want twice in %v", in, home)
		}
		w.on("a", alone, func(p *live) {
			p.release(s)
			s.end()
			s.do(p.loop, note)
			s.do(nil, note)
			s.push(input{conn: s.conn, command: &protocol.Command{T: "rename", ID: 9, Name: "Bo"}})
			s.rest()
		})
		synctest.Wait()
		if len(in) != 2 || len(s.pause.ahead) != 0 || len(s.inbox) != 1 {
			t.Errorf("done for a session that has ended: %v", in[2:])
		}
	})
}

// Nothing comes before the answer to a hello: neither what the player had asked
// for on its former connection, nor what happens in its party.
func TestNothingComesBeforeTheWelcome(t *testing.T) {
	first := func(c *client) any { return c.received()[0].text["t"] }
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		a.drop()
		a = a.back("a", func(c *Caller) { c.Hello.Own.Data = party.Data{"level": []byte(`"meadow"`)} })
		if got := first(a); got != "resumed" && got != "welcome" {
			t.Errorf("who restates its data is first told %v", got)
		}
		if got := a.snapshotNow("a").Data; string(got["level"]) != `"meadow"` {
			t.Errorf("the data are %v", got)
		}

		b, c, _, _ := w.pairOf("a", 2, 3)
		ticket := w.start("a", b.invite(nil), 4)
		release := w.hang("a")
		id := c.begin("report", map[string]any{"n": 1})
		again, done := (*client)(nil), make(chan bool)
		go func() { // its ticket is looked up behind the report
			defer close(done)
			var err error
			if again, err = w.greet("a", 3, ticketed(ticket)); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		b.ok("data", map[string]any{"set": map[string]any{"level": "lake"}})
		b.volatile(0, "hi")
		release()
		<-done
		if got := first(again); got != "welcome" {
			t.Errorf("who comes back is first told %v", got)
		}
		if a := c.answerTo(id); a != nil {
			t.Errorf("the former connection was answered %v", a)
		}
	})
}

// waiting has a player wait in line by the link of another, which follows its
// maker.
func (w *world) waiting() (maker, c *client, home, code string) {
	w.t.Helper()
	a, _, home, _ := w.pair("a")
	code = a.invite(following())
	a.ok("settings", map[string]any{"size": 2})
	c = w.hello("a", 3)
	c.ok("wait", map[string]any{"code": code})
	time.Sleep(time.Second)
	return a, c, home, code
}

// A player goes on waiting where the link leads that it came by.
func TestWhoWaitsGoesOnWithTheLink(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, c, home, code := w.waiting()
		if you := c.door()["you"].(map[string]any); you["stage"] != "line" {
			t.Fatalf("it is told %v", you)
		}
		a.ok("leave", nil)
		time.Sleep(time.Second)
		if you, _ := c.door()["you"].(map[string]any); you["stage"] != "held" {
			t.Errorf("when its maker has left with the link it is told %v", c.door())
		}
		if n := w.lookers("a", home); n != 0 {
			t.Errorf("at the former door are %d", n)
		}
		c.ok("join", map[string]any{"code": code})
		w.wantParty("a", a.lastParty(), "*1:in:connected 2:loading:connected")
	})
}

// Who asks where a dead link led on to goes on with its maker: a player asks
// again, a page is opened again. Of a party of one that nobody is in any more
// nothing stays.
func TestWhoAsksGoesOnWithTheMaker(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksAsk)
		a, code := w.parted()
		alone := a.lastParty()
		c := w.hello("a", 3)
		c.ok("ask", map[string]any{"code": code})
		page := w.lookedAt(code, 7)
		defer page.Close()
		page.Ask()
		time.Sleep(3 * time.Second)
		if you := c.door()["you"].(map[string]any); you["stage"] != "asking" || a.asking() == 0 {
			t.Fatalf("it is told %v", you)
		}
		if v := w.newest(page); v.You == nil || v.You.Stage != party.Asking {
			t.Fatalf("the page shows %+v", v.You)
		}
		d := w.hello("a", 4)
		a.ok("join", map[string]any{"code": d.invite(nil), "confirm": true})
		time.Sleep(time.Second)
		if !ended(page) {
			t.Error("the page stays where nobody is")
		}
		if n := d.asking(); n == 0 {
			t.Fatalf("the player does not ask where the maker is: it is told %v", c.door())
		}
		d.ok("admit", map[string]any{"n": d.asking(), "yes": true})
		c.ok("join", map[string]any{"code": code})
		w.wantParty("a", d.lastParty(), "*1:in:connected 2:loading:connected 3:loading:connected")
		time.Sleep(keepIdle + time.Second)
		if w.has("a", alone) {
			t.Error("the party of one stays in memory")
		}
	})
}

// A link that leads nowhere by the time it is looked up again says so.
func TestWhoWaitsIsToldWhenTheLinkLeadsNowhere(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, c, _, _ := w.waiting()
		release := w.hang("a")
		a.ok("leave", nil)
		g := w.games["demo"]
		g.Active = false
		w.games["demo"] = g
		release()
		time.Sleep(time.Second)
		if d := c.door(); d["problem"] != string(party.KitNotActivated) || d["you"] != nil {
			t.Errorf("it is told %v", d)
		}
	})
}

// The same player on another address comes back while its code is looked up: what
// a lookup needs of a session it has from the start, which the race detector sees.
func TestComingBackWhileACodeIsLookedUp(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.set(func(s *game.Settings) { s.Joins = 1000 })
		a, _, _, code := w.pair("a")
		a.ok("settings", map[string]any{"size": 2})
		c := w.hello("a", 3)
		s := c.session.s
		for range 20 {
			w.on("a", c.lastParty(), func(*live) {
				s.door(protocol.Command{T: protocol.TWait, Code: code})
				s.from = someone
			})
			time.Sleep(time.Second)
		}
		c.drop()
	})
}
