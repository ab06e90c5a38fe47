package host

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/party"
	"partykit/protocol"
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

// A player has ten wrong codes a minute wherever it comes from, also when it
// says many at once, and links are open to it all the same.
func TestAPlayersGuessesAreCounted(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.set(func(s *game.Settings) { s.Joins = 1000 })
		a := w.hello("a", 1)
		made := a.ok("invite", map[string]any{"spoken": true})
		b := w.hello("a", 2)
		h := w.hosts["a"]
		guesses := func(from int) (wrong int) {
			for n := range 15 {
				b.next++
				b.session.Text(nil, protocol.Encode(map[string]any{
					"t": "join", "id": b.next, "code": h.o.Keys.Spoken("guess", uint64(from+n), 0, auth.SpokenShort),
				}))
			}
			time.Sleep(time.Second)
			return b.failed(party.NotFound)
		}
		if n := guesses(0); n != 10 {
			t.Errorf("%d guesses of 15 were judged, want 10", n)
		}
		b = b.back("a", func(c *Caller) { c.Address = netip.MustParseAddr("203.0.113.9") })
		if n := guesses(100); n > 1 {
			t.Errorf("%d guesses more from another address", n)
		}
		b.fails(party.RateLimited, "ask", map[string]any{"code": made["spoken"]})
		b.ok("join", map[string]any{"code": made["code"]})
		w.wantParty("a", a.lastParty(), "*1:in:connected 2:loading:connected")
	})
}

// Where more than a thousand short codes live, new ones are long, and a member
// lets in who comes by a short one, as by a ticket that was got with it.
func TestShortCodesThatCouldBeHitNeedAMember(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home := a.lastParty()
		made := a.ok("invite", map[string]any{"expires": 600, "spoken": true})
		short := made["spoken"].(string)
		h := w.hosts["a"]
		w.gives(maxShort, 5*time.Minute)
		if long := a.ok("invite", map[string]any{"expires": 600, "spoken": true})["spoken"].(string); len(long) != 9 {
			t.Errorf("a new code is %s", long)
		}
		b := w.hello("a", 2)
		b.fails(party.ApprovalNeeded, "join", map[string]any{"code": short})
		ticket := w.start("a", short, 7)
		c := w.hello("a", 3, ticketed(ticket))
		if ask, _ := c.welcome()["invite"].(map[string]any); c.lastParty() == home || ask["error"].(map[string]any)["code"] != string(party.ApprovalNeeded) {
			t.Errorf("by a ticket: %v", ask)
		}
		v, err := h.Invitation(t.Context(), short, browser(8), someone)
		if err != nil || v.Problem != "" || !v.Approve {
			t.Errorf("its page shows %+v, %v", v, err)
		}
		b.ok("ask", map[string]any{"code": short})
		a.ok("admit", map[string]any{"n": a.asking(), "yes": true})
		b.ok("join", map[string]any{"code": short})
		w.wantParty("a", home, "*1:in:connected 2:loading:connected")
		time.Sleep(6 * time.Minute) // most of them have died
		d := w.hello("a", 4)
		d.ok("join", map[string]any{"code": short})
	})
}

// In a party that approves newcomers one player makes code after code, each for a
// month, and takes it back: nobody else's get longer for it.
func TestCodesOfWhomAMemberLetsInDoNotCount(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		a.ok("settings", map[string]any{"approve": true})
		options := map[string]any{"expires": 30 * 86400, "spoken": true}
		for range maxShort + 1 {
			made := a.ok("invite", options)
			if code := made["spoken"].(string); len(code) != 7 {
				t.Fatalf("a code of whom a member lets in is %s", code)
			}
			options["replaces"] = made["invite"].(map[string]any)["id"]
			time.Sleep(6 * time.Second) // as often as one may
		}
		b := w.hello("a", 2)
		if code := b.ok("invite", map[string]any{"expires": 600, "spoken": true})["spoken"].(string); len(code) != 7 {
			t.Errorf("somebody else's new code is %s", code)
		}
	})
}

