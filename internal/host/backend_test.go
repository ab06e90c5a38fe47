package host

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partykit/internal/engine"
	"partykit/party"
	"partykit/protocol"
)

func wantCode(t *testing.T, err error, want party.Code) {
	t.Helper()
	if err == nil || failure(err).Code != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTheBackendSteersAParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, home, _ := w.pair("a")
		h, ctx, id := w.hosts["a"], t.Context(), party.ID(home)
		v, err := h.Do(ctx, "demo", id, party.If{Revision: 0, Then: party.SetData{Player: party.Backend, Data: party.Data{"level": json.RawMessage(`"ruins"`)}}})
		if err != nil || v.DataRev != 1 || string(v.Data["level"]) != `"ruins"` {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := h.Do(ctx, "demo", id, party.SetMatch{Player: party.Backend, Match: &party.Match{ID: "m1"}}); err != nil {
			t.Fatal(err)
		}
		nine := 9
		_, err = h.Do(ctx, "demo", id, party.Change{Player: party.Backend, Size: &nine})
		wantCode(t, err, party.BadRequest) // the game's own limit holds
		if v, err = h.Do(ctx, "demo", id, party.Kick{Player: party.Backend, N: 1}); err != nil || len(v.Members) != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
		if got := strings.Join(b.events(), " "); !strings.HasSuffix(got, "finalized data match left leader castOut") {
			t.Errorf("the friend saw %s", got)
		}
		at, m, err := h.Where(ctx, "demo", party.PlayerID(guest(2)))
		if err != nil || at.ID != id || m.N != 2 || at.Leader != m.ID {
			t.Errorf("the friend is %+v in %s, %v", m, at.ID, err)
		}
	})
}

func TestTheBackendSeesItsOwnGameAlone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, _, home, _ := w.pair("a")
		h, ctx, id := w.hosts["a"], t.Context(), party.ID(home)
		_, err := h.Look(ctx, "other", id)
		wantCode(t, err, party.NotFound)
		_, err = h.Do(ctx, "other", id, party.Kick{Player: party.Backend, N: 2})
		wantCode(t, err, party.NotFound)
		_, err = h.MakeInvite(ctx, "other", id, "", Wish{})
		wantCode(t, err, party.NotFound)
		_, err = h.Tell(ctx, "other", id, "", Message{Payload: []byte("x")})
		wantCode(t, err, party.NotFound)
		_, _, err = h.Where(ctx, "other", party.PlayerID(guest(1)))
		wantCode(t, err, party.NotFound)
		_, err = h.Look(ctx, "off", id)
		wantCode(t, err, party.KitNotActivated)
		for _, bad := range []party.ID{"", "pnothing", "P", "a.b", "*", party.ID(strings.Repeat("a", 65))} {
			_, err = h.Look(ctx, "demo", bad)
			wantCode(t, err, party.NotFound)
		}
		w.wantParty("a", home, "*1:in:connected 2:in:connected")
	})
}

func TestTheBackendsLink(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		h, ctx, id := w.hosts["a"], t.Context(), party.ID(a.lastParty())
		made, err := h.MakeInvite(ctx, "demo", id, "order 1", Wish{MaxUses: 2, Message: "Come!"})
		if err != nil || made.Invite.By != party.Backend || made.URL != "https://party.example/join/"+made.Code {
			t.Fatalf("%+v, %v", made, err)
		}
		again, err := h.MakeInvite(ctx, "demo", id, "order 1", Wish{MaxUses: 2, Message: "Come!"})
		if err != nil || again != made {
			t.Errorf("asked again: %+v, %v", again, err)
		}
		other, err := h.MakeInvite(ctx, "demo", id, "", Wish{})
		if err != nil || other.Code == made.Code {
			t.Errorf("another: %+v, %v", other, err)
		}
		page, err := h.Invitation(ctx, made.Code, "", netip.Addr{})
		if err != nil || page.Inviter.Name != "Demo" || page.Message != "Come!" {
			t.Errorf("the page shows %+v, %v", page, err)
		}
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": made.Code})
		w.wantParty("a", string(id), "*1:in:connected 2:loading:connected")
		if _, err := h.Do(ctx, "demo", id, party.Revoke{Player: party.Backend, Invite: made.Invite.ID}); err != nil {
			t.Fatal(err)
		}
		w.hello("a", 3).fails(party.Revoked, "join", map[string]any{"code": made.Code})
		_, err = h.MakeInvite(ctx, "demo", id, "", Wish{Expires: 31 * 24 * time.Hour})
		wantCode(t, err, party.BadRequest)
	})
}

