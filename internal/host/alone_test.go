package host

import (
	"fmt"
	"testing"
	"time"

	"partykit/party"
)

// A party of one is not stored and not followed.
func TestAloneCostsNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		var alone []*client
		for n := range 20 {
			c := w.hello("a", n+1)
			c.ok("data", map[string]any{"set": map[string]any{"level": n}})
			c.ok("rename", map[string]any{"name": fmt.Sprint("Guest ", n)})
			c.reliable(1, 0, "to nobody")
			alone = append(alone, c)
		}
		for _, c := range alone {
			if _, all := w.entries(c.lastParty()); all != 0 {
				t.Fatalf("a party of one has %d entries", all)
			}
			w.on("a", c.lastParty(), func(p *live) {
				if p.follow != nil || len(p.remote.stops) != 0 || p.logged {
					t.Error("a party of one listens to the engine")
				}
			})
			c.drop()
		}
		time.Sleep(party.DefaultRules.GraceIn + keepIdle + time.Second)
		for _, c := range alone {
			if w.has("a", c.lastParty()) {
				t.Fatal("a party of one outlives its player")
			}
		}
	})
}

// The log ends after ten minutes alone without a live link, and
// begins again with the next.
func TestTheLogEndsAloneAndBeginsAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		home := a.lastParty()
		invite := a.ok("invite", nil)["invite"].(map[string]any)["id"]
		a.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		a.ok("revoke", map[string]any{"invite": invite})
		time.Sleep(party.AloneLimit - time.Second)
		logged := func() (l bool) { w.on("a", home, func(p *live) { l = p.logged }); return l }
		if !logged() {
			t.Fatal("the log ended early")
		}
		time.Sleep(2 * time.Second)
		if logged() {
			t.Fatal("the log goes on without need")
		}
		events, _ := w.entries(home)
		a.ok("rename", map[string]any{"name": "Ada"})
		if more, _ := w.entries(home); more != events {
			t.Error("a party of one wrote")
		}
		if a.lastParty() != home {
			t.Error("the player was moved")
		}
		a.drop()
		a = a.back("a")
		code := a.invite(nil)
		if !logged() {
			t.Fatal("the log did not begin again")
		}
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": code})
		if v := b.snapshot(); v["data"].(map[string]any)["level"] != "meadow" {
			t.Errorf("the newcomer sees %v", v["data"])
		}
		w.crash("a")
		w.host("b")
		w.wantParty("b", home, "*1:in:reconnecting 2:loading:reconnecting")
	})
}
