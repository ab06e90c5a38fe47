package host

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/party"
)

// loseLink takes away where a code leads.
func (w *world) loseLink(code string) {
	w.t.Helper()
	if err := w.hosts["a"].o.Node.Delete(w.t.Context(), engine.Invites, auth.CodeHash(code)); err != nil {
		w.t.Fatal(err)
	}
}

// problem is what is wrong with a link, as a host shows it.
func (w *world) problem(on, code string) party.Code {
	w.t.Helper()
	v, err := w.hosts[on].Invitation(w.t.Context(), code, browser(1), netip.Addr{})
	if err != nil {
		w.t.Fatal(err)
	}
	return v.Problem
}

func TestALinkIsReadOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		stays, follows := a.invite(nil), a.invite(map[string]any{"onLeave": "follow"})
		for _, code := range []string{stays, follows} {
			if got := w.problem("a", code); got != "" {
				t.Fatalf("a new link shows %s", got)
			}
			w.loseLink(code)
		}
		if got := w.problem("a", stays); got != "" {
			t.Errorf("a link that was looked at before shows %s", got)
		}
		if got := w.problem("a", follows); got != party.NotFound {
			t.Errorf("a link that may lead elsewhere now shows %q", got)
		}
	})
}

func TestALinkIsRememberedNoLongerThanStored(t *testing.T) {
	for name, made := range map[string]struct {
		members map[string]any
		life    time.Duration
	}{
		"expires": {map[string]any{"expires": 60}, time.Minute},
		"lives":   {map[string]any{"until": "empty"}, party.MaxExpiry},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				a := w.hello("a", 1)
				code := a.invite(made.members)
				w.problem("a", code)
				hash := auth.CodeHash(code)
				h := w.hosts["a"]
				for _, c := range []struct {
					after time.Duration
					want  bool
				}{{made.life + keepLink - 2*time.Second, true}, {made.life + keepLink, false}} {
					if _, got := h.links.get(hash, now().Add(c.after)); got != c.want {
						t.Errorf("after %v it is remembered: %t", c.after, got)
					}
				}
			})
		})
	}
}

func TestNotAllLinksAreRemembered(t *testing.T) {
	k := links{byHash: map[string]link{}}
	at := party.At(time.Unix(1e9, 0))
	k.put("undated", link{}, at)
	if len(k.byHash) != 0 {
		t.Error("a link is remembered of which nobody knows until when it is stored")
	}
	for i := range knownLinks + 9 {
		k.put(fmt.Sprint(i), link{Made: at}, at)
	}
	if n := len(k.byHash); n != knownLinks {
		t.Errorf("%d links are remembered, want %d", n, knownLinks)
	}
	if _, ok := k.get(fmt.Sprint(knownLinks+8), at); !ok {
		t.Error("the newest link is not remembered")
	}
}

// seatOf is the seat of browser n at a link.
func (w *world) seatOf(code string, n int) party.SeatID {
	return w.hosts["a"].seat(browser(n), party.InviteID(auth.InviteID(auth.CodeHash(code))))
}

// A page that comes after Start need not have the ticket read.
func TestAPartyRecallsStart(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		w.start("a", code, 1)
		if err := w.hosts["a"].o.Node.Delete(t.Context(), engine.Tickets, string(w.seatOf(code, 1))); err != nil {
			t.Fatal(err)
		}
		page := w.open("a", code, 1)
		defer page.Close()
		look(page, 3*time.Second)
		w.wantParty("a", home, "*1:in:connected (2)")
	})
}

// A ticket that was redeemed holds no seat any more, however it went and
// whichever host it was.
func TestARedeemedStartIsNotRecalled(t *testing.T) {
	for _, c := range []struct {
		name, on string
		full     bool
	}{{"here", "a", false}, {"on another host", "b", false}, {"in vain", "a", true}} {
		t.Run(c.name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				if c.full {
					w.set(func(s *game.Settings) { s.PartySize = 2 })
				}
				w.host("b")
				a := w.hello("a", 1)
				home, code := a.lastParty(), a.invite(nil)
				ticket := w.start("a", code, 1)
				third := w.hello("a", 3)
				if c.full {
					third.ok("join", map[string]any{"code": code})
				}
				b := w.hello(c.on, 2, ticketed(ticket))
				if c.full {
					if b.lastParty() == home {
						t.Fatal("a full party took one in")
					}
					third.ok("leave", nil)
				} else {
					b.ok("leave", nil)
				}
				w.wantParty("a", home, "*1:in:connected")
				page := w.open("a", code, 1)
				defer page.Close()
				look(page, 3*time.Second)
				w.wantParty("a", home, "*1:in:connected")
			})
		})
	}
}

func TestAPartyRecallsNotAllStarts(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home, code := a.lastParty(), a.invite(nil)
		for n := range knownStarts + 9 {
			w.start("a", code, n)
		}
		w.on("a", home, func(p *live) {
			if n := len(p.starts); n != knownStarts {
				t.Errorf("%d starts are recalled, want %d", n, knownStarts)
			}
			if !p.knowsStart(w.seatOf(code, knownStarts+8)) {
				t.Error("the newest start is not recalled")
			}
			p.starts[w.seatOf(code, 1)] = now().Add(-keepTicket)
			if p.knowsStart(w.seatOf(code, 1)) {
				t.Error("a start is recalled for longer than its ticket is held")
			}
		})
	})
}
