package host

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/engine/enginetest"
	"partykit/internal/game"
	"partykit/party"
)

// sessionOf is the session that a client's welcome named.
func (c *client) sessionOf() string { return c.welcome()["session"].(string) }

// The process ended between the two writes of a link and nobody was answered:
// repeated, the command writes the one that is missing before it answers, also
// on another host and after a restart.
func TestALinkWhoseRecordWasNotWritten(t *testing.T) {
	for name, restart := range map[string]func(w *world){
		"elsewhere":       func(w *world) { w.crash("a") },
		"after a restart": func(w *world) { w.crash("a"); w.crash("b"); w.host("b") },
		"much later":      func(w *world) { time.Sleep(2 * time.Minute); w.crash("a") }, // even the mark of what was lost is gone
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.host("b")
				a, _, home, _ := w.pair("a")
				made := a.ok("invite", map[string]any{"expires": 600})
				code, id := made["code"].(string), a.next
				before, err := w.hosts["a"].link(t.Context(), "demo", auth.CodeHash(code))
				if err != nil {
					t.Fatal(err)
				}
				w.loseLink(code)
				restart(w)
				if got := w.problem("b", code); got != party.NotFound {
					t.Fatalf("without its record the link shows %q", got)
				}
				a = a.back("b")
				again := a.redo(id, "invite", map[string]any{"expires": 600})
				if again["t"] != "ok" || again["code"] != code || again["seq"] != made["seq"] {
					t.Fatalf("repeated: %v, was %v", again, made)
				}
				if after, err := w.hosts["b"].link(t.Context(), "demo", auth.CodeHash(code)); err != nil || after != before {
					t.Errorf("the record is %+v, %v; was %+v", after, err, before)
				}
				w.hello("b", 3).ok("join", map[string]any{"code": code})
				w.wantParty("b", home, "*1:in:connected 2:in:reconnecting 3:loading:connected")
				w.on("b", home, func(p *live) {
					if n := len(p.state.Invites); n != 2 {
						t.Errorf("%d links were made of 2", n)
					}
				})
			})
		})
	}
}

// A link of which only the record was written opens nothing until the command
// is repeated.
func TestALinkWhoseEventWasNotWritten(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, _ := w.pair("a")
		h := w.hosts["a"]
		m := h.making(a.sessionOf(), a.next+1, party.MakeInvite{Player: party.PlayerID(guest(1)), Expires: time.Hour}, false)
		stored := make(chan error)
		w.on("a", home, func(p *live) {
			l, err := foresee(p.state, m.cmd, p.known())
			if err != nil {
				t.Error(err)
			}
			go func() { stored <- h.store(t.Context(), m, l, false) }()
		})
		if err := <-stored; err != nil {
			t.Fatal(err)
		}
		if got := w.problem("a", m.code); got != party.NotFound {
			t.Fatalf("a link that was not made shows %q", got)
		}
		w.crash("a")
		w.host("b")
		a = a.back("b")
		if got := a.ok("invite", map[string]any{"expires": 3600}); got["code"] != m.code {
			t.Fatalf("repeated: %v, want the code %s", got, m.code)
		}
		w.hello("b", 3).ok("join", map[string]any{"code": m.code})
		w.wantParty("b", home, "*1:in:connected 2:in:reconnecting 3:loading:connected")
	})
}

// What is refused stores nothing.
func TestARefusedLinkHasNoRecord(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		for range party.DefaultRules.LinksEach {
			a.invite(nil)
			time.Sleep(10 * time.Second) // as often as one may
		}
		a.fails(party.TooMany, "invite", nil)
		_, _, err := w.hosts["a"].o.Node.Get(t.Context(), "demo", engine.Invites, auth.CodeHash(w.keys.Code(a.sessionOf(), a.next)))
		if !errors.Is(err, engine.ErrNotFound) {
			t.Errorf("its record: %v", err)
		}
	})
}