// gives has the host give out short codes that live for so long.
func (w *world) gives(codes int, life time.Duration) {
	w.t.Helper()
	synctest.Wait() // what was before is known
	for range codes {
		if err := w.hosts["a"].countShort(w.t.Context(), auth.Secret(), now().Add(life)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// How many short codes live outlasts the host, so that a server that was
// started again, also often, neither takes them for few nor, where they are, for
// many.
func TestShortCodesAreCountedAcrossARestart(t *testing.T) {
	for name, given := range map[string][]int{
		"few": {10}, "few often": {1, 1, 1}, "many": {maxShort}, "some often": {maxShort/2 - 1, maxShort / 2},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				restart := func() {
					w.crash("a")
					time.Sleep(10 * time.Millisecond)
					w.host("a")
				}
				for i, n := range given {
					if i > 0 {
						restart()
					}
					w.gives(n, 9*time.Minute)
				}
				speak := func(c *client) string {
					return c.ok("invite", map[string]any{"expires": 600, "spoken": true})["spoken"].(string)
				}
				a := w.hello("a", 1)
				short := speak(a)
				if len(short) != 7 {
					t.Fatalf("while too few live a new code is %s", short)
				}
				restart()
				a = a.back("a")
				b := w.hello("a", 2)
				if given[0] > 10 {
					b.fails(party.ApprovalNeeded, "join", map[string]any{"code": short})
					if code := speak(a); len(code) != 9 {
						t.Errorf("a new code is %s", code)
					}
					time.Sleep(10 * time.Minute)
				} else {
					b.ok("join", map[string]any{"code": short})
				}
				if code := speak(a); len(code) != 7 {
					t.Errorf("a new code is %s", code)
				}
			})
		})
	}
}

// A short code that cannot be counted is not given out, and who asks for one does
// not wait for storage longer than it wants to. Asked for again it counts once.
func TestAShortCodeIsCountedBeforeItIsThere(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		h := w.hosts["a"]
		l := link{Game: "demo", Party: "p1", Invite: "i1", Made: now(), Expires: now().Add(shortLife)}
		m := h.making("somebody", 1, party.MakeInvite{}, true)
		code := h.o.Keys.Spoken("somebody", 1, 0, auth.SpokenShort)
		speak := func() (string, error) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			return h.speak(ctx, m, l, false)
		}
		synctest.Wait()                // what was before is known
		h.shorts.marking <- struct{}{} // a mark is being written, and storage stands still
		if told, err := speak(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while nothing can be counted the code is %q, %v", told, err)
		}
		if _, _, err := h.spokenOf(t.Context(), "demo", code); !errors.Is(err, engine.ErrNotFound) {
			t.Errorf("what is stored under the code that was not given out: %v", err)
		}
		<-h.shorts.marking
		for range 2 {
			if told, err := speak(); err != nil || told != auth.ShowSpoken(code) {
				t.Errorf("asked for again the code is %q, %v; want %q", told, err, auth.ShowSpoken(code))
			}
		}
		if n := h.shorts.live(now()); n != 1 {
			t.Errorf("one code counts %d times", n)
		}
		if n, err := h.shortMarks(span(now()), span(now())+1); n != 1 || err != nil {
			t.Errorf("%d marks stand for one code, %v", n, err)
		}
	})
}

// Until it is known how many short codes live from before the start there may be
// too many.
func TestShortCodesAreUnsafeUntilTheyAreCounted(t *testing.T) {
	s := newShorts(now())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n := s.older(ctx, now()); n <= maxShort {
		t.Errorf("not counted, there are %d", n)
	}
	if n := s.older(ctx, now().Add(shortLife)); n != 0 {
		t.Errorf("of those before the start %d live when all have ended", n)
	}
}

// A short code that outlives ten minutes because newcomers are approved still
// needs a member when they are not any more; the link does not.
func TestALongLivedShortCodeAlwaysNeedsAMember(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		a.ok("settings", map[string]any{"approve": true})
		made := a.ok("invite", map[string]any{"expires": 86400, "spoken": true})
		if short := made["spoken"].(string); len(short) != 7 {
			t.Fatalf("the code is %s", short)
		}
		a.ok("settings", map[string]any{"approve": false})
		b := w.hello("a", 2)
		b.fails(party.ApprovalNeeded, "join", map[string]any{"code": made["spoken"]})
		b.ok("join", map[string]any{"code": made["code"]})
	})
}

// asking is the number of who asked last to be let in.
func (c *client) asking() (n float64) {
	for _, f := range c.frames() {
		list, _ := f["events"].([]any)
		for _, e := range list {
			if e := e.(map[string]any); e["type"] == "asked" {
				n = e["ask"].(map[string]any)["n"].(float64)
			}
		}
	}
	return n
}
