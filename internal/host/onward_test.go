package host

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"partykit/internal/game"
	"partykit/party"
)

func (w *world) deadLinks(do game.DeadLinks) {
	w.set(func(s *game.Settings) { s.DeadLinks = do })
}

// shows is what a browser with a link is shown.
func (w *world) shows(code string, n int) party.Invitation {
	w.t.Helper()
	who := ""
	if n > 0 {
		who = browser(n)
	}
	v, err := w.hosts["a"].Invitation(w.t.Context(), code, who, netip.Addr{})
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// wantOnward checks what a dead link offers to strangers, by the page and by
// what is kept for crowds.
func (w *world) wantOnward(code string, problem party.Code, want party.Onward) {
	w.t.Helper()
	notice, err := w.hosts["a"].Notice(w.t.Context(), code, netip.Addr{})
	if err != nil {
		w.t.Fatal(err)
	}
	for what, v := range map[string]party.Invitation{"a browser": w.shows(code, 30), "a stranger": w.shows(code, 0), "a crowd": notice.Invitation} {
		if v.Problem != problem || v.Onward != want {
			w.t.Errorf("%s is shown %q, offered %q; want %q, %q", what, v.Problem, v.Onward, problem, want)
		}
		if v.Inviter.Name != "" || len(v.Members) > 0 {
			w.t.Errorf("%s is told names by a dead link: %+v", what, v)
		}
	}
	if want != "" && notice.Current != nil {
		w.t.Error("what hangs on where a player is may be kept")
	}
}

func TestADeadLinkEndsUnlessTheGameWantsMore(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 60})
		a.ok("settings", map[string]any{"openness": "open"})
		time.Sleep(2 * time.Minute)
		w.wantOnward(code, party.Expired, "")
		b := w.hello("a", 2)
		if e := b.fails(party.Expired, "join", map[string]any{"code": code, "onward": true}); e["next"] != nil {
			t.Errorf("offered %v", e["next"])
		}
	})
}

func TestADeadLinkLeadsToAnOpenParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksOpen)
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 60})
		time.Sleep(61 * time.Second)
		w.wantOnward(code, party.Expired, "") // the party is not open
		a.ok("settings", map[string]any{"openness": "open"})
		w.wantOnward(code, party.Expired, party.OnwardJoin)
		last := func() (seq uint64) {
			w.on("a", a.lastParty(), func(p *live) { seq = p.state.Seq })
			return seq
		}
		before := last()
		w.shows(code, 9)
		if after := last(); after != before {
			t.Errorf("looking wrote %d entries", after-before)
		}

		// By the page.
		ticket, page := w.press("a", code, browser(5))
		defer page.Close()
		if v := w.newest(page); v.Problem != "" || v.You == nil || v.You.Stage != party.HeldStage {
			t.Errorf("after Start the page shows %q, %+v", v.Problem, v.You)
		}
		w.hello("a", 5, ticketed(ticket))
		// In the game.
		c := w.hello("a", 3)
		if e := c.fails(party.Expired, "join", map[string]any{"code": code}); e["next"] != "join" {
			t.Errorf("a player is offered %v", e["next"])
		}
		c.ok("join", map[string]any{"code": code, "onward": true})
		w.wantParty("a", a.lastParty(), "*1:in:connected 2:loading:connected 3:loading:connected")

		// Into another party, where its maker has gone.
		d := w.hello("a", 4)
		d.ok("settings", map[string]any{"openness": "open"})
		open := w.open("a", code, 6)
		defer open.Close()
		a.ok("join", map[string]any{"party": d.lastParty(), "confirm": true})
		time.Sleep(time.Second)
		if !ended(open) {
			t.Error("an open page still leads to where the maker was")
		}
		e := w.hello("a", 6)
		e.ok("join", map[string]any{"code": code, "onward": true})
		w.wantParty("a", d.lastParty(), "*1:in:connected 2:loading:connected 3:loading:connected")

	})
}

