package node_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"partykit/client"
	"partykit/internal/node"
)

// linkOf starts a node that browsers reach by a scheme, and makes a link on it. It
// returns what serves the node, and the link's path.
func linkOf(t *testing.T, scheme string) (http.Handler, string) {
	t.Helper()
	n := start(t, node.Options{Dev: true, PublicURL: &url.URL{Scheme: scheme, Host: "localhost"}})
	at := httptest.NewServer(n.Handler())
	t.Cleanup(at.Close)
	c, err := client.Dial(t.Context(), client.Options{URL: at.URL, Game: node.DemoID})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	invite, err := c.Invite(t.Context(), client.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return n.Handler(), "/join/" + invite.Code
}

// asked is what a browser gets that was never here.
func asked(h http.Handler, path string) http.Header {
	r, w := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
	r.Header.Set("Accept-Encoding", "gzip")
	h.ServeHTTP(w, r)
	return w.Header()
}

// More than eight headers outgrow the maps that net/http keeps them in. A page out
// of memory has as many; by HTTPS a ninth, which nothing else could stand for.
func TestPageOutOfMemoryHasFewHeaders(t *testing.T) {
	few := []string{
		"Cache-Control", "Content-Encoding", "Content-Length", "Content-Security-Policy", "Content-Type",
		"Cross-Origin-Opener-Policy", "Set-Cookie", "X-Content-Type-Options",
	}
	for scheme, want := range map[string][]string{"http": few, "https": slices.Insert(slices.Clone(few), 7, "Strict-Transport-Security")} {
		h, path := linkOf(t, scheme)
		asked(h, path) // makes it
		if got := slices.Sorted(maps.Keys(asked(h, path))); !slices.Equal(got, want) {
			t.Errorf("by %s headers %v, want %v", scheme, got, want)
		}
	}
}

// Whatever else is asked for, found or not, a browser tells no other site where it
// was.
func TestAddressesStayHere(t *testing.T) {
	h, path := linkOf(t, "http")
	for _, path := range []string{
		path, // the first of its link; after that out of memory
		path + "/card.png", path + "/qr.svg", path + "/", path + "/live", "/join", "/join/nonsense!",
		"/face/7.svg", "/face/none", "/art/demo/cover", "/art/demo/none", "/assets/none", "/nothing", "/healthz", "/v1/nothing", "/docs", "/",
	} {
		if got := asked(h, path).Get("Referrer-Policy"); got != "same-origin" {
			t.Errorf("%s: Referrer-Policy is %q", path[:min(len(path), 6)]+path[strings.LastIndex(path, "/"):], got)
		}
	}
}
