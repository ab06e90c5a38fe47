package api_test

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partykit/client/api"
	"partykit/party"
)

// found makes a party of a game.
func (w *world) found(game string) api.MadeParty {
	w.t.Helper()
	made, err := w.client(game).MakeParty(w.t.Context(), api.NewParty{})
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

// Every operation × another game's ids answers not_found, and changes nothing.
func TestAnotherGamesIdsAreNotFound(t *testing.T) {
	w, d := newWorld(t), openDocument(t)
	w.check = d.check
	ada := w.player(1)
	made := w.found("demo")
	before, err := w.client("demo").Party(t.Context(), made.Party.ID)
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{
		"changeSettings": `{"openness":"open"}`, "setLanding": `{"fields":[]}`, "setData": `{"x":1}`, "patchData": `{"x":1}`, "setMatch": `{"id":"m"}`,
		"startReady": `{}`, "makeInvite": `{}`, "sendMessage": `{"json":1}`,
	}
	reported := w.report("demo", 1)[0]
	ids := strings.NewReplacer("{report}", reported, "{party}", string(made.Party.ID), "{n}", "1", "{invite}", string(made.Invite.ID), "{player}", string(ada.id))
	tried := 0
	for _, o := range d.operations() {
		if strings.Contains(o.path, "{") {
			tried++
			w.refused(party.NotFound, 404, o.method, ids.Replace(o.path), bodies[o.id], "Authorization", "Bearer "+w.keys["other"])
		}
	}
	if tried < 18 {
		t.Errorf("only %d operations were tried", tried)
	}
	for r, err := range w.client("other").Reports(t.Context()) {
		t.Errorf("another game reads the report %+v, %v", r, err)
	}
	if err := w.client("demo").CloseReport(t.Context(), reported); err != nil {
		t.Errorf("the report is gone: %v", err)
	}
	after, err := w.client("demo").Party(t.Context(), made.Party.ID)
	if diff := cmp.Diff(before, after); err != nil || diff != "" {
		t.Errorf("another game changed it: %v\n%s", err, diff)
	}
}

func TestOnlyAServerKeyOpensIt(t *testing.T) {
	w, d := newWorld(t), openDocument(t)
	w.check = d.check
	for _, bad := range []string{"", "Bearer", "Bearer ", "Basic " + w.keys["demo"], w.keys["demo"], "Bearer " + w.keys["demo"] + "a", "Bearer pks_demo_" + strings.Repeat("a", 32)} {
		response, answer := w.refused(party.Unauthorized, 401, "GET", "/v1/game", "", "Authorization", bad)
		if response.Header.Get("WWW-Authenticate") == "" || !strings.Contains(answer, "https://party.example/docs/errors#unauthorized") {
			t.Errorf("%q: %v %s", bad, response.Header, answer)
		}
	}
	_, answer := w.refused(party.KitNotActivated, 403, "GET", "/v1/game", "", "Authorization", "Bearer "+w.keys["off"])
	if !strings.Contains(answer, "ops@example.com") {
		t.Errorf("it names nobody to ask: %s", answer)
	}
	keys, err := w.games.ServerKeys("demo")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.games.RevokeServerKey(t.Context(), "demo", keys[0].ID); err != nil {
		t.Fatal(err)
	}
	w.refused(party.Unauthorized, 401, "GET", "/v1/game", "")
	w.strangers = func(netip.Addr) (bool, time.Duration) { return false, 1500 * time.Millisecond }
	response, answer := w.refused(party.RateLimited, 429, "GET", "/v1/game", "")
	if response.Header.Get("Retry-After") != "2" || !strings.Contains(answer, `"retryAfter":1.5`) {
		t.Errorf("a stranger is told to wait %v %s", response.Header, answer)
	}
	if _, err := w.client("other").Game(t.Context()); err != nil {
		t.Errorf("who has a key is no stranger: %v", err)
	}
}

func TestUnknownPathsAreProblems(t *testing.T) {
	w := newWorld(t)
	for _, x := range [][2]string{{"GET", "/v1/"}, {"POST", "/v1/game"}, {"GET", "/v1/parties//data"}} {
		w.refused(party.NotFound, 404, x[0], x[1], "")
	}
}

// What a body must be is checked strictly, and told without what was sent.
func TestBadRequests(t *testing.T) {
	w, d := newWorld(t), openDocument(t)
	w.check = d.check
	id := "/v1/parties/" + string(w.found("demo").Party.ID)
	secret := "hunter2"
	for _, x := range []struct {
		method, path, body string
		headers            []string
	}{
		{"PATCH", "/settings", `{"size":0}`, nil},
		{"PATCH", "/settings", `{"size":"` + secret + `"}`, nil},
		{"PATCH", "/settings", `{"openness":"` + secret + `"}`, nil},
		{"PATCH", "/settings", `{"Size":3}`, nil},
		{"PATCH", "/settings", `{"player":"-backend"}`, nil},
		{"PATCH", "/settings", `{"size":3,"size":4}`, nil},
		{"PATCH", "/settings", `{"size":3} {}`, nil},
		{"PATCH", "/settings", `{"size":3`, nil},
		{"PATCH", "/settings", "", nil},
		{"PATCH", "/settings", `[]`, nil},
		{"PATCH", "/settings", `null`, nil},
		{"PUT", "/data", `null`, nil},
		{"PUT", "/landing", `{"fields":null}`, nil},
		{"PATCH", "/settings", `size=3`, []string{"Content-Type", "application/x-www-form-urlencoded"}},
		{"PUT", "/data", "{\"a\":\"\xff\"}", nil},
		{"PUT", "/data", `{"a":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`, nil},
		{"PUT", "/data", `{"":1}`, nil},
		{"PUT", "/data", `{}`, []string{"If-Match", `W/"0"`}},
		{"PUT", "/data", `{}`, []string{"If-Match", `0`}},
		{"PUT", "/data", `{}`, []string{"If-Match", `"0","1"`}},
		{"PUT", "/landing", `{"fields":[{"id":"a","label":"","value":"","x":1}]}`, nil},
		{"PUT", "/match", `{}`, nil},
		{"POST", "/messages", `{}`, nil},
		{"POST", "/messages", `{"json":1,"bytes":"AA=="}`, nil},
		{"POST", "/messages", `{"bytes":"*"}`, nil},
		{"POST", "/messages", `{"json":1}`, []string{"Idempotency-Key", strings.Repeat("k", 256)}},
		{"POST", "/ready", `{"within":1}`, nil},
		{"POST", "/invites", `{"expires":59}`, nil},
		{"POST", "/invites", `{"maxUses":1001}`, nil},
		{"GET", "/invites?limit=0", "", nil},
		{"GET", "/invites?limit=65", "", nil},
		{"GET", "/invites?limti=3", "", nil},
		{"DELETE", "/members/0", "", nil},
		{"DELETE", "/members/x", "", nil},
		{"DELETE", "/members/1?ban=maybe", "", nil},
	} {
		code, status := party.BadRequest, 400
		if x.body == `{"":1}` {
			code, status = party.TooLarge, 413
		}
		_, answer := w.refused(code, status, x.method, id+x.path, x.body, x.headers...)
		if strings.Contains(answer, secret) {
			t.Errorf("%s is told back: %s", x.body, answer)
		}
		if !strings.Contains(answer, `"type":"http`) || strings.Contains(answer, "validation failed") {
			t.Errorf("%s %s %s: %s", x.method, x.path, x.body, answer)
		}
	}
	if _, answer := w.refused(party.BadRequest, 400, "PATCH", id+"/settings", `{"sizes":3}`); !strings.Contains(answer, "body.sizes: unexpected property.") {
		t.Errorf("the detail does not say what is wrong: %s", answer)
	}
	big := `{"a":"` + strings.Repeat("x", 70<<10) + `"}`
	w.refused(party.TooLarge, 413, "PUT", id+"/data", big)
	w.refused(party.TooLarge, 413, "POST", id+"/messages", `{"json":`+big+`}`, "Idempotency-Key", "big")
	w.refused(party.TooLarge, 413, "PUT", id+"/data", `{"a":"`+strings.Repeat("x", 5000)+`"}`)
	if v, err := w.client("demo").Party(t.Context(), party.ID(id[len("/v1/parties/"):])); err != nil || v.Revision != 2 {
		t.Errorf("something of it was done: %+v, %v", v, err)
	}
}

func TestPartyDataByETag(t *testing.T) {
	w, d := newWorld(t), openDocument(t)
	w.check = d.check
	path := "/v1/parties/" + string(w.found("demo").Party.ID) + "/data"
	response, body := w.send("PUT", path, `{"level":"ruins"}`, "If-Match", `"0"`)
	if response.StatusCode != 200 || response.Header.Get("ETag") != `"1"` {
		t.Fatalf("%s %s", response.Status, body)
	}
	response, body = w.refused(party.RevisionConflict, 412, "PATCH", path, `{"level":"meadow"}`, "If-Match", `"0"`)
	if response.Header.Get("ETag") != `"1"` || !strings.Contains(body, `"data":{"level":"ruins"},"dataRevision":1`) {
		t.Errorf("the conflict tells %s %s", response.Header.Get("ETag"), body)
	}
	for i, match := range []string{`"1"`, "*", ""} {
		if response, body = w.send("PATCH", path, `{"n":`+strconv.Itoa(i)+`}`, "If-Match", match); response.StatusCode != 200 {
			t.Errorf("If-Match %s: %s", match, body)
		}
	}
	if response, body = w.send("GET", path, ""); response.Header.Get("ETag") != `"4"` || body != `{"data":{"level":"ruins","n":2},"dataRevision":4}`+"\n" {
		t.Errorf("%s %s", response.Header.Get("ETag"), body)
	}
}

func TestPartiesComeInPages(t *testing.T) {
	w, d := newWorld(t), openDocument(t)
	w.check = d.check
	want := map[party.ID]bool{}
	for range 25 {
		want[w.found("demo").Party.ID] = true
	}
	w.found("other")
	w.player(1) // alone
	got := map[party.ID]bool{}
	for p, err := range w.client("demo").Parties(t.Context()) {
		if err != nil || p.Players != 0 || got[p.ID] {
			t.Fatalf("%+v, %v", p, err)
		}
		got[p.ID] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"limit=0", "limit=101", "after=P.*", "before=x"} {
		w.refused(party.BadRequest, 400, "GET", "/v1/parties?"+bad, "")
	}
}

func TestInvitesComeInPages(t *testing.T) {
	w := newWorld(t)
	c, id := w.client("demo"), w.found("demo").Party.ID
	for range 30 {
		if _, err := c.MakeInvite(t.Context(), id, api.NewInvite{}); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[party.InviteID]bool{}
	for i, err := range c.Invites(t.Context(), id) {
		if err != nil {
			t.Fatal(err)
		}
		seen[i.ID] = true
	}
	if len(seen) != 31 {
		t.Errorf("%d links were listed", len(seen))
	}
	response, body := w.send("GET", "/v1/parties/"+string(id)+"/invites?limit=31", "")
	if response.StatusCode != 200 || strings.Contains(body, "next") {
		t.Errorf("the last page says there are more: %s", body)
	}
}