// fillInvites leaves no room for where codes lead. It returns what makes room.
func (w *world) fillInvites(node *engine.Node) (free func()) {
	w.t.Helper()
	ctx, n := w.t.Context(), 0
	for size := 128 << 10; size > 0; size /= 2 {
		for {
			_, err := node.Put(ctx, "demo", engine.Invites, fmt.Sprint("filler", n), []byte(strings.Repeat("x", size)), 0, 0)
			if errors.Is(err, engine.ErrFull) {
				break
			}
			if err != nil {
				w.t.Fatal(err)
			}
			n++
		}
	}
	return func() {
		for i := range n {
			if err := node.Delete(ctx, engine.Invites, fmt.Sprint("filler", i)); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// Where there is no room for a link's record its maker is told so, and no link
// stays of which nobody has the code. One that would have replaced another
// leaves that as it is.
func TestALinkWhoseRecordIsRefused(t *testing.T) {
	dir := t.TempDir()
	story(t, func(t *testing.T, w *world) {
		w.crash("a")
		w.engine = enginetest.OpenWith(t, engine.Options{Dir: dir, Shards: 1, MaxBytes: 1}) // a megabyte for each stream
		w.host("a")
		w.host("b")
		a, _, home, code := w.pair("a")
		kept := a.ok("invites", nil)["invites"].([]any)
		free := w.fillInvites(w.hosts["b"].o.Node)

		a.fails(party.StorageFull, "invite", nil)
		id := a.next
		a.fails(party.StorageFull, "invite", map[string]any{"replaces": kept[0].(map[string]any)["id"]})
		if now := a.ok("invites", nil)["invites"].([]any); len(now) != len(kept) {
			t.Errorf("of %d links there are %d", len(kept), len(now))
		}
		if got := w.problem("a", code); got != "" {
			t.Errorf("the link that there was shows %q", got)
		}
		if got := a.redo(id, "invite", nil); got["code"] != string(party.StorageFull) {
			t.Errorf("repeated: %v", got)
		}

		w.crash("a")
		a = a.back("b")
		if got := a.redo(id, "invite", nil); got["code"] != string(party.StorageFull) {
			t.Errorf("repeated elsewhere: %v", got)
		}
		free()
		w.crash("b")
		w.host("c")
		a = a.back("c")
		if got := a.redo(id, "invite", nil); got["code"] != string(party.Revoked) {
			t.Errorf("repeated when there was room: %v", got)
		}
		w.hello("c", 3).ok("join", map[string]any{"code": a.invite(nil)})
		w.wantParty("c", home, "*1:in:connected 2:in:reconnecting 3:loading:connected")
	})
}

// makes submits a player's command for a link whose record's write was lost, and
// calls then on the party's loop.
func (w *world) makes(c *client, home string, o party.InviteOptions, then func(*live, *job)) (m *making, answered chan outcome) {
	w.t.Helper()
	answered = make(chan outcome, 1)
	c.next++
	id := &party.CommandID{Session: party.SessionID(c.sessionOf()), Counter: c.next}
	m = w.hosts["a"].making(string(id.Session), c.next, party.MakeInvite{Player: party.PlayerID(guest(c.n)), Expires: time.Hour, Options: o}, false)
	w.on("a", home, func(p *live) {
		p.pins++
		j := &job{
			cmd: m.cmd, id: id, beside: &beside{of: m.cmd, underWay: true},
			done: func(o outcome) { answered <- o },
		}
		p.submit(j)
		then(p, j)
	})
	return m, answered
}

// A record whose write was not answered is written again before the link's maker is
// told the code.
func TestALinkWhoseRecordIsNotAnswered(t *testing.T) {
	for _, why := range []error{engine.ErrUnknown, engine.ErrUnavailable} {
		t.Run(why.Error(), func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				a, _, home, _ := w.pair("a")
				m, answered := w.makes(a, home, party.InviteOptions{}, func(p *live, j *job) {
					p.recorded(j, why, func() {
						j.beside.underWay = false
						p.pins--
						p.record(j, p.state)
					})
				})
				if o := <-answered; o.err != nil {
					t.Fatal(o.err)
				}
				w.hello("a", 3).ok("join", map[string]any{"code": m.code})
				w.wantParty("a", home, "*1:in:connected 2:in:connected 3:loading:connected")
			})
		})
	}
}

// Where a record is not answered for as long as its command may wait, its maker is
// told so and the link stays: the command, repeated, writes the record.
func TestALinkWhoseRecordIsNeverAnswered(t *testing.T) {
	for _, why := range []error{engine.ErrUnknown, engine.ErrUnavailable} {
		t.Run(why.Error(), func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				a, b, home, _ := w.pair("a")
				m, answered := w.makes(a, home, party.InviteOptions{}, func(p *live, j *job) {
					var fail func()
					fail = func() { p.recorded(j, why, fail) }
					fail()
				})
				id, began := a.next, time.Now()
				if o := <-answered; o.err == nil || o.err.Code != party.Unavailable || time.Since(began) != patience {
					t.Fatalf("answered %v after %v", o.err, time.Since(began))
				}
				time.Sleep(time.Second)
				b.ok("rename", map[string]any{"name": "Bea"}) // the party goes on
				if n := len(a.ok("invites", nil)["invites"].([]any)); n != 2 {
					t.Errorf("%d of 2 links are left", n)
				}
				if got := w.problem("a", m.code); got != party.NotFound {
					t.Fatalf("without its record the link shows %q", got)
				}
				w.crash("a")
				w.host("b")
				a = a.back("b")
				if got := a.redo(id, "invite", map[string]any{"expires": 3600}); got["t"] != "ok" || got["code"] != m.code {
					t.Fatalf("repeated: %v", got)
				}
				w.hello("b", 3).ok("join", map[string]any{"code": m.code})
				w.wantParty("b", home, "*1:in:connected 2:in:reconnecting 3:loading:connected")
			})
		})
	}
}

