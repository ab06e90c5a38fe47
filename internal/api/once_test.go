package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"partykit/client/api"
	"partykit/party"
)

// A POST with a key happens once and is answered the same.
func TestARepeatedRequestHappensOnce(t *testing.T) {
	w, d := newWorld(t), openDocument(t)
	w.check = d.check
	made := w.found("demo")
	ada := w.player(1)
	ada.session.Text([]byte(`{"t":"join","id":1,"code":"` + made.Invite.Code + `"}`))
	ada.next(t, "ok")
	in := "/v1/parties/" + string(made.Party.ID)
	for path, body := range map[string]string{
		"/v1/parties": `{"size":3}`, in + "/invites": `{"maxUses":1}`, in + "/messages": `{"json":{"won":1}}`, in + "/ready": `{}`, in + "/members/1/promote": ``,
	} {
		first, answer := w.send("POST", path, body, "Idempotency-Key", "key of "+path)
		again, same := w.send("POST", path, body, "Idempotency-Key", "key of "+path)
		if first.StatusCode >= 300 || again.StatusCode != first.StatusCode || same != answer || again.Header.Get("Location") != first.Header.Get("Location") {
			t.Errorf("%s answers %d %s, then %d %s", path, first.StatusCode, answer, again.StatusCode, same)
		}
		w.refused(party.BadRequest, 400, "POST", path, strings.Replace(body, "{", "{ ", 1)+" ", "Idempotency-Key", "key of "+path)
	}
	v, err := w.client("demo").Party(t.Context(), made.Party.ID)
	if err != nil || len(v.Invites) != 2 {
		t.Errorf("%d links, %v", len(v.Invites), err)
	}
	if <-ada.messages; len(ada.messages) != 0 {
		t.Errorf("%d messages more came", len(ada.messages))
	}
}

// A key is the game's own, and without one everything happens each time.
func TestKeysAreTheGamesOwn(t *testing.T) {
	w := newWorld(t)
	send := func(game, key string) string {
		_, answer := w.send("POST", "/v1/parties", `{}`, "Authorization", "Bearer "+w.keys[game], "Idempotency-Key", key)
		var made api.MadeParty
		if err := json.Unmarshal([]byte(answer), &made); err != nil || made.Party.ID == "" {
			t.Fatalf("answered %s", answer)
		}
		return string(made.Party.ID)
	}
	ids := []string{send("demo", "1"), send("other", "1"), send("demo", "2"), send("demo", ""), send("demo", "")}
	for i, a := range ids {
		for _, b := range ids[i+1:] {
			if a == b {
				t.Errorf("the same party came of different requests: %v", ids)
			}
		}
	}
}

// A failure is not kept: sent again, the request is tried again.
func TestARefusedRequestIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	path := "/v1/parties/" + string(w.found("demo").Party.ID) + "/messages"
	w.refused(party.NotFound, 404, "POST", path, `{"json":1}`, "Idempotency-Key", "1") // nobody is in
	made, err := w.client("demo").MakeInvite(t.Context(), party.ID(strings.Split(path, "/")[3]), api.NewInvite{})
	if err != nil {
		t.Fatal(err)
	}
	ada := w.player(1)
	ada.session.Text([]byte(`{"t":"join","id":1,"code":"` + made.Code + `"}`))
	ada.next(t, "ok")
	if response, answer := w.send("POST", path, `{"json":1}`, "Idempotency-Key", "1"); response.StatusCode != 200 {
		t.Errorf("tried again: %s", answer)
	}
}

// No code is stored with an answer.
func TestKeptAnswersHoldNoCode(t *testing.T) {
	w := newWorld(t)
	_, answer := w.send("POST", "/v1/parties", `{}`, "Idempotency-Key", "1")
	var made api.MadeParty
	if err := json.Unmarshal([]byte(answer), &made); err != nil {
		t.Fatal(err)
	}
	stored := 0
	for _, value := range w.answers.kept {
		stored++
		if strings.Contains(value, made.Invite.Code) {
			t.Errorf("the code is stored: %s", value)
		}
	}
	if stored != 1 {
		t.Errorf("%d answers are stored", stored)
	}
}
