package host

import (
	"fmt"
	"testing"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

func TestPressingAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(map[string]any{"maxUses": 1})
		page := w.open("a", code, 1)
		defer page.Close()
		first := w.start("a", code, 1)
		page.Visible(true)
		time.Sleep(3 * time.Second)
		second := w.start("a", code, 1)
		if first == second {
			t.Fatal("the second press brought the same ticket")
		}
		w.wantParty("a", home, "*1:in:connected (2)")
		stale := w.hello("a", 9, ticketed(first))
		if e := stale.welcome()["invite"].(map[string]any)["error"].(map[string]any); e["code"] != string(party.TicketSpent) {
			t.Errorf("the replaced ticket answers %v", e)
		}
		b := w.hello("a", 2, ticketed(second))
		if b.lastParty() != home {
			t.Fatal("the newer ticket does not lead to the party")
		}
		// The same guest may repeat it, anybody else may not.
		again := w.hello("a", 2, ticketed(second), func(c *Caller) { c.Hello.Party = party.ID(home) })
		if again.lastParty() != home || again.welcome()["invite"] != nil {
			t.Errorf("the repeated ticket answers %v", again.welcome())
		}
		thief := w.hello("a", 9, ticketed(second))
		if e := thief.welcome()["invite"].(map[string]any)["error"].(map[string]any); e["code"] != string(party.TicketSpent) {
			t.Errorf("a spent ticket answers %v", e)
		}
		// A browser may Start again as long as the link lives: another guest
		// takes the seat, the use moves to it, the former member leaves.
		third := w.start("a", code, 1)
		c := w.hello("a", 3, ticketed(third))
		w.wantParty("a", home, "*1:in:connected 3:loading:connected")
		if c.lastParty() != home {
			t.Error("the third ticket does not lead to the party")
		}
		frames := again.frames()
		if last := frames[len(frames)-1]; last["t"] != "party" || last["reason"] != "replaced" {
			t.Errorf("the former member was told %v", last)
		}
		if uses := a.ok("invites", nil)["invites"].([]any)[0].(map[string]any)["uses"]; uses != 1.0 {
			t.Errorf("the link counts %v uses", uses)
		}
	})
}

func TestATicketIsBoundToItsGame(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(nil)
		ticket := w.start("a", code, 1)
		refused := func(c *client, want party.Code) {
			t.Helper()
			invite, _ := c.welcome()["invite"].(map[string]any)
			if e, _ := invite["error"].(map[string]any); e["code"] != string(want) {
				t.Errorf("the ticket answers %v, want %s", invite, want)
			}
		}
		elsewhere := func(c *Caller) { c.Game = "other" }
		refused(w.hello("a", 5, ticketed(ticket), elsewhere), party.NotFound)
		native := func(c *Caller) { c.Origin = "" }
		refused(w.hello("a", 6, ticketed(ticket), native), party.OriginNotAllowed)
		refused(w.hello("a", 7, ticketed("nonsense")), party.NotFound)
		x := w.hello("a", 8, elsewhere)
		x.fails(party.NotFound, "join", map[string]any{"code": code})
		if b := w.hello("a", 2, ticketed(ticket)); b.lastParty() != a.lastParty() {
			t.Error("the refusals spent the ticket")
		}
	})
}

func TestATicketMovesNobodyOutOfCompany(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		c := w.hello("a", 3)
		target, code := c.lastParty(), c.invite(nil)
		ticket := w.start("a", code, 1)
		b.drop()
		b2 := w.hello("a", 2, ticketed(ticket), func(x *Caller) { x.Hello.Party = party.ID(home) })
		ask := b2.welcome()["invite"].(map[string]any)
		if b2.lastParty() != home || ask["from"] == "" || ask["error"] != nil {
			t.Fatalf("the player with company was answered %v", b2.welcome())
		}
		refused := b2.fails(party.ConfirmRequired, "join", map[string]any{"ticket": ticket})
		if refused["invite"].(map[string]any)["from"] == "" {
			t.Errorf("the question does not say whose party: %v", refused)
		}
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		b2.ok("join", map[string]any{"ticket": ticket, "confirm": true})
		w.wantParty("a", home, "*1:in:connected")
		w.wantParty("a", target, "*1:in:connected 2:loading:connected")
		if got := b2.lastParty(); got != target {
			t.Errorf("the player is in %s", got)
		}
		if events := a.events(); events[len(events)-1] != "left" {
			t.Errorf("the others saw %v", events)
		}
	})
}

