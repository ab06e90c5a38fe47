package host

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"partykit/party"
)

func browser(n int) string { return fmt.Sprintf("browser%025d", n) }

// open opens the invite page of browser n at an address of its own.
func (w *world) open(on, code string, n int) *Page {
	w.t.Helper()
	page, err := w.hosts[on].OpenPage(w.t.Context(), code, browser(n), home4(n))
	if err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
	return page
}

func home4(n int) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, byte(n >> 8), byte(n)}) }

func (w *world) start(on, code string, n int) string {
	w.t.Helper()
	ticket, err := w.hosts[on].Start(w.t.Context(), code, browser(n), home4(n))
	if err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
	return ticket
}

// look shows the page for a while.
func look(page *Page, d time.Duration) {
	page.Visible(true)
	time.Sleep(d)
	page.Visible(false)
	synctest.Wait()
}

// newest is what the page shows by now.
func (w *world) newest(page *Page) (v party.Invitation) {
	w.t.Helper()
	time.Sleep(3 * time.Second)
	synctest.Wait()
	select {
	case v = <-page.Updates():
	default:
		w.t.Fatal("the page was not told")
	}
	return v
}

func (w *world) wantStart(code string, n int, want party.Code) {
	w.t.Helper()
	if _, err := w.hosts["a"].Start(w.t.Context(), code, browser(n), home4(n)); err == nil || failure(err).Code != want {
		w.t.Errorf("Start answers %v, want %s", err, want)
	}
}

func TestARobotChangesNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(map[string]any{"maxUses": 1})
		events, all := w.entries(home)
		for n := range 200 { // GETs, pages that run scripts, and robots that press the button
			if _, err := w.hosts["a"].Invitation(t.Context(), code, browser(n), netip.Addr{}); err != nil {
				t.Fatal(err)
			}
			page := w.open("a", code, n)
			if n%2 == 0 {
				look(page, 1900*time.Millisecond)
			}
			w.start("a", code, n)
			page.Close()
		}
		if e, m := w.entries(home); e != events || m != all {
			t.Errorf("robots wrote %d entries", m-all)
		}
		w.wantParty("a", home, "*1:in:connected")
		if got := a.ok("invites", nil)["invites"].([]any)[0].(map[string]any)["uses"]; got != 0.0 {
			t.Errorf("robots used the link %v times", got)
		}
	})
}

// A resting party is looked at without a write.
func TestLookingAtARestingPartyWritesNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		a.ok("leave", nil)
		time.Sleep(time.Minute)
		if w.has("a", home) {
			t.Fatal("a resting party stays in memory")
		}
		node := w.hosts["a"].o.Node
		before, err := node.Load(t.Context(), ref("demo", party.ID(home)))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			v, err := w.hosts["a"].Invitation(t.Context(), code, browser(1), netip.Addr{})
			if err != nil || v.Problem != "" || len(v.Members) != 0 || v.Inviter.Name == "" {
				t.Fatalf("the page of a resting party shows %+v, %v", v, err)
			}
			w.on("a", home, func(p *live) {
				if p.unsaved != 0 {
					t.Error("a party that was only looked at is to be written")
				}
			})
			time.Sleep(time.Minute)
		}
		after, err := node.Load(t.Context(), ref("demo", party.ID(home)))
		if err != nil || after.Last != before.Last || after.Covered != before.Covered {
			t.Errorf("a GET changed the log from %d to %d, %v", before.Last, after.Last, err)
		}
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		w.wantParty("a", home, "*2:loading:connected")
	})
}

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
		time.Sleep(party.SeatClosed - time.Second)
		w.wantParty("a", home, "*1:in:connected (2)")
		w.wantStart(code, 2, party.UsedUp)
		time.Sleep(2 * time.Second)
		w.wantParty("a", home, "*1:in:connected")

		ticket := w.start("a", code, 2)
		page = w.open("a", code, 2)
		defer page.Close()
		page.Visible(true)
		time.Sleep(party.SeatOpen + 3*time.Second - time.Second)
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
		time.Sleep(party.SeatOpen - 10*time.Second)
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
		time.Sleep(party.SeatClosed - time.Second)
		page = w.open("b", code, 1)
		time.Sleep(10 * time.Minute)
		w.wantParty("a", home, "*1:in:connected (2)")
		page.Close()
		time.Sleep(party.SeatClosed + time.Second)
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

func TestAnExpiredLink(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 60})
		page := w.open("a", code, 1)
		defer page.Close()
		w.start("a", code, 1)
		time.Sleep(61 * time.Second)
		w.wantStart(code, 2, party.Expired)
		look(page, 3*time.Second)
		w.wantParty("a", a.lastParty(), "*1:in:connected")
		if v, err := w.hosts["a"].Invitation(t.Context(), code, "", netip.Addr{}); err != nil || v.Problem != party.Expired {
			t.Errorf("the page shows %s, %v", v.Problem, err)
		}
	})
}

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
		elsewhere := func(c *Caller) { c.Game = w.games["other"] }
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

func TestAnEndedParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		made := a.ok("invite", nil)
		code := made["code"].(string)
		page := w.open("a", code, 1)
		defer page.Close()
		a.ok("revoke", map[string]any{"invite": made["invite"].(map[string]any)["id"]})
		a.ok("leave", nil)
		if v := w.newest(page); v.Problem != party.Ended || v.Inviter.Name != "" {
			t.Errorf("the open page of an ended party shows %+v", v)
		}
		w.wantStart(code, 2, party.Ended)
		w.crash("a")
		w.host("a")
		if v, err := w.hosts["a"].Invitation(t.Context(), code, "", netip.Addr{}); err != nil || v.Problem != party.Ended {
			t.Errorf("after a restart its page shows %s, %v", v.Problem, err)
		}
		if v, err := w.hosts["a"].Invitation(t.Context(), "nosuchcode", "", netip.Addr{}); err != nil || v.Problem != party.NotFound {
			t.Errorf("no code shows %s, %v", v.Problem, err)
		}
	})
}

func TestDeactivatedWhilePeopleAreIn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, code := w.pair("a")
		page := w.open("a", code, 1)
		defer page.Close()
		w.start("a", code, 1)
		<-page.Updates()
		w.activate("a", home, false)
		for name, c := range map[string]*client{"the leader": a, "the member": b} {
			frames := c.frames()
			if f := frames[len(frames)-1]; f["t"] != "error" || f["code"] != string(party.KitNotActivated) || f["id"] != nil {
				t.Errorf("%s is told %v", name, f)
			}
			if code := c.closedWith(); code != 0 {
				t.Errorf("%s is closed with %v", name, code)
			}
		}
		if v := w.newest(page); v.Problem != party.KitNotActivated || v.Members != nil {
			t.Errorf("the open page shows %+v", v)
		}
		a.fails(party.KitNotActivated, "rename", map[string]any{"name": "Ada"})
		a.reliable(1, 0, "x")
		if got := len(b.messages()); got != 0 {
			t.Error("a message passed")
		}
		frames := a.frames()
		if f := frames[len(frames)-1]; f["code"] != string(party.KitNotActivated) || f["mid"] != 1.0 {
			t.Errorf("the message was answered %v", f)
		}
		look(page, 3*time.Second)
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		w.wantStart(code, 2, party.KitNotActivated)
		b.drop()
		if _, err := w.tryHello("a", 2, resuming(b, b.seq())); failure(err).Code != party.KitNotActivated {
			t.Errorf("a hello answers %v", err)
		}

		before := len(a.frames())
		w.activate("a", home, true)
		if f := a.frames()[before:]; len(f) != 0 {
			t.Errorf("the leader is told of the activation: %v", f)
		}
		if v := w.newest(page); v.Problem != "" || len(v.Members) != 2 {
			t.Errorf("activated again, the open page shows %+v", v)
		}
		a.ok("rename", map[string]any{"name": "Ada"})
		b.back("a").ok("rename", map[string]any{"name": "Ben"})
	})
}

// activate switches the kit of game demo on or off, as seen from a party.
func (w *world) activate(on, party string, active bool) {
	w.on(on, party, func(*live) {
		g := w.games["demo"]
		g.Active = active
		w.games["demo"] = g
	})
	w.hosts[on].Activation("demo")
	synctest.Wait()
}

func TestAnOpenPageSeesItsLinkExpire(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 60})
		page, err := w.hosts["a"].OpenPage(t.Context(), code, browser(9), netip.MustParseAddr("192.0.2.2"))
		if err != nil {
			t.Fatal(err)
		}
		defer page.Close()
		if v := <-page.Updates(); v.Problem != "" {
			t.Fatalf("at first the page shows %q", v.Problem)
		}
		time.Sleep(61 * time.Second)
		synctest.Wait()
		select {
		case v := <-page.Updates():
			if v.Problem != party.Expired {
				t.Fatalf("the page shows %q", v.Problem)
			}
		default:
			t.Fatal("the page is not told")
		}
	})
}

func TestPagesEndWithTheHost(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(nil)
		w.host("b")
		page, err := w.hosts["b"].OpenPage(t.Context(), code, browser(9), netip.MustParseAddr("192.0.2.2"))
		if err != nil {
			t.Fatal(err)
		}
		<-page.Updates()
		if err := w.hosts["b"].Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, more := <-page.Updates(); more {
			t.Fatal("the page is told more by a host that has closed")
		}
		page.Close()
	})
}

func TestAGamesOwnExpiry(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		g := w.games["demo"]
		g.Settings.InviteExpiry = time.Hour
		w.games["demo"] = g
		a := w.hello("a", 1)
		i := a.ok("invite", nil)["invite"].(map[string]any)
		if got := i["expires"].(float64) - i["made"].(float64); got != float64(time.Hour.Milliseconds()) {
			t.Fatalf("the link lives for %v ms", got)
		}
	})
}