// A link whose record is refused ends before its maker can take it along.
func TestALinkWhoseRecordIsRefusedEndsAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, _ := w.pair("a")
		m, answered := w.makes(a, home, party.InviteOptions{OnLeave: party.FollowOnLeave}, func(p *live, j *job) {
			p.submit(&job{cmd: party.Leave{Player: j.beside.of.Player, Reason: party.ReasonLeft}})
			p.recorded(j, engine.ErrFull, nil)
		})
		if o := <-answered; o.err == nil || o.err.Code != party.StorageFull {
			t.Fatalf("answered %v", o.err)
		}
		synctest.Wait()
		w.on("a", home, func(p *live) {
			if i := p.state.Invite(m.cmd.ID); i == nil || i.Revoked == 0 || i.Went {
				t.Errorf("the link is %+v", i)
			}
			if p.state.Member(m.cmd.Player) != nil {
				t.Error("its maker has not left")
			}
		})
	})
}

// A link whose event is decided again, behind another host's, has its record and
// is not written another.
func TestALinkThatIsDecidedAgainHasItsRecord(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a, b, home, _ := w.pair("a")
		b.drop()
		b = b.back("b")
		m := w.hosts["a"].making(a.sessionOf(), a.next+1, party.MakeInvite{Player: party.PlayerID(guest(1)), Expires: time.Hour}, false)
		answered := make(chan outcome, 1)
		w.deaf("a", home, func() {
			b.ok("rename", map[string]any{"name": "Bea"})
			w.on("a", home, func(p *live) {
				p.submit(&job{cmd: m.cmd, beside: &beside{of: m.cmd}, done: func(o outcome) { answered <- o }})
				p.appended(0, engine.ErrUnknown) // it is decided again after a moment
			})
			synctest.Wait()
			if _, _, err := w.hosts["b"].o.Node.Get(t.Context(), "demo", engine.Invites, m.cmd.Hash); err != nil {
				t.Errorf("its record: %v", err)
			}
			w.loseLink(m.code)
		})
		if o := <-answered; o.err != nil || len(o.entry.Events) != 1 {
			t.Fatalf("answered %v with %v", o.err, o.entry.Events)
		}
		if _, _, err := w.hosts["b"].o.Node.Get(t.Context(), "demo", engine.Invites, m.cmd.Hash); !errors.Is(err, engine.ErrNotFound) {
			t.Errorf("its record was written twice: %v", err)
		}
	})
}

// The event of a link that lost against another host's is decided again.
func TestALinkThatIsDecidedAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a, b, home, _ := w.pair("a")
		b.drop()
		b = b.back("b")
		w.deaf("a", home, func() { b.ok("rename", map[string]any{"name": "Bea"}) })
		w.hello("b", 3).ok("join", map[string]any{"code": a.invite(nil)})
		synctest.Wait()
		w.wantParty("a", home, "*1:in:connected 2:in:connected 3:loading:connected")
	})
}

// A command that was applied before its party had a log, and made no link, holds
// nobody up when its number comes again with another.
func TestWhatWasAppliedBeforeWaitsForNoEvent(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		a.ok("rename", map[string]any{"name": "Ada"}) // alone, as id 1
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": a.invite(nil)})
		w.crash("a")
		w.host("b")
		a, b = a.back("b"), b.back("b")
		a.redo(1, "invite", nil)
		b.ok("rename", map[string]any{"name": "Bea"})
		a.ok("rename", map[string]any{"name": "Eve"})
	})
}

// A link that is there already, asked for by a command that nobody remembers, is
// answered behind whatever was said since.
func TestALinkThatIsThereWaitsForNoMessage(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		made := a.ok("invite", nil)
		m := w.hosts["a"].making(a.sessionOf(), a.next, party.MakeInvite{Player: party.PlayerID(guest(1))}, false)
		b.reliable(1, 0, "x")
		synctest.Wait()
		answered := make(chan outcome, 1)
		w.on("a", home, func(p *live) {
			if p.last <= p.state.Seq {
				t.Error("the message is not the newest")
			}
			p.submit(&job{cmd: m.cmd, beside: &beside{of: m.cmd}, done: func(o outcome) { answered <- o }})
		})
		time.Sleep(time.Second)
		select {
		case o := <-answered:
			if o.err != nil {
				t.Errorf("the link %v that is there: %v", made["invite"], o.err)
			}
		default:
			t.Error("it was not answered")
		}
		a.ok("rename", map[string]any{"name": "Ada"})
	})
}

// A link that followed its maker says what it said before, and leads on when it
// is dead.
func TestALinkThatFollowedKeepsItsDates(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksOpen)
		a, b := w.hello("a", 1), w.hello("a", 2)
		code := a.invite(map[string]any{"onLeave": "follow", "expires": 600})
		before, err := w.hosts["a"].link(t.Context(), "demo", auth.CodeHash(code))
		if err != nil {
			t.Fatal(err)
		}
		b.ok("settings", map[string]any{"openness": "open"})
		a.ok("join", map[string]any{"party": b.lastParty()})
		time.Sleep(time.Second)
		want := before
		want.Party = party.ID(b.lastParty())
		if after, err := w.hosts["a"].link(t.Context(), "demo", auth.CodeHash(code)); err != nil || after != want {
			t.Fatalf("the record is %+v, %v; want %+v", after, err, want)
		}
		time.Sleep(11 * time.Minute)
		w.wantOnward(code, party.Expired, party.OnwardJoin)
	})
}
