package host

import (
	"testing"
	"time"

	"partykit/party"
)

func TestTwoSecondsInAllHoldASeat(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		page := w.open("a", code, 1)
		defer page.Close()
		look(page, time.Second)
		w.start("a", code, 1)
		time.Sleep(time.Minute) // hidden
		look(page, 900*time.Millisecond)
		w.wantParty("a", home, "*1:in:connected")
		v := w.newest(page)
		if v.You == nil || v.You.Stage != party.Pressed || v.You.Name == "" {
			t.Errorf("after Start the page shows %+v", v.You)
		}
		look(page, 200*time.Millisecond)
		w.wantParty("a", home, "*1:in:connected (2)")
		held := w.newest(page)
		if held.You == nil || held.You.Stage != party.HeldStage || held.You.Name != v.You.Name {
			t.Errorf("the held page shows %+v, was %+v", held.You, v.You)
		}
	})
}

func TestAHoldLastsAsLongAsItsPage(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(map[string]any{"maxUses": 1})
		w.start("a", code, 1)
		page := w.open("a", code, 1)
		look(page, 3*time.Second)
		time.Sleep(55 * time.Minute)
		w.wantParty("a", home, "*1:in:connected (2)")
		page.Close()
		time.Sleep(party.DefaultRules.SeatClosed - time.Second)
		w.wantParty("a", home, "*1:in:connected (2)")
		w.wantStart(code, 2, party.UsedUp)
		time.Sleep(2 * time.Second)
		w.wantParty("a", home, "*1:in:connected")

		ticket := w.start("a", code, 2)
		page = w.open("a", code, 2)
		defer page.Close()
		page.Visible(true)
		time.Sleep(party.DefaultRules.SeatOpen + 3*time.Second - time.Second)
		b := w.hello("a", 2, ticketed(ticket))
		if b.lastParty() != home && b.welcome()["invite"] == nil {
			t.Error("a ticket failed without a word")
		}
	})
}

func TestNoHoldIsOlderThanAnHour(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		w.start("a", code, 1)
		page := w.open("a", code, 1)
		defer page.Close()
		look(page, 3*time.Second)
		time.Sleep(party.DefaultRules.SeatOpen - 10*time.Second)
		w.wantParty("a", home, "*1:in:connected (2)")
		time.Sleep(20 * time.Second)
		w.wantParty("a", home, "*1:in:connected")
	})
}

// A page that another host serves holds its seat as well.
func TestAPageOnAnotherHostHoldsItsSeat(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		w.start("b", code, 1)
		page := w.open("b", code, 1)
		look(page, 3*time.Second)
		time.Sleep(10 * time.Minute)
		w.wantParty("a", home, "*1:in:connected (2)")
		page.Close()
		time.Sleep(party.DefaultRules.SeatClosed - time.Second)
		page = w.open("b", code, 1)
		time.Sleep(10 * time.Minute)
		w.wantParty("a", home, "*1:in:connected (2)")
		page.Close()
		time.Sleep(party.DefaultRules.SeatClosed + time.Second)
		w.wantParty("a", home, "*1:in:connected")
	})
}

func TestFullIsToldAndAFreedSeatTaken(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		g := w.games["demo"]
		g.Settings.PartySize = 2
		w.games["demo"] = g
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		one, two := w.open("a", code, 1), w.open("a", code, 2)
		defer one.Close()
		defer two.Close()
		ticket := w.start("a", code, 1)
		w.start("a", code, 2)
		look(one, 3*time.Second)
		two.Visible(true)
		v := w.newest(two)
		if v.Problem != party.Full || v.You == nil || v.You.Stage != party.Pressed || v.You.Problem != party.Full {
			t.Errorf("the second browser is shown %s, %+v", v.Problem, v.You)
		}
		if v := w.newest(one); v.Problem != "" || v.You.Stage != party.HeldStage {
			t.Errorf("the first browser is shown %s, %+v", v.Problem, v.You)
		}
		b := w.hello("a", 2, ticketed(ticket))
		w.wantParty("a", home, "*1:in:connected 2:loading:connected")
		b.ok("finalize", map[string]any{"success": false})
		time.Sleep(3 * time.Second)
		w.wantParty("a", home, "*1:in:connected (3)")
		if v := w.newest(two); v.You.Stage != party.HeldStage || v.You.Problem != "" {
			t.Errorf("the freed seat is shown as %+v", v.You)
		}
	})
}

