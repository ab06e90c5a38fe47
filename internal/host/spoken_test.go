package host

import (
	"net/netip"
	"testing"
	"time"

	"partykit/internal/auth"
	"partykit/party"
)

func TestASpokenCode(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		short := a.ok("invite", map[string]any{"expires": 600, "spoken": true})["spoken"].(string)
		long := a.ok("invite", map[string]any{"spoken": true})["spoken"].(string)
		if len(short) != 7 || len(long) != 9 {
			t.Fatalf("the codes are %s and %s", short, long)
		}
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": " " + long + " "})
		c := w.hello("a", 3)
		time.Sleep(11 * time.Minute)
		c.fails(party.NotFound, "join", map[string]any{"code": short})
		w.wantParty("a", a.lastParty(), "*1:in:connected 2:loading:connected")
	})
}

func TestARepeatedCommandHasTheSameSpokenCode(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		first := a.ok("invite", map[string]any{"spoken": true})
		w.crash("a")
		w.host("b")
		again := w.hello("b", 1, resuming(a, a.seq())).redo(1, "invite", map[string]any{"spoken": true})
		if again["spoken"] != first["spoken"] || again["code"] != first["code"] {
			t.Fatalf("first %v, then %v", first, again)
		}
	})
}

func TestGuessingSpokenCodesIsSlow(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		link := a.ok("invite", map[string]any{"expires": 600, "spoken": true})
		h := w.hosts["a"]
		guesser := netip.MustParseAddr("192.0.2.66")
		wrong := 0
		for n := range uint64(60) {
			v, err := h.Invitation(t.Context(), h.o.Keys.Spoken("guess", n, 0, auth.SpokenShort), "", guesser)
			if err != nil {
				if failure(err).Code != party.RateLimited {
					t.Fatal(err)
				}
				break
			}
			if v.Problem == party.NotFound {
				wrong++
			}
		}
		if wrong < 20 || wrong > 22 {
			t.Fatalf("%d guesses in a moment", wrong)
		}
		if v, err := h.Invitation(t.Context(), link["code"].(string), "", guesser); err != nil || v.Problem != "" {
			t.Fatalf("the link: %q, %v", v.Problem, err)
		}
		if v, err := h.Invitation(t.Context(), link["spoken"].(string), "", netip.MustParseAddr("198.51.100.1")); err != nil || v.Problem != "" {
			t.Fatalf("somebody else's spoken code: %q, %v", v.Problem, err)
		}
		time.Sleep(time.Minute)
		if v, err := h.Invitation(t.Context(), link["spoken"].(string), "", guesser); err != nil || v.Problem != "" {
			t.Fatalf("the spoken code a minute later: %q, %v", v.Problem, err)
		}
	})
}