func TestTheBackendsLinkInAMembersName(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, b, home, _ := w.pair("a")
		h, ctx, id := w.hosts["a"], t.Context(), party.ID(home)
		wish := Wish{As: 2, Spoken: true, Expires: 5 * time.Minute, Options: party.InviteOptions{OnLeave: party.RevokeOnLeave}}
		made, err := h.MakeInvite(ctx, "demo", id, "order 1", wish)
		if err != nil || made.Invite.By != party.PlayerID(guest(2)) || len(made.Spoken) != len("BCD-FGH") {
			t.Fatalf("%+v, %v", made, err)
		}
		if again, err := h.MakeInvite(ctx, "demo", id, "order 1", wish); err != nil || again != made {
			t.Errorf("asked again: %+v, %v", again, err)
		}
		other, err := h.MakeInvite(ctx, "demo", id, "", Wish{Spoken: true})
		if err != nil || len(other.Spoken) != len("BCDF-GHJK") {
			t.Errorf("for a day: %+v, %v", other, err)
		}
		c := w.hello("a", 3)
		c.ok("join", map[string]any{"code": made.Spoken})
		list, err := h.Invites(ctx, "demo", id)
		i := slices.IndexFunc(list, func(i party.InviteStats) bool { return i.ID == made.Invite.ID })
		if err != nil || i < 0 || list[i].Uses != 1 || list[i].OnLeave != party.RevokeOnLeave {
			t.Errorf("the links are %+v, %v", list, err)
		}
		b.ok("leave", nil)
		w.hello("a", 4).fails(party.Revoked, "join", map[string]any{"code": made.Code})
		_, err = h.MakeInvite(ctx, "demo", id, "", Wish{As: 9})
		wantCode(t, err, party.NotFound)
	})
}

func TestALinkOfTheBackendsFollowsItsMember(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a, b, home, _ := w.pair("a")
		h, ctx := w.hosts["a"], t.Context()
		made, err := h.MakeInvite(ctx, "demo", party.ID(home), "", Wish{As: 2, Options: party.InviteOptions{OnLeave: party.FollowOnLeave}})
		if err != nil {
			t.Fatal(err)
		}
		b.ok("leave", nil)
		time.Sleep(time.Second)
		synctest.Wait()
		w.hello("a", 3).ok("join", map[string]any{"code": made.Code})
		w.wantParty("a", b.lastParty(), "*1:in:connected 2:loading:connected")
		if b.lastParty() == a.lastParty() {
			t.Error("it leads to the party that its member left")
		}
	})
}

func TestTheBackendFoundsAParty(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		h, ctx := w.hosts["a"], t.Context()
		f := Founding{Size: 3, Data: party.Data{"level": json.RawMessage(`"ruins"`)}, Landing: []party.Field{{ID: "title", Value: "Ruins"}}}
		v, made, err := h.Found(ctx, "demo", "order 1", f)
		if err != nil || v.Size != 3 || len(v.Members) != 0 || len(v.Invites) != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
		time.Sleep(time.Hour) // it rests, and leaves memory
		synctest.Wait()
		if w.has("a", string(v.ID)) {
			t.Error("it rests in memory")
		}
		again, same, err := h.Found(ctx, "demo", "order 1", f)
		if err != nil || again.ID != v.ID || same != made {
			t.Errorf("asked again: %s %+v, %v", again.ID, same, err)
		}
		if other, _, err := h.Found(ctx, "other", "order 1", f); err != nil || other.ID == v.ID {
			t.Errorf("the other game's: %s, %v", other.ID, err)
		}
		b := w.hello("a", 2)
		b.ok("join", map[string]any{"code": made.Code})
		w.wantParty("a", string(v.ID), "*1:loading:connected")
		now, err := h.Look(ctx, "demo", v.ID)
		if err != nil || string(now.Data["level"]) != `"ruins"` || now.Landing[0].Value != "Ruins" {
			t.Errorf("who came leads %+v, %v", now, err)
		}
		for _, bad := range []Founding{
			{Size: 9}, {Size: -1}, {Invite: Wish{MaxUses: -1}}, {Invite: Wish{Expires: time.Second}},
			{Data: party.Data{"x": json.RawMessage(`{`)}}, {Landing: []party.Field{{}}},
		} {
			_, _, err := h.Found(ctx, "demo", "", bad)
			wantCode(t, err, party.BadRequest)
		}
	})
}

