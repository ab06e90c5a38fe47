package host

import (
	"testing"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/party"
)

// loseLink takes away where a code leads, as a kill may.
func (w *world) loseLink(code string) {
	w.t.Helper()
	if err := w.hosts["a"].o.Node.Delete(w.t.Context(), engine.Invites, auth.CodeHash(code)); err != nil {
		w.t.Fatal(err)
	}
}

func TestLostLinksAreFoundAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b := w.hello("a", 1), w.hello("a", 2)
		home := a.lastParty()
		first, second := a.invite(nil), a.invite(map[string]any{"until": "empty"})
		follows := b.invite(map[string]any{"onLeave": "follow"})
		gone := a.ok("invite", nil)
		a.ok("revoke", map[string]any{"invite": gone["invite"].(map[string]any)["id"]})
		for _, code := range []string{first, second, follows, gone["code"].(string)} {
			w.loseLink(code)
		}
		w.hello("a", 3).fails(party.NotFound, "join", map[string]any{"code": first})

		if err := w.host("b").Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.hello("b", 4).ok("join", map[string]any{"code": first})
		w.hello("b", 5).ok("join", map[string]any{"code": second})
		w.hello("b", 6).fails(party.Revoked, "join", map[string]any{"code": gone["code"]})
		w.wantParty("a", home, "*1:in:connected 2:loading:connected 3:loading:connected")
		c := w.hello("b", 7)
		c.ok("join", map[string]any{"code": follows})
		b.ok("leave", nil)
		d := w.hello("b", 8)
		d.ok("join", map[string]any{"code": follows})
		if d.lastParty() == c.lastParty() || d.lastParty() != b.lastParty() {
			t.Errorf("a link that follows its maker leads to %s, its maker is in %s", d.lastParty(), b.lastParty())
		}
	})
}

// What is there is left as it is, and kept no longer than it was to be.
func TestRecoverChangesNothingThatIsThere(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		code := a.invite(map[string]any{"expires": 600})
		node, hash := w.hosts["a"].o.Node, auth.CodeHash(code)
		_, before, err := node.Get(t.Context(), engine.Invites, hash)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.hosts["a"].Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, now, err := node.Get(t.Context(), engine.Invites, hash); err != nil || now != before {
			t.Errorf("a link's record is at revision %d, %v; it was at %d", now, err, before)
		}
		time.Sleep(10 * time.Minute)
		w.loseLink(code)
		if err := w.hosts["a"].Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(keepLink + time.Minute)
		if _, _, err := node.Get(t.Context(), engine.Invites, hash); err == nil {
			t.Error("the record of a link outlives it for more than a day")
		}
	})
}
