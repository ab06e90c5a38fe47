package host

import (
	"errors"
	"testing"
	"time"

	"partykit/internal/engine"
	"partykit/party"
)

// stored reports whether the engine holds anything of a party.
func (w *world) stored(id string) bool {
	w.t.Helper()
	n, r := w.hosts["a"].o.Node, ref("demo", party.ID(id))
	_, err := n.Load(w.t.Context(), r)
	if err != nil && !errors.Is(err, engine.ErrNotFound) {
		w.t.Fatal(err)
	}
	entries, readErr := n.Read(w.t.Context(), r, 0)
	if readErr != nil {
		w.t.Fatal(readErr)
	}
	return err == nil || len(entries) > 0
}

// Law 16, in the storage: what is alone again leaves it.
func TestAPartyThatRetiresLeavesTheStorage(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada := w.hello("a", 1)
		id := ada.lastParty()
		i := ada.ok("invite", nil)
		ben := w.hello("a", 2)
		ben.ok("join", map[string]any{"code": i["code"]})
		ben.ok("chat", map[string]any{"text": "hello"})
		ben.reliable(1, 0, "a message")
		ben.ok("leave", nil)
		ada.ok("data", map[string]any{"set": map[string]any{"level": "meadow"}})
		ada.ok("revoke", map[string]any{"invite": i["invite"].(map[string]any)["id"]})

		time.Sleep(party.AloneLimit - time.Second)
		if !w.stored(id) {
			t.Fatal("it left too early")
		}
		time.Sleep(forgetPause + 2*time.Second)
		if w.stored(id) {
			t.Fatal("it is still stored")
		}
		w.wantParty("a", id, "*1:in:connected") // and goes on in memory

		code := ada.ok("invite", nil)["code"] // it begins again where it is
		ben.ok("join", map[string]any{"code": code})
		w.wantParty("a", id, "*1:in:connected 3:loading:connected")
		w.crash("a")
		w.host("a")
		w.party("a", id) // loads it
		w.on("a", id, func(p *live) {
			if got := string(p.state.Data["level"]); got != `"meadow"` {
				t.Errorf("after a restart its data is %s", got)
			}
		})
	})
}

// A link that is made before the storage has let go of the party before is not
// forgotten with it.
func TestAPartyBeginsAgainWhileItIsForgotten(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ada := w.hello("a", 1)
		id := ada.lastParty()
		i := ada.ok("invite", nil)
		ada.ok("revoke", map[string]any{"invite": i["invite"].(map[string]any)["id"]})
		time.Sleep(party.AloneLimit + forgetPause/2)
		code := ada.ok("invite", nil)["code"]
		time.Sleep(2 * forgetPause)
		w.crash("a")
		w.host("a")
		w.party("a", id) // loads it
		w.on("a", id, func(p *live) {
			if links := p.state.LiveInvites(now()); len(links) != 1 {
				t.Errorf("after a restart it has the links %v", links)
			}
		})
		ben := w.hello("a", 2)
		ben.ok("join", map[string]any{"code": code})
	})
}