func TestAFoundedPartyEndsWithItsLink(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		h, ctx := w.hosts["a"], t.Context()
		v, made, err := h.Found(ctx, "demo", "", Founding{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Do(ctx, "demo", v.ID, party.Revoke{Player: party.Backend, Invite: made.Invite.ID}); err != nil {
			t.Fatal(err)
		}
		_, err = h.Look(ctx, "demo", v.ID)
		wantCode(t, err, party.Ended)
		_, err = h.Do(ctx, "demo", v.ID, party.SetData{Player: party.Backend, Data: party.Data{}})
		wantCode(t, err, party.Ended)
	})
}

func TestSeveralFoundTheSameAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		ids := make(chan party.ID, 20)
		for range cap(ids) {
			go func() {
				v, _, err := w.hosts["a"].Found(t.Context(), "demo", "order 1", Founding{})
				if err != nil {
					t.Error(err)
				}
				ids <- v.ID
			}()
		}
		first := <-ids
		for range cap(ids) - 1 {
			if id := <-ids; id != first {
				t.Errorf("%s and %s", id, first)
			}
		}
		if v, err := w.hosts["a"].Look(t.Context(), "demo", first); err != nil || len(v.Invites) != 1 {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

func TestTheBackendTellsParties(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.host("b")
		a, b, home, _ := w.pair("a")
		h, ctx, id := w.hosts["b"], t.Context(), party.ID(home) // from another node
		seq, err := h.Tell(ctx, "demo", id, "order 1", Message{JSON: true, Payload: []byte(`{"won":1}`)})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.Tell(ctx, "demo", id, "order 1", Message{JSON: true, Payload: []byte(`{"won":1}`)}); err != nil || again != seq {
			t.Errorf("sent again: %d, %v, want %d", again, err, seq)
		}
		b.messages() // what is on its way arrives
		b.drop()
		if _, err := h.Tell(ctx, "demo", id, "", Message{To: 2, Payload: []byte("yours")}); err != nil {
			t.Fatal(err)
		}
		_, err = h.Tell(ctx, "demo", id, "", Message{To: 7, Payload: []byte("x")})
		wantCode(t, err, party.NotFound)
		_, err = h.Tell(ctx, "demo", id, "", Message{Payload: make([]byte, protocol.MaxPayload+1)})
		wantCode(t, err, party.TooLarge)
		b = b.back("a")
		if got := strings.Join(a.messages(), " "); got != `{"won":1}` {
			t.Errorf("the leader got %s", got)
		}
		if got := strings.Join(b.messages(), " "); got != `yours` {
			t.Errorf("who came back got %s", got)
		}
		for _, r := range a.received() {
			if r.message.Payload != nil && (r.message.Peer != FromBackend || r.message.Flags != protocol.FlagJSON) {
				t.Errorf("it came as %+v", r.message)
			}
		}
	})
}

func TestTheBackendTellsWhoIsAlone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		a := w.hello("a", 1)
		h, id := w.hosts["a"], party.ID(a.lastParty())
		if _, err := h.Tell(t.Context(), "demo", id, "", Message{Payload: []byte("hi")}); err != nil {
			t.Fatal(err)
		}
		if got := a.messages(); len(got) != 1 || got[0] != "hi" {
			t.Errorf("got %v", got)
		}
		a.drop()
		_, err := h.Tell(t.Context(), "demo", id, "", Message{Payload: []byte("hi")})
		wantCode(t, err, party.Unavailable)
		if _, err := w.hosts["a"].o.Node.Load(t.Context(), ref("demo", id)); err != engine.ErrNotFound {
			t.Errorf("a party of one was stored: %v", err)
		}
	})
}
