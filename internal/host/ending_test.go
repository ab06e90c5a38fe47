package host

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"partykit/party"
)

// Hundreds of parties are due to retire in the same moment. What a player asks for
// then is written behind a few of them, and all of them retire.
func TestPlayersDoNotWaitForAbandonedParties(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // one loop
	story(t, func(t *testing.T, w *world) {
		const abandoned = 300
		h := w.hosts["a"]
		ada := w.hello("a", 0)
		ada.invite(nil)
		home := ada.lastParty()
		var alone []*client
		for n := range abandoned {
			c := w.hello("a", n+1)
			link := c.ok("invite", nil)["invite"].(map[string]any)["id"]
			c.ok("revoke", map[string]any{"invite": link})
			alone = append(alone, c)
		}
		time.Sleep(party.AloneLimit - time.Minute)
		parties := map[*live]bool{}
		for _, c := range alone { // time goes on, and nobody tells them
			w.on("a", c.lastParty(), func(p *live) {
				p.silence()
				parties[p] = true
			})
		}
		time.Sleep(2 * time.Minute)
		count := func(is func(*live) bool) (n int) {
			for p := range parties {
				if is(p) {
					n++
				}
			}
			return n
		}
		retired := func(p *live) bool { return p.state.Retired }
		ahead, answered := 0, false
		w.on("a", home, func(p *live) {
			if n := count(retired); n != 0 {
				t.Errorf("%d parties had retired before the player asked", n)
			}
			for p := range parties {
				p.wake()
			}
			p.post(func() { // what a player asks comes behind what is there
				ahead = count(func(p *live) bool { return retired(p) || p.inflight != nil })
				p.submit(&job{cmd: party.Rename{Player: p.state.Leader, Name: "Ada"}, done: func(o outcome) {
					if answered = true; o.err != nil {
						t.Errorf("the player is refused: %v", o.err)
					}
				}})
			})
		})
		synctest.Wait()
		w.on("a", home, func(*live) {
			if ahead < 1 || ahead > maxEndings || !answered {
				t.Errorf("%d parties were written before what the player asked, answered: %t", ahead, answered)
			}
			if n := count(retired); n != abandoned {
				t.Errorf("%d of %d parties have retired", n, abandoned)
			}
		})
		if len(h.endings.games) != 0 {
			t.Error("the host still remembers a game whose parties have ended")
		}
	})
}
