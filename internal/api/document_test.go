package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"partykit/client/api"
	server "partykit/internal/api"
	"partykit/party"
)

var update = flag.Bool("update", false, "write docs/openapi.json anew")

var committed = filepath.Join("..", "..", "docs", "openapi.json")

// The committed document is the one that is served.
func TestTheCommittedDocumentIsFresh(t *testing.T) {
	w := newWorld(t)
	response, served := w.send("GET", server.DocumentPath, "", "Authorization", "")
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("%s answers %s %s", server.DocumentPath, response.Status, response.Header.Get("Content-Type"))
	}
	if *update {
		if err := os.WriteFile(committed, []byte(served), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(b), served); diff != "" {
		t.Errorf("docs/openapi.json is stale; run: go test ./internal/api -run CommittedDocument -update\n%s", diff)
	}
}

// document is the OpenAPI document as another library reads it.
type document struct {
	t       *testing.T
	raw     map[string]any
	schemas *jsonschema.Compiler
	seen    map[string]bool // "operationId status"
}

func openDocument(t *testing.T) *document {
	t.Helper()
	d := &document{t: t, schemas: jsonschema.NewCompiler(), seen: map[string]bool{}}
	if err := json.Unmarshal(server.Document(), &d.raw); err != nil {
		t.Fatal(err)
	}
	// What is answered must be documented, although later versions may say more.
	for _, s := range at[map[string]any](d.raw, "components", "schemas") {
		s.(map[string]any)["additionalProperties"] = false
	}
	d.schemas.DefaultDraft(jsonschema.Draft2020)
	if err := d.schemas.AddResource("openapi.json", d.raw); err != nil {
		t.Fatal(err)
	}
	return d
}

// at goes down into a document; what is not there is the zero value.
func at[T any](v any, keys ...string) T {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	found, _ := v.(T)
	return found
}

// operation is one operation of the document.
type operation struct{ id, method, path string }

