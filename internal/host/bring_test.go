package host

import (
	"net/netip"
	"testing"
	"time"

	"partykit/internal/limit"
	"partykit/party"
)

// leadsTo is the party a link leads to, as whoever follows it finds.
func (w *world) leadsTo(on, code string) string {
	w.t.Helper()
	l, err := w.hosts[on].linkOf(w.t.Context(), "demo", code, limit.Guesser{})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(l.Party)
}

func following() map[string]any { return map[string]any{"onLeave": "follow", "maxUses": 3} }

func TestALinkFollowsItsMakerIntoAnotherParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a := w.hello("a", 1)
		code := a.invite(following())
		first := a.lastParty()
		b := w.hello("b", 2)
		b.ok("join", map[string]any{"code": code})
		c := w.hello("b", 3)
		a.ok("join", map[string]any{"code": c.invite(nil), "confirm": true})
		time.Sleep(time.Second)
		if at := w.leadsTo("b", code); at != c.lastParty() {
			t.Fatalf("the link leads to %s; first was %s, its maker is in %s", at, first, c.lastParty())
		}
		b.ok("join", map[string]any{"code": code})
		w.wantParty("a", c.lastParty(), "*1:in:connected 2:loading:connected 3:loading:connected")
		for _, i := range a.ok("invites", nil)["invites"].([]any) {
			if i := i.(map[string]any); i["maxUses"] == 3.0 && i["uses"] != 1.0 {
				t.Errorf("of three uses %v are counted", i["uses"])
			}
		}
	})
}

func TestALinkFollowsItsMakerHome(t *testing.T) {
	for how, leave := range map[string]func(a, b *client){
		"it left":       func(a, _ *client) { a.ok("leave", nil) },
		"it was kicked": func(_, b *client) { b.ok("kick", map[string]any{"n": 2}) },
	} {
		t.Run(how, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				b := w.hello("a", 2)
				a := w.hello("a", 1)
				a.ok("join", map[string]any{"code": b.invite(nil)})
				a.ok("finalize", map[string]any{"success": true})
				code := a.invite(following())
				page := w.lookedAt(code, 7)
				defer page.Close()
				leave(a, b)
				time.Sleep(time.Second)
				if at := w.leadsTo("a", code); at != a.lastParty() || at == b.lastParty() {
					t.Fatalf("the link leads to %s; its maker is in %s", at, a.lastParty())
				}
				if !ended(page) {
					t.Error("an open page of the link still shows the former party")
				}
				c := w.hello("a", 3)
				c.ok("join", map[string]any{"code": code})
				w.wantParty("a", a.lastParty(), "*1:in:connected 2:loading:connected")
			})
		})
	}
}

// ended reports whether the server has let a page go, so that it opens again.
func ended(page *Page) bool {
	for {
		select {
		case _, more := <-page.Updates():
			if !more {
				return true
			}
		default:
			return false
		}
	}
}

func TestALinkFindsItsMakerAfterACrash(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b := w.hello("a", 1), w.hello("a", 2)
		code := a.invite(following())
		b.ok("join", map[string]any{"code": code})
		b.ok("finalize", map[string]any{"success": true})
		a.drop()
		time.Sleep(party.DefaultRules.GraceIn + time.Second) // the link ends with her place
		if v, err := w.hosts["a"].Invitation(t.Context(), code, "", netip.Addr{}); err != nil || v.Problem != party.Revoked {
			t.Fatalf("with its maker gone it shows %v, %v", v.Problem, err)
		}
		w.crash("a")
		w.host("a")
		a = w.hello("a", 1) // and she is back, in a party of her own
		if at := w.leadsTo("a", code); at != a.lastParty() {
			t.Fatalf("the link leads to %s; its maker is in %s", at, a.lastParty())
		}
	})
}

func TestWhoHeldASeatEntersWhereItIs(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b := w.hello("a", 1), w.hello("a", 2)
		code := a.invite(following())
		b.ok("join", map[string]any{"code": code})
		ticket, page := w.press("a", code, browser(5))
		defer page.Close()
		home := a.lastParty()
		a.ok("leave", nil)
		time.Sleep(time.Second)
		c := w.hello("a", 5, ticketed(ticket))
		if c.lastParty() != home {
			t.Error("its seat was in the former party")
		}
	})
}
