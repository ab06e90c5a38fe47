package host

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/auth"
	"partykit/internal/game"
	"partykit/party"
)

// until does something until it is refused as too fast, and returns how often
// it was done and how long to wait.
func (c *client) until(t string, members func(n int) map[string]any) (n int, wait time.Duration) {
	c.w.t.Helper()
	for ; n < 100; n++ {
		c.next++
		frame := c.redo(c.next, t, members(n))
		if frame["code"] == string(party.RateLimited) {
			return n, time.Duration(frame["retryAfter"].(float64) * float64(time.Second))
		}
	}
	c.w.t.Fatalf("%s is never too fast", t)
	return 0, 0
}

// What a player may do a minute it may do by whatever connection, and who waits
// as long as told may do it once more.
func TestAPlayersLimits(t *testing.T) {
	stranger := func(n int) map[string]any {
		return map[string]any{"code": auth.CodeHash(fmt.Sprint(n))[:18]}
	}
	for name, c := range map[string]struct {
		t       string
		members func(int) map[string]any
		burst   int
		wait    time.Duration
	}{
		"chat":  {"chat", func(n int) map[string]any { return map[string]any{"text": fmt.Sprint(n)} }, 5, time.Second},
		"links": {"invite", func(int) map[string]any { return nil }, 10, 6 * time.Second},
		"joins": {"join", stranger, 20, 3 * time.Second},
		"doors": {"wait", stranger, 20, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				a, b, _, _ := w.pair("a")
				time.Sleep(time.Minute)
				n, wait := a.until(c.t, c.members)
				if n != c.burst || wait <= 0 || wait > c.wait {
					t.Fatalf("%d at once, then wait %v; want %d and at most %v", n, wait, c.burst, c.wait)
				}
				a = a.back("a")
				if n, _ := a.until(c.t, c.members); n > 1 {
					t.Errorf("%d more after a reconnect", n)
				}
				time.Sleep(c.wait)
				if n, _ := a.until(c.t, c.members); n != 1 {
					t.Errorf("%d after %v, want 1", n, c.wait)
				}
				if n, _ := b.until(c.t, c.members); n < c.burst {
					t.Errorf("another player may do it %d times only", n)
				}
			})
		})
	}
}

// A ticket counts as a join: over the limit the player is welcomed where it is,
// and told.
func TestTicketsCountAsJoins(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.set(func(s *game.Settings) { s.Joins = 1 })
		a := w.hello("a", 1)
		code := a.invite(nil)
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		b.ok("leave", nil)
		b.drop()
		ticket := w.start("a", code, 7)
		b = w.hello("a", 2, ticketed(ticket))
		ask, _ := b.welcome()["invite"].(map[string]any)
		refused, _ := ask["error"].(map[string]any)
		if refused["code"] != string(party.RateLimited) || b.lastParty() == a.lastParty() {
			t.Errorf("the second join in a minute: %v", b.welcome()["invite"])
		}
	})
}

// A setting that is changed holds for who is connected from its next request on.
func TestASettingReachesWhoIsConnected(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		time.Sleep(time.Minute)
		volatile := func() int {
			before := len(b.messages())
			for range 10 {
				a.volatile(0, "x")
			}
			return len(b.messages()) - before
		}
		commands := func() int {
			before := a.failed(party.RateLimited)
			for range 10 {
				a.next++
				a.session.Text(nil, fmt.Appendf(nil, `{"t":"invites","id":%d}`, a.next))
			}
			return 10 - (a.failed(party.RateLimited) - before)
		}
		reliable := uint64(0)
		acks := func() int {
			before := len(a.acks())
			for range 10 {
				reliable++
				a.reliable(reliable, 0, "x")
			}
			return len(a.acks()) - before
		}
		if c, v, r := commands(), volatile(), acks(); c != 10 || v != 10 || r != 10 {
			t.Fatalf("within the limits: %d commands, %d volatile and %d reliable messages of 10 each", c, v, r)
		}
		time.Sleep(time.Minute)
		w.set(func(s *game.Settings) {
			s.Commands, s.CommandsBurst, s.Volatile, s.VolatileBurst, s.Reliable, s.ReliableBurst = 1, 2, 1, 3, 1, 4
		})
		if c, v, r := commands(), volatile(), acks(); c != 2 || v != 3 || r != 4 {
			t.Errorf("with lower limits: %d commands, %d volatile and %d reliable messages; want 2, 3 and 4", c, v, r)
		}
		w.set(func(s *game.Settings) { *s = game.Settings{} })
		if c := commands(); c != 10 {
			t.Errorf("with the limits as before: %d commands", c)
		}

		w.set(func(s *game.Settings) { s.Rules.GraceIn = 5 * time.Second })
		b.drop()
		time.Sleep(6 * time.Second)
		w.wantParty("a", home, "*1:in:connected")
	})
}

// As many loading reports go out as the game sets, and the newest always does.
func TestAGameSetsHowOftenReportsGoOut(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.set(func(s *game.Settings) { s.Reports = 1 })
		a := w.hello("a", 1)
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": a.invite(nil)})
		time.Sleep(time.Minute)
		statuses := func() (list []string) {
			for _, f := range a.frames() {
				if loading, ok := f["loading"].(map[string]any); ok && f["t"] == "status" {
					list = append(list, fmt.Sprint(loading["message"]))
				}
			}
			return list
		}
		before := len(statuses())
		for n := range 50 { // over 5 s
			b.session.Text(nil, fmt.Appendf(nil, `{"t":"loading","message":"%d"}`, n))
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		got := statuses()[before:]
		if len(got) < 5 || len(got) > 7 || got[len(got)-1] != "49" {
			t.Errorf("of 50 reports in 5 s these went out: %v", got)
		}
	})
}