func (d *document) operations() []operation {
	var all []operation
	for path, item := range at[map[string]any](d.raw, "paths") {
		for method := range item.(map[string]any) {
			all = append(all, operation{at[string](item, method, "operationId"), strings.ToUpper(method), path})
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return all
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// find returns the operation of a request.
func (d *document) find(r *http.Request) (operation, bool) {
	for _, o := range d.operations() {
		shape := regexp.MustCompile("^" + placeholder.ReplaceAllString(o.path, "[^/]+") + "$")
		if o.method == r.Method && shape.MatchString(r.URL.Path) {
			return o, true
		}
	}
	return operation{}, false
}

// check holds an answer to the document.
func (d *document) check(r *http.Response, body []byte) {
	d.t.Helper()
	o, ok := d.find(r.Request)
	if !ok {
		return
	}
	status := fmt.Sprint(r.StatusCode)
	d.seen[o.id+" "+status] = true
	kind := r.Header.Get("Content-Type")
	keys := []string{"paths", o.path, strings.ToLower(o.method), "responses", status, "content", kind, "schema"}
	if at[map[string]any](d.raw, keys...) == nil {
		d.t.Errorf("%s answers %s with %s, of which the document knows nothing: %s", o.id, status, kind, body)
		return
	}
	schema, err := d.schemas.Compile("openapi.json#" + pointer(keys))
	if err != nil {
		d.t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		d.t.Fatalf("%s answers %s: %v", o.id, body, err)
	}
	if err := schema.Validate(v); err != nil {
		d.t.Errorf("%s answers otherwise than the document says: %v\n%s", o.id, err, body)
	}
	for name := range at[map[string]any](d.raw, "paths", o.path, strings.ToLower(o.method), "responses", status, "headers") {
		sometimes := name == "Idempotency-Replayed" || status == "429" && name != "Retry-After" // a stranger has no budget
		if r.Header.Get(name) == "" && !sometimes {
			d.t.Errorf("%s answers %s without the header %s", o.id, status, name)
		}
	}
}

func pointer(keys []string) string {
	var b strings.Builder
	for _, k := range keys {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(k))
	}
	return b.String()
}

// Every operation does what it says, with the typed client, and every answer is
// as the document says.
func TestEveryRouteKeepsItsWord(t *testing.T) {
	w, d, ctx := newWorld(t), openDocument(t), t.Context()
	w.check = d.check
	c := w.client("demo")
	must := func(v party.Snapshot, err error) party.Snapshot {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if g, err := c.Game(ctx); err != nil || g != (api.Game{ID: "demo", Name: "Game demo"}) {
		t.Errorf("the game is %+v, %v", g, err)
	}
	made, err := c.MakeParty(ctx, api.NewParty{
		Size: 4, Data: party.Data{"level": json.RawMessage(`"ruins"`)}, Landing: []party.Field{{ID: "title", Value: "Ruins"}},
		Invite: &api.NewInvite{Message: "Come!", MaxUses: 3, Expires: 3600},
	})
	if err != nil || made.Invite.URL != "https://party.example/join/"+made.Invite.Code || made.Party.Size != 4 {
		t.Fatalf("made %+v, %v", made, err)
	}
	id := made.Party.ID
	ada, bob := w.player(1), w.player(2)
	for _, g := range []*guest{ada, bob} {
		g.session.Text(nil, []byte(`{"t":"join","id":1,"code":"`+made.Invite.Code+`"}`))
		g.next(t, "ok")
		g.session.Text(nil, []byte(`{"t":"finalize","id":2,"success":true}`))
		g.next(t, "ok")
	}
	v := must(c.Party(ctx, id))
	if len(v.Members) != 2 || v.Leader != ada.id || string(v.Data["level"]) != `"ruins"` {
		t.Errorf("the party is %+v", v)
	}
	for b, err := range c.Parties(ctx) {
		if want := (api.PartyBrief{ID: id, Revision: v.Revision, Leader: ada.id, Openness: party.InviteOnly, Size: 4, Players: 2}); err != nil || b != want {
			t.Errorf("listed as %+v, %v", b, err)
		}
	}
	ada.session.Text(nil, []byte(`{"t":"report","id":90,"n":2,"reason":"Rude"}`))
	ada.next(t, "ok")
	for r, err := range c.Reports(ctx) {
		if err != nil || r.By.Player != ada.id || r.About.Player != bob.id || r.Reason != "Rude" || r.Party != id || r.Game != "demo" {
			t.Errorf("reported is %+v, %v", r, err)
		}
		if err := c.CloseReport(ctx, r.ID); err != nil {
			t.Error(err)
		}
	}
	for r, err := range c.Reports(ctx) {
		t.Errorf("still there: %+v, %v", r, err)
	}
	if p, err := c.Player(ctx, bob.id); err != nil || p.Party != id || p.Member.N != 2 {
		t.Errorf("bob is %+v, %v", p, err)
	}

	lock, leader, three, approve := party.Locking, party.LeaderOnly, 3, true
	if v = must(c.Change(ctx, id, api.Settings{Openness: &lock, Inviters: &leader, Approve: &approve, Size: &three})); v.Openness != lock || v.Inviters != leader || v.Size != 3 || !v.Approve {
		t.Errorf("the settings are %+v", v)
	}
	if v = must(c.SetLanding(ctx, id, []party.Field{{ID: "title", Value: "Meadow"}})); v.Landing[0].Value != "Meadow" {
		t.Errorf("the landing info is %+v", v.Landing)
	}
	data, err := c.SetData(ctx, id, party.Data{"level": json.RawMessage(`"meadow"`), "x": json.RawMessage("1")}, new(made.Party.DataRev))
	if err != nil || data.Revision != made.Party.DataRev+1 {
		t.Errorf("the data is %+v, %v", data, err)
	}
	_, err = c.SetData(ctx, id, party.Data{}, new(made.Party.DataRev))
	if e, ok := err.(*api.Error); !ok || e.Code != party.RevisionConflict || e.Status != 412 || e.Current.Revision != data.Revision || string(e.Current.Data["x"]) != "1" {
		t.Errorf("an old revision: %v", err)
	}
	if data, err = c.PatchData(ctx, id, party.Data{"x": json.RawMessage("null")}, nil); err != nil || len(data.Data) != 1 {
		t.Errorf("patched to %+v, %v", data, err)
	}
	if again, err := c.Data(ctx, id); err != nil || !cmp.Equal(again, data) {
		t.Errorf("the data is %+v, %v", again, err)
	}
	if v = must(c.SetMatch(ctx, id, api.Match{ID: "m1", Connection: json.RawMessage(`{"ip":"::1"}`), Joinable: true, Free: 2})); v.Match == nil || v.Match.Free != 2 {
		t.Errorf("the match is %+v", v.Match)
	}
	if v = must(c.EndMatch(ctx, id)); v.Match != nil {
		t.Errorf("the match is %+v", v.Match)
	}
	if v = must(c.StartReady(ctx, id, 10*time.Second, true)); v.Ready == nil || v.Ready.By != party.Backend || !v.Ready.Keep {
		t.Errorf("the ready check is %+v", v.Ready)
	}
	if v = must(c.CancelReady(ctx, id)); v.Ready != nil {
		t.Errorf("the ready check is %+v", v.Ready)
	}
	if v = must(c.Promote(ctx, id, 2)); v.Leader != bob.id {
		t.Errorf("%s leads", v.Leader)
	}
	if seq, err := c.Send(ctx, id, api.Message{JSON: json.RawMessage(`{"won":true}`)}); err != nil || seq == 0 {
		t.Errorf("sent as %d, %v", seq, err)
	}
	if _, err := c.Send(ctx, id, api.Message{To: 1, Bytes: []byte{0, 1, 2}}); err != nil {
		t.Error(err)
	}
	if first, second := <-ada.messages, <-ada.messages; string(first.Payload) != `{"won":true}` || !bytes.Equal(second.Payload, []byte{0, 1, 2}) || second.Peer != 0 {
		t.Errorf("ada got %s and %v", first.Payload, second)
	}
	if m := <-bob.messages; string(m.Payload) != `{"won":true}` || len(bob.messages) > 0 {
		t.Errorf("bob got %s and %d more", m.Payload, len(bob.messages))
	}

	more, err := c.MakeInvite(ctx, id, api.NewInvite{
		For: bob.id, Payload: json.RawMessage(`[1]`), Requires: party.Needs{"version": "2"},
		As: 1, OnLeave: party.RevokeOnLeave, Until: api.UntilEmpty, Spoken: true,
	})
	if err != nil || more.By != ada.id || more.For != bob.id || more.OnLeave != party.RevokeOnLeave || more.Expires != 0 || more.Spoken == "" {
		t.Errorf("made %+v, %v", more, err)
	}
	must(c.Revoke(ctx, id, more.ID))
	for i, err := range c.Invites(ctx, id) {
		if err != nil || i.ID != made.Invite.ID || i.Uses != 2 {
			t.Errorf("a live link is %+v, %v", i, err)
		}
	}
	w.player(3).asks(t, made.Invite.Code)
	if v = must(c.Party(ctx, id)); len(v.Asks) != 1 {
		t.Fatalf("asking: %+v", v.Asks)
	}
	if v = must(c.Admit(ctx, id, v.Asks[0].N)); len(v.Asks) != 0 || len(v.Held) != 1 {
		t.Errorf("let in: %+v", v.Held)
	}
	must(c.Kick(ctx, id, v.Held[0].N, false))
	w.player(4).asks(t, made.Invite.Code)
	v = must(c.Party(ctx, id))
	if v = must(c.Decline(ctx, id, v.Asks[0].N)); len(v.Asks) != 0 || len(v.Held) != 0 {
		t.Errorf("turned away: %+v", v.Held)
	}
	if v = must(c.Kick(ctx, id, 2, true)); len(v.Members) != 1 || !v.Outcasts[1].Banned {
		t.Errorf("after the ban %+v", v)
	}
	if v = must(c.Readmit(ctx, id, 2)); len(v.Outcasts) != 1 {
		t.Errorf("still out: %+v", v.Outcasts)
	}

	named, err := c.NamePlayer(ctx, api.NewToken{Subject: "7"})
	if v, verr := c.VerifyToken(ctx, named.Token); err != nil || verr != nil || v.Valid {
		t.Errorf("a token that names somebody is no player's token: %+v, %v, %v", v, err, verr)
	}

	// What is not there is told by every operation that names something.
	for _, o := range d.operations() {
		body := map[string]string{
			"changeSettings": `{}`, "setLanding": `{"fields":[]}`, "setData": `{}`, "patchData": `{}`, "setMatch": `{"id":"m"}`,
			"startReady": `{}`, "makeInvite": `{}`, "sendMessage": `{"json":1}`,
		}[o.id]
		if strings.Contains(o.path, "{") {
			w.refused(party.NotFound, 404, o.method, strings.NewReplacer("{party}", "pnothing", "{n}", "1", "{invite}", "i", "{player}", "g", "{report}", "r").Replace(o.path), body)
		}
	}
	var missing []string
	for _, o := range d.operations() {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(d.seen)), func(s string) bool { return strings.HasPrefix(s, o.id+" 2") }) {
			missing = append(missing, o.id)
		}
	}
	if len(missing) > 0 || len(d.operations()) < 20 {
		t.Errorf("of %d operations nobody tried: %v", len(d.operations()), missing)
	}
}

// A reader of the document learns what each thing is.
func TestTheDocumentExplainsEverything(t *testing.T) {
	d := openDocument(t)
	for name, schema := range at[map[string]any](d.raw, "components", "schemas") {
		for field, p := range at[map[string]any](schema, "properties") {
			if at[string](p, "description") == "" {
				t.Errorf("%s.%s has no description", name, field)
			}
		}
	}
	var codes []party.Code
	for _, c := range at[[]any](d.raw, "components", "schemas", "Problem", "properties", "code", "enum") {
		codes = append(codes, party.Code(c.(string)))
	}
	if len(codes) != len(party.Problems) {
		t.Errorf("it lists %d codes of %d", len(codes), len(party.Problems))
	}
	for _, o := range d.operations() {
		if at[string](d.raw, "paths", o.path, strings.ToLower(o.method), "summary") == "" {
			t.Errorf("%s has no summary", o.id)
		}
	}
}
