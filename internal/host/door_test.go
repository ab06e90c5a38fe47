package host

import (
	"slices"
	"testing"
	"time"

	"partykit/party"
)

// lookedAt opens the invite page of browser n and looks at it.
func (w *world) lookedAt(code string, n int) *Page {
	w.t.Helper()
	page := w.open("a", code, n)
	page.Visible(true)
	return page
}

// door is how it goes at the door, as the client was told last.
func (c *client) door() map[string]any {
	var last map[string]any
	for _, f := range c.frames() {
		if f["t"] == "door" {
			last = f
		}
	}
	return last
}

func TestALineBeforeAFullParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, code := w.pair("a")
		a.ok("settings", map[string]any{"size": 2})
		page := w.lookedAt(code, 1)
		defer page.Close()
		if v := w.newest(page); v.Problem != party.Full {
			t.Fatalf("the page shows %q", v.Problem)
		}
		page.Queue()
		if v := w.newest(page); v.You == nil || v.You.Stage != party.InLine || v.You.Place != 1 {
			t.Fatalf("the page shows %+v", v.You)
		}
		c := w.hello("a", 3)
		c.fails(party.Full, "join", map[string]any{"code": code})
		c.ok("wait", map[string]any{"code": code})
		time.Sleep(time.Second)
		for _, f := range c.frames() { // the first is of the line already
			if you, _ := f["you"].(map[string]any); f["t"] == "door" && (you["stage"] != "line" || you["place"] != 2.0) {
				t.Fatalf("the player is told %v", f)
			}
		}
		b.ok("leave", nil)
		if v := w.newest(page); v.You.Stage != party.Offered {
			t.Fatalf("the first in line is shown %+v", v.You)
		}
		page.Close() // and does not come
		time.Sleep(party.OfferTime)
		if you := c.door()["you"].(map[string]any); you["stage"] != "offered" {
			t.Fatalf("the second is told %v", you)
		}
		c.ok("join", map[string]any{"code": code})
		w.wantParty("a", home, "*1:in:connected 4:loading:connected")
	})
}

// A visitor's place in line goes with its leave, and with its connection.
func TestLeavingTheLine(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, _, code := w.pair("a")
		a.ok("settings", map[string]any{"size": 2})
		c, d := w.hello("a", 3), w.hello("a", 4)
		c.ok("wait", map[string]any{"code": code})
		d.ok("wait", map[string]any{"code": code})
		time.Sleep(time.Second)
		c.ok("wait", nil)
		d.session.Gone()
		time.Sleep(time.Second)
		events := a.events()
		if got := events[len(events)-4:]; !slices.Equal(got, []string{"queued", "queued", "unqueued", "unqueued"}) {
			t.Fatalf("the members saw %v", got)
		}
	})
}

func TestAskingToJoin(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, code := w.pair("a")
		a.ok("settings", map[string]any{"openness": "locked"})
		page := w.lookedAt(code, 1)
		defer page.Close()
		if v := w.newest(page); v.Problem != party.Locked || !v.CanAsk {
			t.Fatalf("the page shows %q, may ask %v", v.Problem, v.CanAsk)
		}
		page.Ask()
		if v := w.newest(page); v.You == nil || v.You.Stage != party.Asking {
			t.Fatalf("the page shows %+v", v.You)
		}
		b.ok("admit", map[string]any{"n": 3, "yes": false})
		if v := w.newest(page); v.You.Stage != party.Gone || v.You.Reason != "declined" {
			t.Fatalf("the page shows %+v", v.You)
		}
		page.Ask()
		if v := w.newest(page); v.You.Stage != party.Gone {
			t.Fatalf("who was declined asks again: %+v", v.You)
		}
		c := w.hello("a", 3)
		c.ok("ask", map[string]any{"code": code})
		b.ok("admit", map[string]any{"n": 4, "yes": true})
		time.Sleep(time.Second)
		if you := c.door()["you"].(map[string]any); you["stage"] != "held" {
			t.Fatalf("the player is told %v", you)
		}
		c.ok("join", map[string]any{"code": code})
		w.wantParty("a", home, "*1:in:connected 2:in:connected 4:loading:connected")
	})
}

// A no holds for the browser, not for its page; after ten minutes the page
// offers to ask again by itself.
func TestANoOutlivesThePage(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, _, code := w.pair("a")
		a.ok("settings", map[string]any{"openness": "locked"})
		page := w.lookedAt(code, 1)
		page.Ask()
		w.newest(page)
		a.ok("admit", map[string]any{"n": 3, "yes": false})
		asked := len(a.events())
		page.Close()
		page = w.lookedAt(code, 1)
		defer page.Close()
		if v := w.newest(page); v.CanAsk || v.You == nil || v.You.Reason != string(party.ReasonDeclined) || v.You.Until == 0 {
			t.Fatalf("after a reload the page shows %+v, may ask %v", v.You, v.CanAsk)
		}
		page.Ask()
		w.newest(page)
		if got := a.events()[asked:]; len(got) > 0 {
			t.Fatalf("who was declined rang: %v", got)
		}
		time.Sleep(party.DeclineTime)
		if v := w.newest(page); !v.CanAsk || v.You != nil {
			t.Fatalf("ten minutes later the page shows %+v, may ask %v", v.You, v.CanAsk)
		}
	})
}

