package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"partykit/client/api"
	"partykit/party"
)

// What has a key happens once and is answered the same.
func TestARepeatedRequestHappensOnce(t *testing.T) {
	w, d := newWorld(t), openDocument(t)
	w.check = d.check
	made := w.found("demo")
	ada := w.player(1)
	ada.session.Text(nil, []byte(`{"t":"join","id":1,"code":"`+made.Invite.Code+`"}`))
	ada.next(t, "ok")
	in := "/v1/parties/" + string(made.Party.ID)
	for _, x := range [][3]string{
		{"POST", "/v1/parties", `{"size":3}`}, {"POST", in + "/invites", `{"maxUses":1}`}, {"POST", in + "/messages", `{"json":{"won":1}}`},
		{"POST", in + "/ready", `{}`}, {"POST", in + "/members/1/promote", ``}, {"PATCH", in + "/settings", `{"size":3}`},
		{"PUT", in + "/data", `{"level":2}`}, {"DELETE", in + "/members/1", ``},
	} {
		method, path, body := x[0], x[1], x[2]
		key := []string{"Idempotency-Key", "key of " + path}
		first, answer := w.send(method, path, body, key...)
		again, same := w.send(method, path, body, key...)
		if first.StatusCode >= 300 || again.StatusCode != first.StatusCode || same != answer {
			t.Errorf("%s answers %d %s, then %d %s", path, first.StatusCode, answer, again.StatusCode, same)
		}
		for _, name := range []string{"Location", "ETag"} {
			if again.Header.Get(name) != first.Header.Get(name) {
				t.Errorf("%s answers %s %q, then %q", path, name, first.Header.Get(name), again.Header.Get(name))
			}
		}
		w.refused(party.BadRequest, 400, method, path, strings.Replace(body, "{", "{ ", 1)+" ", key...)
		w.refused(party.BadRequest, 400, method, path, body, append(key, "If-Match", `"77"`)...)
	}
	v, err := w.client("demo").Party(t.Context(), made.Party.ID)
	if err != nil || len(v.Invites) != 2 {
		t.Errorf("%d links, %v", len(v.Invites), err)
	}
	if <-ada.messages; len(ada.messages) != 0 {
		t.Errorf("%d messages more came", len(ada.messages))
	}
}

// Sent several times at once it happens once as well.
func TestWhatIsUnderWayIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	made := w.found("demo")
	ada := w.player(1)
	ada.session.Text(nil, []byte(`{"t":"join","id":1,"code":"`+made.Invite.Code+`"}`))
	ada.next(t, "ok")
	path := "/v1/parties/" + string(made.Party.ID) + "/members/1"
	type result struct {
		status   int
		replayed bool
	}
	results := make(chan result, 8)
	for range cap(results) {
		request, err := http.NewRequestWithContext(t.Context(), "DELETE", w.http.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+w.keys["demo"])
		request.Header.Set("Idempotency-Key", "kick")
		go func() {
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Error(err)
				results <- result{}
				return
			}
			response.Body.Close()
			results <- result{response.StatusCode, response.Header.Get("Idempotency-Replayed") != ""}
		}()
	}
	done := 0
	for range cap(results) {
		r := <-results
		if r.status != 200 {
			t.Errorf("one is answered %d", r.status)
		}
		if !r.replayed {
			done++
		}
	}
	if done != 1 {
		t.Errorf("it was done %d times", done)
	}
}

// What its caller hung up on goes on, happens once, and is answered the next time.
func TestWhoHangsUpIsAnsweredTheNextTime(t *testing.T) {
	w := newWorld(t)
	path, body := "/v1/parties/"+string(w.found("demo").Party.ID)+"/settings", `{"size":3}`
	ctx, hangUp := context.WithCancel(t.Context())
	w.answers.looked = hangUp
	r := httptest.NewRequestWithContext(ctx, "PATCH", path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+w.keys["demo"])
	r.Header.Set("Idempotency-Key", "1")
	w.http.Config.Handler.ServeHTTP(httptest.NewRecorder(), r)
	if ctx.Err() == nil {
		t.Fatal("the caller has not hung up")
	}
	again, answer := w.send("PATCH", path, body, "Idempotency-Key", "1")
	if again.StatusCode != 200 || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("sent again it is answered %s %s, and not as before", again.Status, answer)
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
	ada.session.Text(nil, []byte(`{"t":"join","id":1,"code":"`+made.Code+`"}`))
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