func TestTheLastUse(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"maxUses": 1})
		one, two := w.open("a", code, 1), w.open("a", code, 2)
		defer one.Close()
		defer two.Close()
		ticket := w.start("a", code, 1)
		w.start("a", code, 2)
		look(one, 3*time.Second)
		look(two, 3*time.Second)
		if v := w.newest(two); v.Problem != party.UsedUp {
			t.Errorf("the second browser is shown %s, %+v", v.Problem, v.You)
		}
		w.hello("a", 2, ticketed(ticket))
		w.wantStart(code, 3, party.UsedUp)
		c := w.hello("a", 3)
		c.fails(party.UsedUp, "join", map[string]any{"code": code})
	})
}

func TestARevokeStopsNewHoldsOnly(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home := a.lastParty()
		made := a.ok("invite", nil)
		code, invite := made["code"].(string), made["invite"].(map[string]any)["id"]
		one, two := w.open("a", code, 1), w.open("a", code, 2)
		defer one.Close()
		defer two.Close()
		held, pressed := w.start("a", code, 1), w.start("a", code, 2)
		look(one, 3*time.Second)
		a.ok("revoke", map[string]any{"invite": invite})
		look(two, 3*time.Second)
		w.wantParty("a", home, "*1:in:connected (2)")
		w.wantStart(code, 3, party.Revoked)
		if v := w.newest(two); v.Problem != party.Revoked || v.Inviter.Name != "" || len(v.Members) != 0 {
			t.Errorf("a revoked link shows %+v", v)
		}
		w.hello("a", 2, ticketed(held))
		w.wantParty("a", home, "*1:in:connected 2:loading:connected")
		late := w.hello("a", 3, ticketed(pressed))
		if e := late.welcome()["invite"].(map[string]any)["error"].(map[string]any); e["code"] != string(party.Revoked) {
			t.Errorf("a ticket without a seat answers %v", e)
		}
	})
}

// Whoever left does not come back by the page still being open, nor by its
// being reloaded.
func TestAPageHoldsNoSeatForWhoLeft(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		page := w.open("a", code, 1)
		page.Visible(true)
		b := w.hello("a", 2, ticketed(w.start("a", code, 1)))
		b.ok("leave", nil)
		if v := w.newest(page); v.You == nil || v.You.Stage != party.Gone || v.You.Reason != string(party.ReasonFailed) {
			t.Errorf("the page of who left shows %+v", v.You)
		}
		page.Close()
		page = w.open("a", code, 1)
		defer page.Close()
		page.Visible(true)
		time.Sleep(time.Minute)
		w.wantParty("a", home, "*1:in:connected")
	})
}

func TestTwoHeldSeatsPerAddress(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		var tickets []string
		for n := range 3 {
			page, err := w.hosts["a"].OpenPage(t.Context(), code, browser(n), someone)
			if err != nil {
				t.Fatal(err)
			}
			defer page.Close()
			tickets = append(tickets, w.start("a", code, n))
			page.Visible(true)
			if v := w.newest(page); n == 2 && (v.Problem != "" || v.You.Stage != party.Pressed || v.You.Problem != "") {
				t.Errorf("the third browser is shown %+v", v.You)
			}
		}
		w.wantParty("a", home, "*1:in:connected (2) (3)")
		w.hello("a", 4, ticketed(tickets[2]))
		w.wantParty("a", home, "*1:in:connected 4:loading:connected (2) (3)")
	})
}

// A reserved use lapses by itself, and gives its use back, when
// whoever reserved it is never heard of again.
func TestACrashAfterTheHoldGivesItsUseBack(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home := a.lastParty()
		code := a.invite(map[string]any{"maxUses": 1})
		w.press("a", code, "00000000000000000000000000000001")
		w.wantParty("a", home, "*1:in:connected (2)")
		w.crash("a")
		w.host("b")
		a.back("b")
		if _, err := w.hosts["b"].Start(t.Context(), code, "00000000000000000000000000000002", someone); failure(err).Code != party.UsedUp {
			t.Errorf("while the use is reserved, Start answers %v", err)
		}
		time.Sleep(party.DefaultRules.SeatClosed + time.Second)
		w.wantParty("b", home, "*1:in:connected")
		if _, err := w.hosts["b"].Start(t.Context(), code, "00000000000000000000000000000002", someone); err != nil {
			t.Errorf("the use was not given back: %v", err)
		}
	})
}
