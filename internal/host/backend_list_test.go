package host

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/party"
)

// listed goes through a game's parties in pages of that many.
func (w *world) listed(on string, g party.GameID, limit int) (ids []party.ID) {
	w.t.Helper()
	for after := party.ID(""); ; {
		page, next, err := w.hosts[on].Parties(w.t.Context(), g, after, limit)
		if err != nil || len(page) > limit {
			w.t.Fatalf("a page of %d: %d, %v", limit, len(page), err)
		}
		for _, v := range page {
			ids = append(ids, v.ID)
		}
		if after = next; after == "" {
			slices.Sort(ids)
			return ids
		}
	}
}

func TestTheBackendListsParties(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		h, ctx := w.hosts["a"], t.Context()
		_, _, shared, _ := w.pair("b") // on another node
		w.hello("a", 3)                // alone, and nobody's business
		var want []party.ID
		for range 5 {
			v, _, err := h.Found(ctx, "demo", "", Founding{Invite: Wish{Expires: 2 * time.Hour}})
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, v.ID)
		}
		ended, made, err := h.Found(ctx, "demo", "", Founding{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Do(ctx, "demo", ended.ID, party.Revoke{Player: party.Backend, Invite: made.Invite.ID}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.Found(ctx, "other", "", Founding{}); err != nil {
			t.Fatal(err)
		}
		resting := want
		want = append(slices.Clone(want), party.ID(shared))
		slices.Sort(want)
		for _, limit := range []int{1, 3, 100} {
			for _, on := range []string{"a", "b"} {
				if diff := cmp.Diff(want, w.listed(on, "demo", limit)); diff != "" {
					t.Errorf("%s, by %d (-want +got):\n%s", on, limit, diff)
				}
			}
		}
		time.Sleep(time.Hour) // they leave memory
		synctest.Wait()
		if diff := cmp.Diff(want, w.listed("a", "demo", 100)); diff != "" {
			t.Errorf("resting (-want +got):\n%s", diff)
		}
		if w.has("a", string(resting[0])) {
			t.Error("looking at the list loads what rests")
		}
		time.Sleep(2 * time.Hour) // their links expire, and nobody looks
		if diff := cmp.Diff([]party.ID{party.ID(shared)}, w.listed("a", "demo", 100)); diff != "" {
			t.Errorf("after their links (-want +got):\n%s", diff)
		}
		_, _, err = h.Parties(ctx, "demo", "P.*", 10)
		wantCode(t, err, party.BadRequest)
		_, _, err = h.Parties(ctx, "off", "", 10)
		wantCode(t, err, party.KitNotActivated)
	})
}

// A page looks at so many parties and no more, also where most have ended.
func TestAListLooksAtSoManyAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		h, ctx := w.hosts["a"], t.Context()
		for range maxLooked + 20 {
			v, made, err := h.Found(ctx, "demo", "", Founding{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Do(ctx, "demo", v.ID, party.Revoke{Player: party.Backend, Invite: made.Invite.ID}); err != nil {
				t.Fatal(err)
			}
		}
		page, next, err := h.Parties(ctx, "demo", "", 10)
		if err != nil || len(page) != 0 || next == "" {
			t.Fatalf("%d, next %q, %v", len(page), next, err)
		}
		if page, next, err = h.Parties(ctx, "demo", next, 10); err != nil || len(page) != 0 || next != "" {
			t.Errorf("then %d, next %q, %v", len(page), next, err)
		}
	})
}