// Who looks at a dead link is led on when the party of its maker opens, and
// nobody looks for one who does not look.
func TestAnOpenPageOfADeadLinkIsLedOn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksOpen)
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 60})
		page, hidden := w.lookedAt(code, 6), w.lookedAt(code, 7)
		defer page.Close()
		defer hidden.Close()
		time.Sleep(2 * time.Minute) // meanwhile it dies
		hidden.Visible(false)
		if ended(page) || ended(hidden) {
			t.Fatal("a dead link leads into a party that is not open")
		}
		a.ok("settings", map[string]any{"openness": "open"})
		time.Sleep(onwardEvery + time.Second)
		if !ended(page) || ended(hidden) {
			t.Errorf("led on are: who looks %v, who does not %v; want only who looks", ended(page), ended(hidden))
		}
		page = w.lookedAt(code, 6)
		defer page.Close()
		if v := w.newest(page); v.Onward != party.OnwardJoin {
			t.Errorf("opened again, it offers %q", v.Onward)
		}
		hidden.Visible(true)
		time.Sleep(time.Second)
		if !ended(hidden) {
			t.Error("who looks again is not led on")
		}
	})
}

// A crowd that looks at a dead link looks for its way on once at a time, so that
// what players do does not wait behind it, and not for pages that have closed.
func TestACrowdAtADeadLinkLooksOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksOpen)
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 60})
		h, crowd := w.hosts["a"], make([]*Page, 100)
		for n := range crowd {
			crowd[n] = w.lookedAt(code, 10+n)
		}
		time.Sleep(2 * time.Minute) // meanwhile it dies
		waiting := func() (n int) {
			h.lookups.mu.Lock()
			defer h.lookups.mu.Unlock()
			if u := h.lookups.games["demo"]; u != nil {
				n = len(u.wait)
			}
			return n
		}
		hang := make(chan struct{})
		for range maxLookups {
			h.lookUp("demo", func(context.Context) { <-hang })
		}
		time.Sleep(time.Minute)
		if n := waiting(); n != 1 {
			t.Errorf("%d lookups wait for 100 pages of one dead link, want 1", n)
		}
		for _, page := range crowd[:50] {
			page.Close()
		}
		a.ok("settings", map[string]any{"openness": "open"})
		close(hang)
		time.Sleep(2 * onwardEvery)
		if n := waiting(); n != 0 {
			t.Errorf("%d lookups still wait", n)
		}
		for n, page := range crowd {
			if ended(page) != (n >= 50) {
				t.Fatalf("page %d of 100, of which 50 have closed: led on %t", n, ended(page))
			}
		}
	})
}

// Whom the party of the maker keeps out stays where it is while strangers are
// led on.
func TestADeadLinkLeadsOnWhoMayComeIn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksOpen)
		a, b := w.hello("a", 1), w.hello("a", 2)
		code, other := a.invite(map[string]any{"expires": 60}), b.invite(nil)
		ticket := w.start("a", other, 6) // of the browser that is banned from there
		w.hello("a", 6, ticketed(ticket))
		time.Sleep(time.Second)
		b.ok("kick", map[string]any{"n": 2, "ban": true})
		banned, stranger := w.lookedAt(code, 6), w.lookedAt(code, 7)
		defer banned.Close()
		defer stranger.Close()
		time.Sleep(2 * time.Minute)
		b.ok("settings", map[string]any{"openness": "open"})
		a.ok("join", map[string]any{"party": b.lastParty(), "confirm": true})
		time.Sleep(2 * onwardEvery)
		if ended(banned) || !ended(stranger) {
			t.Errorf("led on are: who is banned there %t, a stranger %t; want the stranger", ended(banned), ended(stranger))
		}
	})
}

// parted has a player invite another and both leave, until the link has expired
// and the maker waits alone.
func (w *world) parted() (maker *client, code string) {
	w.t.Helper()
	a, b := w.hello("a", 1), w.hello("a", 2)
	code = a.invite(map[string]any{"expires": 60})
	b.ok("join", map[string]any{"code": code})
	a.ok("leave", nil)
	b.ok("leave", nil)
	time.Sleep(2 * time.Minute)
	return a, code
}