// Who was let in is told so also after a reload, until Start is pressed.
func TestLetInIsToldUntilStart(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, code := w.pair("a")
		a.ok("settings", map[string]any{"openness": "locked"})
		page := w.lookedAt(code, 1)
		page.Ask()
		w.newest(page)
		a.ok("admit", map[string]any{"n": 3, "yes": true})
		page.Close()
		for range 2 {
			page = w.lookedAt(code, 1)
			if v := w.newest(page); v.You == nil || !v.You.LetIn {
				t.Fatalf("the page shows %+v", v.You)
			}
			defer page.Close()
		}
		w.start("a", code, 1)
		if v := w.newest(page); v.You.Stage != party.HeldStage || v.You.LetIn {
			t.Fatalf("after Start the page shows %+v", v.You)
		}
		w.wantParty("a", home, "*1:in:connected 2:in:connected (3)")
	})
}

// One address has two places in line; a third is told so.
func TestOneAddressDoesNotFillTheLine(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, _, code := w.pair("a")
		a.ok("settings", map[string]any{"size": 2})
		for n := range 3 {
			page, err := w.hosts["a"].OpenPage(t.Context(), code, browser(n), home4(9))
			if err != nil {
				t.Fatal(err)
			}
			defer page.Close()
			page.Visible(true)
			page.Queue()
			v := w.newest(page)
			if n < party.DefaultRules.SeatsPerHome && v.You.Stage != party.InLine {
				t.Errorf("page %d shows %+v", n, v.You)
			}
			if n == party.DefaultRules.SeatsPerHome && (v.You == nil || v.You.Stage != party.Pressed || v.You.Problem != party.RateLimited) {
				t.Errorf("the third shows %+v", v.You)
			}
		}
	})
}

// A player of the game may say a spoken code at the door.
func TestAskingByASpokenCode(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		made := a.ok("invite", map[string]any{"spoken": true})
		a.ok("settings", map[string]any{"openness": "locked"})
		c := w.hello("a", 3)
		c.ok("ask", map[string]any{"code": made["spoken"]})
		time.Sleep(time.Second)
		if you, _ := c.door()["you"].(map[string]any); you["stage"] != "asking" {
			t.Fatalf("the player is told %v", c.door())
		}
		c.ok("ask", nil) // and leaves
	})
}

func TestNewcomersAreApproved(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, code := w.pair("a")
		a.ok("settings", map[string]any{"approve": true})
		c := w.hello("a", 3)
		c.fails(party.ApprovalNeeded, "join", map[string]any{"code": code})
		c.ok("ask", map[string]any{"code": code})
		c.session.Gone()
		time.Sleep(2 * time.Minute)
		d := w.hello("a", 4)
		d.ok("ask", map[string]any{"code": code})
		a.ok("admit", map[string]any{"n": 4, "yes": true})
		d.ok("join", map[string]any{"code": code})
		w.wantParty("a", home, "*1:in:connected 2:in:connected 4:loading:connected")
	})
}

func TestARobotDoesNotRing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, _, code := w.pair("a")
		a.ok("settings", map[string]any{"openness": "locked"})
		page := w.lookedAt(code, 1)
		defer page.Close()
		page.Ask()
		time.Sleep(1500 * time.Millisecond)
		if got := a.events(); got[len(got)-1] == "asked" {
			t.Fatal("a page that was looked at for 1.5 s rang")
		}
		time.Sleep(time.Second)
		if got := a.events(); got[len(got)-1] != "asked" {
			t.Fatalf("events %v", got)
		}
	})
}

// By a link of its own a player that was kicked stands in line, and somebody
// else does not.
func TestAPlayerWaitsByItsOwnLink(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, _, home, _ := w.pair("a")
		a.ok("settings", map[string]any{"size": 2})
		a.ok("kick", map[string]any{"n": 2})
		code := a.ok("invite", map[string]any{"for": guest(2)})["code"]
		d := w.hello("a", 4)
		d.ok("join", map[string]any{"code": a.ok("invite", nil)["code"]})
		d.ok("wait", map[string]any{"code": code})
		b := w.hello("a", 2)
		b.ok("wait", map[string]any{"code": code})
		time.Sleep(time.Second)
		if you := b.door()["you"].(map[string]any); you["stage"] != "line" {
			t.Fatalf("whom the link is for is told %v", you)
		}
		d.ok("leave", nil)
		time.Sleep(time.Second)
		if you := b.door()["you"].(map[string]any); you["stage"] != "offered" {
			t.Fatalf("when a seat is free it is told %v", you)
		}
		d.ok("wait", map[string]any{"code": code})
		time.Sleep(time.Second)
		if you := d.door(); you["problem"] != "not_allowed" {
			t.Fatalf("somebody else is told %v", you)
		}
		d.ok("wait", nil)
		b.ok("join", map[string]any{"code": code})
		w.wantParty("a", home, "*1:in:connected 4:loading:connected")
	})
}

// Who waits as a guest keeps its place, and is told so when it would become
// another player.
func TestAGuestThatWaitsIsNotNamed(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.naming()
		a := w.hello("a", 1)
		a.ok("settings", map[string]any{"approve": true})
		code := a.invite(nil)
		b := w.hello("a", 2)
		b.ok("ask", map[string]any{"code": code})
		time.Sleep(time.Second)
		b.fails(party.NotAllowed, "identify", map[string]any{"token": named("bob", "Bob")})
		if b.door()["you"].(map[string]any)["stage"] != "asking" {
			t.Errorf("after that it is told %v", b.door())
		}
		a.ok("admit", map[string]any{"n": 2, "yes": false}) // that was the answer: it waits no longer
		time.Sleep(time.Second)
		b.ok("identify", map[string]any{"token": named("bob", "Bob")})
	})
}
