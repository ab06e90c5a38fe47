package host

import (
	"net/netip"
	"testing"
	"time"

	"partykit/party"
)

func TestAnInvitesRarerOptions(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(map[string]any{
			"until": "empty", "payload": map[string]any{"quest": 7}, "requires": map[string]any{"version": "1.2"}, "onLeave": "revoke",
		})
		b := w.hello("a", 2)
		e := b.fails(party.WrongVersion, "join", map[string]any{"code": code, "has": map[string]any{"version": "1.1"}})
		if e["message"] == "" {
			t.Fatal("nothing is said of the versions")
		}
		b.ok("join", map[string]any{"code": code, "has": map[string]any{"version": "1.2"}})
		var payload any
		for _, f := range b.frames() {
			if f["t"] == "party" {
				payload = f["payload"].(map[string]any)["quest"]
			}
		}
		if payload != 7.0 {
			t.Fatalf("the payload is %v", payload)
		}
		a.ok("leave", nil)
		c := w.hello("a", 3, func(c *Caller) { c.Hello.Has = party.Needs{"version": "1.2"} })
		c.fails(party.Revoked, "join", map[string]any{"code": code})
		a.fails(party.BadRequest, "invite", map[string]any{"until": "tomorrow"})
	})
}

func TestLinksAreCounted(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(nil)
		if _, err := w.hosts["a"].Invitation(t.Context(), code, browser(1), netip.Addr{}); err != nil {
			t.Fatal(err)
		}
		_, page := w.press("a", code, browser(1))
		defer page.Close()
		other := w.lookedAt(code, 2)
		defer other.Close()
		time.Sleep(countPause + time.Second)
		i := a.ok("invites", nil)["invites"].([]any)[0].(map[string]any)
		if i["opens"] != 2.0 || i["starts"] != 1.0 || i["uses"] != 0.0 {
			t.Fatalf("counted %v opens, %v starts, %v joins", i["opens"], i["starts"], i["uses"])
		}
	})
}
