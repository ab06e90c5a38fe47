package host

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"partykit/party"
)

// newest is what an open page shows now.
func newest(t *testing.T, page *Page) party.Invitation {
	t.Helper()
	time.Sleep(time.Second)
	synctest.Wait()
	select {
	case v := <-page.Updates():
		return v
	default:
		t.Fatal("the page was not told anything")
		panic("unreachable")
	}
}

func (w *world) openPage(code string, n int) *Page {
	w.t.Helper()
	page, err := w.hosts["a"].OpenPage(w.t.Context(), code, browser(n), netip.MustParseAddr("192.0.2.7"))
	if err != nil {
		w.t.Fatal(err)
	}
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
		page := w.openPage(code, 1)
		defer page.Close()
		if v := newest(t, page); v.Problem != party.Full {
			t.Fatalf("the page shows %q", v.Problem)
		}
		page.Queue()
		if v := newest(t, page); v.You == nil || v.You.Stage != party.InLine || v.You.Place != 1 {
			t.Fatalf("the page shows %+v", v.You)
		}
		c := w.hello("a", 3)
		c.fails(party.Full, "join", map[string]any{"code": code})
		c.ok("wait", map[string]any{"code": code})
		time.Sleep(time.Second)
		if you := c.door()["you"].(map[string]any); you["stage"] != "line" || you["place"] != 2.0 {
			t.Fatalf("the player is told %v", you)
		}
		b.ok("leave", nil)
		if v := newest(t, page); v.You.Stage != party.Offered {
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

func TestAskingToJoin(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, code := w.pair("a")
		a.ok("settings", map[string]any{"openness": "locked"})
		page := w.openPage(code, 1)
		defer page.Close()
		if v := newest(t, page); v.Problem != party.Locked || !v.CanAsk {
			t.Fatalf("the page shows %q, may ask %v", v.Problem, v.CanAsk)
		}
		page.Ask()
		if v := newest(t, page); v.You == nil || v.You.Stage != party.Asking {
			t.Fatalf("the page shows %+v", v.You)
		}
		b.ok("admit", map[string]any{"n": 3, "yes": false})
		if v := newest(t, page); v.You.Stage != party.Gone || v.You.Reason != "declined" {
			t.Fatalf("the page shows %+v", v.You)
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
		page := w.openPage(code, 1)
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
