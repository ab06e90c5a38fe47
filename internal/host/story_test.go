package host

import (
	"slices"
	"testing"
	"time"

	"partykit/internal/auth"
	"partykit/party"
)

func TestFromALinkToTheSameParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home := a.lastParty()
		w.wantParty("a", home, "*1:in:connected")
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		code := a.invite(nil)

		ticket, page := w.press("a", code, auth.Browser())
		defer page.Close()
		w.wantParty("a", home, "*1:in:connected (2)")

		b := w.hello("a", 2, ticketed(ticket))
		if b.lastParty() != home {
			t.Fatalf("the friend is in %s, not in %s", b.lastParty(), home)
		}
		w.wantParty("a", home, "*1:in:connected 2:loading:connected")
		if level := b.welcome()["party"].(map[string]any)["data"].(map[string]any)["level"]; level != "meadow" {
			t.Fatalf("the friend sees level %v", level)
		}
		b.ok("finalize", map[string]any{"success": true})
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		want := []string{"data", "invited", "held", "joined", "used", "finalized"}
		if got := a.events(); !slices.Equal(got, want) {
			t.Fatalf("the inviter saw %v, want %v", got, want)
		}
	})
}

func TestTheLeaderGoesAndTheHeirsDataCounts(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		if wait := b.ok("data", map[string]any{"set": map[string]any{"level": "ruins"}}); wait["waiting"] != true {
			t.Fatalf("a member's data counted at once: %v", wait)
		}
		a.session.Gone()
		time.Sleep(14 * time.Second)
		w.wantParty("a", home, "*1:in:reconnecting 2:in:connected")
		time.Sleep(2 * time.Second)
		w.wantParty("a", home, "1:in:reconnecting *2:in:connected")
		frames := b.frames()
		last := frames[len(frames)-1]
		if last["t"] != "event" {
			t.Fatalf("last frame: %v", last)
		}
		events := last["events"].([]any)
		if e := events[1].(map[string]any); e["type"] != "data" || e["data"].(map[string]any)["level"] != "ruins" {
			t.Fatalf("the heir's data did not take effect: %v", events)
		}
		time.Sleep(50 * time.Second)
		w.wantParty("a", home, "*2:in:connected")
	})
}

func TestACrashLosesNothingAcknowledged(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home := a.lastParty()
		code := a.invite(nil)
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		w.crash("a")
		w.host("b")
		a2 := w.hello("b", 1, resuming(a, a.seq()))
		b2 := w.hello("b", 2, resuming(b, b.seq()))
		if got := a2.welcome()["t"]; got != "resumed" {
			t.Fatalf("the inviter was not resumed: %v", a2.welcome())
		}
		if got := b2.welcome()["t"]; got != "resumed" {
			t.Fatalf("the friend was not resumed: %v", b2.welcome())
		}
		w.wantParty("b", home, "*1:in:connected 2:loading:connected")
		c := w.hello("b", 3)
		c.ok("join", map[string]any{"code": code})
		w.wantParty("b", home, "*1:in:connected 2:loading:connected 3:loading:connected")
	})
}

func TestTwoHostsServeOneParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a := w.hello("a", 1)
		home := a.lastParty()
		code := a.invite(nil)
		b := w.hello("b", 2)
		b.ok("join", map[string]any{"code": code})
		w.wantParty("a", home, "*1:in:connected 2:loading:connected")
		w.wantParty("b", home, "*1:in:connected 2:loading:connected")
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		b.ok("finalize", map[string]any{"success": true})
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
		b.session.Gone()
		w.wantParty("a", home, "*1:in:connected 2:in:reconnecting")
		a.session.Gone()
		time.Sleep(16 * time.Second)
		w.wantParty("a", home, "*1:in:reconnecting 2:in:reconnecting")
	})
}

func TestFailures(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		a.fails(party.NotFound, "join", map[string]any{"code": "0123456789abcdefgh"})
		a.fails(party.BadRequest, "join", nil)
		a.fails(party.BadRequest, "nonsense", nil)
		a.fails(party.BadName, "rename", map[string]any{"name": "\u202e"})
		a.fails(party.NotFound, "revoke", map[string]any{"invite": "nope"})
		if _, err := w.tryHello("a", 2, func(c *Caller) { c.Game = "off" }); failure(err).Code != party.KitNotActivated {
			t.Fatalf("a game that is not activated: %v", err)
		}
	})
}

// A client drops what has a sequence that it saw; a party whose log has ended
// must not go on with the log's last one.
func TestEventsAfterTheLogHasEnded(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		i := a.ok("invite", nil)["invite"].(map[string]any)["id"]
		a.ok("revoke", map[string]any{"invite": i})
		time.Sleep(party.AloneLimit + time.Minute)
		a.ok("data", map[string]any{"set": map[string]any{"level": "ruins"}})
		frames := a.frames()
		for _, f := range frames[len(frames)-2:] {
			if f["t"] == "event" && f["seq"] != 0.0 {
				t.Fatalf("an event of a party without a log has the sequence %v", f["seq"])
			}
		}
		a.ok("invite", nil)
		if a.events()[len(a.events())-1] != "invited" {
			t.Fatalf("events %v", a.events())
		}
	})
}