// A maker that waits alone is found, though its party sleeps.
func TestADeadLinkWakesItsMakersParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksAsk)
		a, code := w.parted()
		if !w.asleep("a", a.lastParty()) {
			t.Fatal("she does not sleep")
		}
		w.shows(code, 0) // its party is looked at, and so finds that it is over
		time.Sleep(time.Second)
		w.wantOnward(code, party.Ended, party.OnwardAsk)
		c := w.hello("a", 3)
		c.ok("ask", map[string]any{"code": code})
		time.Sleep(time.Second)
		a.ok("admit", map[string]any{"n": a.asking(), "yes": true})
		c.ok("join", map[string]any{"code": code})
		w.wantParty("a", a.lastParty(), "*1:in:connected 2:loading:connected")
	})
}

func TestADeadLinkLeadsOnForADay(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksOpen)
		a, b := w.hello("a", 1), w.hello("a", 2)
		code := a.invite(map[string]any{"maxUses": 1, "expires": 14 * 24 * 3600})
		a.ok("settings", map[string]any{"openness": "open"})
		b.ok("join", map[string]any{"code": code})
		w.wantOnward(code, party.UsedUp, party.OnwardJoin)
		time.Sleep(24 * time.Hour)
		w.wantOnward(code, party.UsedUp, "")
	})
}

func TestADeadLinkAsksItsMakersParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksAsk)
		b := w.hello("a", 2)
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"until": "empty"})
		a.ok("join", map[string]any{"code": b.invite(nil)}) // her own party is over by that
		time.Sleep(time.Second)
		w.wantOnward(code, party.Ended, party.OnwardAsk)
		if e := w.hello("a", 9).fails(party.Ended, "join", map[string]any{"code": code, "onward": true}); e["next"] != "ask" {
			t.Errorf("a player is offered %v", e["next"])
		}

		// By the page.
		page := w.lookedAt(code, 7)
		defer page.Close()
		page.Ask()
		time.Sleep(3 * time.Second)
		b.ok("admit", map[string]any{"n": 3, "yes": true})
		if v := w.newest(page); v.You == nil || !v.You.LetIn {
			t.Fatalf("let in, it is shown %+v", v.You)
		}
		w.hello("a", 7, ticketed(w.start("a", code, 7)))
		// In the game.
		c := w.hello("a", 3)
		c.ok("ask", map[string]any{"code": code})
		time.Sleep(time.Second)
		a.ok("admit", map[string]any{"n": 4, "yes": true})
		c.ok("join", map[string]any{"code": code})
		w.wantParty("a", b.lastParty(), "*1:in:connected 2:loading:connected 3:loading:connected 4:loading:connected")

		b.ok("settings", map[string]any{"openness": "locked"})
		w.wantOnward(code, party.Ended, "")
	})
}

// Where the party of a link is gone, nobody knows whether its maker took it back,
// or whom that party kept out.
func TestALinkWhosePartyIsGoneLeadsNowhere(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksAsk)
		a, b, c := w.hello("a", 1), w.hello("a", 2), w.hello("a", 3)
		b.ok("settings", map[string]any{"openness": "open"})
		taken := a.ok("invite", nil)
		a.ok("revoke", map[string]any{"invite": taken["invite"].(map[string]any)["id"]})
		code := a.invite(map[string]any{"expires": 600})
		c.ok("join", map[string]any{"code": code})
		a.ok("kick", map[string]any{"n": 2, "ban": true})
		time.Sleep(time.Hour) // a plays alone and its party has no log any more
		a.ok("join", map[string]any{"party": b.lastParty()})
		w.wantOnward(taken["code"].(string), party.Ended, "")
		w.wantOnward(code, party.Ended, "")
		c.fails(party.Ended, "join", map[string]any{"code": taken["code"], "onward": true})
		c.fails(party.Ended, "join", map[string]any{"code": code, "onward": true})
	})
}

func TestAPersonalLinkLeadsNobodyElseOn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.deadLinks(game.DeadLinksAsk)
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 60, "for": guest(2)})
		a.ok("settings", map[string]any{"openness": "open"})
		time.Sleep(2 * time.Minute)
		w.wantOnward(code, party.Expired, "")
		c := w.hello("a", 3)
		if e := c.fails(party.Expired, "join", map[string]any{"code": code, "onward": true}); e["next"] != nil {
			t.Errorf("somebody else is offered %v", e["next"])
		}
		w.hello("a", 2).ok("join", map[string]any{"code": code, "onward": true})
		w.wantParty("a", a.lastParty(), "*1:in:connected 2:loading:connected")
	})
}
