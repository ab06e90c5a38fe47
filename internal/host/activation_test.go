package host

import (
	"testing"
	"testing/synctest"
	"time"

	"partykit/party"
)

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