// A player that is asked and stays leaves the ticket to whoever opens the game
// with it.
func TestATicketIsUntouchedByWhoStays(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		c := w.hello("a", 3)
		ticket := w.start("a", c.invite(nil), 1)
		b.fails(party.ConfirmRequired, "join", map[string]any{"ticket": ticket})
		a.fails(party.ConfirmRequired, "join", map[string]any{"ticket": ticket})
		d := w.hello("a", 4, ticketed(ticket))
		if d.lastParty() != c.lastParty() {
			t.Errorf("who opened the game with it is in %s, answered %v", d.lastParty(), d.welcome()["invite"])
		}
		b.fails(party.TicketSpent, "join", map[string]any{"ticket": ticket, "confirm": true})
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
	})
}

func TestAPageRecallsStartAfterACrash(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		ticket := w.start("a", code, 1)
		w.crash("a")
		w.host("a")
		page := w.open("a", code, 1)
		defer page.Close()
		look(page, 3*time.Second)
		w.wantParty("a", home, "*1:in:reconnecting (2)")
		if b := w.hello("a", 2, ticketed(ticket)); b.lastParty() != home {
			t.Error("the ticket did not survive the crash")
		}
	})
}

// A host remembers the tickets that it gave out; others may have changed them.
func TestATicketBetweenHosts(t *testing.T) {
	answer := func(c *client) any {
		invite, _ := c.welcome()["invite"].(map[string]any)
		e, _ := invite["error"].(map[string]any)
		return e["code"]
	}
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)

		ticket := w.start("a", code, 1)
		if b := w.hello("b", 2, ticketed(ticket)); b.lastParty() != home {
			t.Fatalf("the ticket answers %v on another host", answer(b))
		}
		if got := answer(w.hello("a", 3, ticketed(ticket))); got != string(party.TicketSpent) {
			t.Errorf("a ticket that was spent on another host answers %v", got)
		}
		ticket = w.start("a", code, 4)
		b := w.hello("b", 4, ticketed(ticket))
		b.ok("leave", nil)
		if again := w.hello("a", 4, ticketed(ticket)); again.lastParty() != home {
			t.Errorf("the same guest, who came by another host and left, is answered %v", answer(again))
		}

		old, newer := w.start("a", code, 5), w.start("b", code, 5)
		if got := answer(w.hello("a", 5, ticketed(old))); got != string(party.TicketSpent) {
			t.Errorf("a ticket that was replaced on another host answers %v", got)
		}
		if c := w.hello("a", 5, ticketed(newer)); c.lastParty() != home {
			t.Errorf("its replacement answers %v", answer(c))
		}

		gone := w.start("a", code, 6)
		if err := w.hosts["a"].o.Node.Delete(t.Context(), engine.Tickets, string(w.seatOf(code, 6))); err != nil {
			t.Fatal(err)
		}
		if got := answer(w.hello("a", 6, ticketed(gone))); got != string(party.TicketSpent) {
			t.Errorf("a ticket that is not stored any more answers %v", got)
		}
		if n := len(w.hosts["a"].tickets.bySeat); n != 0 {
			t.Errorf("%d tickets that were redeemed are remembered", n)
		}
	})
}

func TestNotAllTicketsAreRemembered(t *testing.T) {
	k := tickets{bySeat: map[party.SeatID]given{}}
	for i := range knownTickets + 9 {
		k.put(party.SeatID(fmt.Sprint(i)), given{revision: uint64(i + 2)})
	}
	if n := len(k.bySeat); n != knownTickets {
		t.Errorf("%d tickets are remembered, want %d", n, knownTickets)
	}
	newest := party.SeatID(fmt.Sprint(knownTickets + 8))
	k.put(newest, given{revision: 1})
	if g, ok := k.get(newest); !ok || g.revision == 1 {
		t.Errorf("of the newest seat revision %d is remembered, %t", g.revision, ok)
	}
}
