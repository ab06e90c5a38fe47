package node

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"partykit/client"
	"partykit/internal/limit"
	"partykit/internal/testlog"
)

// A request has a line of its own by what its sender cannot make up, and of all
// that he can he has one.
func TestLinesCannotBeMadeUp(t *testing.T) {
	n, err := Open(t.Context(), Options{Dev: true, Data: t.TempDir(), PublicURL: &url.URL{Scheme: "http", Host: "localhost"}, Logger: testlog.New(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close(t.Context())
	server := httptest.NewServer(n.Handler())
	defer server.Close()
	ada, err := client.Dial(t.Context(), client.Options{URL: server.URL, Game: DemoID, NoReconnect: true})
	if err != nil {
		t.Fatal(err)
	}
	invite := func(o client.InviteOptions) string {
		t.Helper()
		made, err := ada.Invite(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return made.Code
	}
	look := func(code string) {
		t.Helper()
		r, err := http.Get(server.URL + "/join/" + code)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("the page answers %v, %v", r, err)
		}
		r.Body.Close()
	}
	line := func(path string, headers ...string) stand {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return n.lineOf(r)
	}
	same := func(what string, paths ...string) {
		t.Helper()
		for _, path := range paths {
			if line(path) != line(paths[0]) {
				t.Errorf("%s: %s and %s wait in two lines", what, paths[0], path)
			}
		}
	}

	one, two := invite(client.InviteOptions{}), invite(client.InviteOptions{})
	if line("/join/"+one) != line("/join/"+strings.Repeat("0", len(one))) {
		t.Error("a code has a line before it was found to lead anywhere")
	}
	look(one)
	look(two)
	same("a link", "/join/"+one, "/join/"+one+"/live", "/join/"+strings.ToUpper(one)+"?x=1")
	same("made up codes", "/join/0", "/join/1", "/join/"+strings.Repeat("0", len(one)), "/join/K7Q-2M9")
	same("a game", "/connect?game=demo", "/connect?game=demo&z=1", "/connect?z=2&game=demo")
	same("made up games", "/connect?game=a1", "/connect?game=a2", "/connect", "/a3", "/assets/a4")

	_, key, err := n.games.NewServerKey(t.Context(), DemoID)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[stand]bool{}
	for _, x := range []stand{
		line("/join/" + one), line("/join/" + two), line("/join/0"), line("/connect?game=demo"), line("/"),
		line("/v1/parties", "Authorization", "Bearer "+key), line("/v1/parties", "Authorization", "Bearer "+key+"0"),
	} {
		if lines[x] {
			t.Errorf("two that are different wait in the line %v", x)
		}
		lines[x] = true
	}
	if line("/v1/parties", "Authorization", "Bearer 1") != line("/v1/game", "Authorization", "Bearer 2") {
		t.Error("made up keys have a line each")
	}

	// Whose turn it is, and how many may wait.
	here, backend := limit.HomeOf(netip.MustParseAddr("192.0.2.1")), line("/v1/parties", "Authorization", "Bearer "+key)
	for _, x := range []struct{ got, want stand }{
		{line("/join/" + one), stand{limit.Visitor{Game: DemoID, Home: here}, "link " + one, 200}},
		{line("/connect?game=demo"), stand{limit.Visitor{Game: DemoID, Home: here}, "players", 200}},
		{line("/join/0"), stand{limit.Visitor{Home: here}, "links", 200}},
		{backend, stand{limit.Visitor{Game: DemoID}, "backend", 0}},
	} {
		if x.got != x.want {
			t.Errorf("who asks waits at %v, want %v", x.got, x.want)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/connect?game=demo", nil)
	if r.RemoteAddr = "127.0.0.1:7"; n.lineOf(r).most != 0 {
		t.Error("in dev this machine is counted")
	}
}

// Many in line do not make the server look unwell.
func TestWhoAsksHowTheServerIsDoesNotWait(t *testing.T) {
	asked := 0
	u := newUsher(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }), byPath, nil)
	u.room, u.lets = 0, true // and nobody lets in
	for _, path := range []string{"/healthz", "/readyz"} {
		u.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	if asked != 2 {
		t.Errorf("%d of 2 were answered", asked)
	}
}
