package node_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"partykit/client"
	"partykit/internal/node"
)

// A game's backend steers a party that its players are in, and what it asked
// for once is known after a restart, too.
func TestABackendAcrossARestart(t *testing.T) {
	o := node.Options{Dev: true, Data: t.TempDir(), PublicURL: &url.URL{Scheme: "http", Host: "localhost"}}
	first, stop := run(t, o)
	server := httptest.NewServer(first.Handler())
	_, key, err := first.Games().NewServerKey(t.Context(), node.DemoID)
	if err != nil {
		t.Fatal(err)
	}
	post := func(path, body, name string) (*http.Response, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+key)
		request.Header.Set("Idempotency-Key", name)
		r, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		answer, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode >= 300 {
			t.Fatalf("%s answers %s %s, %v", path, r.Status, answer, err)
		}
		return r, string(answer)
	}
	ada, err := client.Dial(t.Context(), client.Options{URL: server.URL, Game: node.DemoID, NoReconnect: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ada.Invite(t.Context(), client.InviteOptions{}); err != nil {
		t.Fatal(err)
	}
	in := "/v1/parties/" + string(ada.Snapshot().ID)
	_, link := post(in+"/invites", `{"maxUses":1}`, "link")
	_, sent := post(in+"/messages", `{"json":1}`, "message")
	stop()
	server.Close()

	second := start(t, o)
	server = httptest.NewServer(second.Handler())
	defer server.Close()
	if _, again := post(in+"/invites", `{"maxUses":1}`, "link"); again != link {
		t.Errorf("the link was %s, is %s", link, again)
	}
	if r, again := post(in+"/messages", `{"json":1}`, "message"); again != sent || r.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the message was %s, is %s", sent, again)
	}
}
