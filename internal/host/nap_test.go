package host

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
	"partykit/protocol"
)

// asleep reports whether a party sleeps on a host, without waking it.
func (w *world) asleep(on, id string) bool {
	synctest.Wait()
	h, r := w.hosts[on], ref("demo", party.ID(id))
	l, out := h.loopOf(r), make(chan bool)
	l.Post("", func() { p := l.parties[r]; out <- p != nil && p.asleep() })
	return <-out
}

func (w *world) wantAsleep(c *client, want bool, when string) {
	w.t.Helper()
	if got := w.asleep("a", c.lastParty()); got != want {
		w.t.Errorf("%s: it sleeps: %t, want %t", when, got, want)
	}
}

func TestAPartyOfOneSleepsBetweenWhatHappensInIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada := w.hello("a", 1)
		w.wantAsleep(ada, true, "welcomed")
		ada.ok("rename", map[string]any{"name": "Ada"})
		ada.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		ada.ok("landing", map[string]any{"fields": []any{map[string]any{"id": "title", "label": "Level", "value": "Meadow"}}})
		w.wantAsleep(ada, true, "after what it was asked")
		ada.ok("data", map[string]any{"patch": map[string]any{"mode": "coop"}, "if_revision": 1})
		ada.reliable(1, 0, "to nobody")
		ada.session.Text(nil, protocol.Encode(map[string]any{"t": "away", "away": true}))
		w.wantAsleep(ada, true, "after a message, with the game out of sight")

		var got party.Snapshot
		w.on("a", ada.lastParty(), func(p *live) { got = p.view() })
		if diff := cmp.Diff(applied(ada.received()).Data, got.Data); diff != "" {
			t.Errorf("it woke up with other data:\n%s", diff)
		}
		m := got.Members[0]
		if m.Name != "Ada" || m.Presence != party.Away || len(got.Landing) != 1 || got.DataRev != 2 {
			t.Errorf("it woke up as %+v of revision %d", m, got.DataRev)
		}
		w.wantAsleep(ada, true, "after a look")

		ada.reliable(1, 0, "to nobody") // repeated: the same acknowledgement, nothing new
		ada.next--
		ada.ok("data", map[string]any{"patch": map[string]any{"mode": "coop"}, "if_revision": 1})
		w.on("a", ada.lastParty(), func(p *live) {
			if p.state.DataRev != 2 {
				t.Errorf("a repeated command applied again: revision %d", p.state.DataRev)
			}
		})
		if acks := ada.acks(); len(acks) != 1 {
			t.Errorf("acknowledged %v", acks)
		}
	})
}

func TestASleepingPartyIsThereForWhoeverNeedsIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada := w.hello("a", 1)
		ada.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})

		ada.drop()
		w.wantAsleep(ada, false, "its player is away")
		back := ada.back("a")
		if back.welcome()["session"] != ada.welcome()["session"] || back.lastParty() != ada.lastParty() {
			t.Fatalf("it was not there to come back to: %v", back.welcome())
		}
		w.wantAsleep(back, true, "its player is back")

		again := w.hello("a", 1) // the newest connection of a player ends the older
		if back.closedWith() != protocol.Replaced || again.lastParty() != ada.lastParty() {
			t.Errorf("closed with %d, then in %s", back.closedWith(), again.lastParty())
		}

		code := again.ok("invite", nil)["code"]
		w.wantAsleep(again, false, "a link leads here")
		ben := w.hello("a", 2)
		alone := ben.lastParty()
		ben.ok("join", map[string]any{"code": code})
		w.wantParty("a", ada.lastParty(), "*1:in:connected 2:loading:connected")
		if w.has("a", alone) {
			t.Error("the party of one that was left stays in memory")
		}
		ben.ok("leave", nil)
		w.wantAsleep(ben, true, "alone again")

		ben.drop()
		time.Sleep(3 * time.Minute)
		if w.has("a", ben.lastParty()) {
			t.Error("the party of one stays in memory when its player does not come back")
		}
	})
}

func TestADeactivationReachesWhoSleeps(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada := w.hello("a", 1)
		g := w.games["demo"]
		g.Active = false
		w.games["demo"] = g
		w.hosts["a"].Activation("demo")
		synctest.Wait()
		last := ada.frames()[len(ada.frames())-1]
		if last["code"] != string(party.KitNotActivated) {
			t.Errorf("the last that it heard is %v", last)
		}
		w.wantAsleep(ada, true, "told so")
	})
}

// Whoever gives a party something to keep says here what becomes of it while
// the party sleeps.
func TestWhatAPartyKeepsAsleep(t *testing.T) {
	const (
		kept    = "in the nap, in the session, or in what the state is made of"
		busy    = "keeps it awake"
		nothing = "says nothing of a party of one that nobody else can see"
	)
	fate := map[string]string{
		"state": kept, "sessions": kept, "tracks": kept, "hidden": kept,

		"logged": busy, "last": busy, "follow": busy, "unloaded": busy,
		"pins": busy, "ticking": busy, "queue": busy, "inflight": busy, "reading": busy, "saving": busy,
		"chats": busy, "counts": busy, "absent": busy, "reports": busy, "pages": busy,
		"closed": busy, "gone": busy, "coming": busy,

		"expect": nothing, "lastMsg": nothing, "lastChat": nothing, "torn": nothing, "marking": nothing, "base": nothing, "size": nothing,
		"unsaved": nothing, "saveNext": nothing, // of a log
		"opening": nothing, "waiting": nothing, "held": nothing, // reading and follow say it
		"countAt": nothing, "newest": nothing, "told": nothing, // counts, absent and reports say it
		"lookout": nothing, // pages says it
		"seen":    nothing, // outdated by falling asleep
		"starts":  nothing, // links come with a log
		"near":    nothing, "remote": nothing, "timer": nothing, "tickNext": nothing, "wakes": nothing, "waking": nothing, "idleSince": nothing, "tired": nothing,
	}
	for i := range reflect.TypeFor[awake]().NumField() {
		if name := reflect.TypeFor[awake]().Field(i).Name; fate[name] == "" {
			t.Errorf("what becomes of %s while the party sleeps?", name)
		}
	}
	if n := reflect.TypeFor[awake]().NumField(); n != len(fate) {
		t.Errorf("%d fields, %d fates", n, len(fate))
	}
}
