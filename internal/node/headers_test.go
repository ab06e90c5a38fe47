package node_test

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partykit/client"
	"partykit/internal/auth"
	"partykit/internal/node"
)

// linkOf starts a node that browsers know by a scheme, and makes a link on it. It
// returns what serves the node, the link's path, and where the node is reached
// without TLS, as by a proxy.
func linkOf(t *testing.T, scheme string) (serves http.Handler, path, at string) {
	t.Helper()
	n := start(t, node.Options{Dev: true, PublicURL: &url.URL{Scheme: scheme, Host: "localhost"}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go n.Serve(l)
	at = "http://" + l.Addr().String()
	c, err := client.Dial(t.Context(), client.Options{URL: at, Game: node.DemoID})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	invite, err := c.Invite(t.Context(), client.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return n.Handler(), "/join/" + invite.Code, at
}

// asked is what a browser gets that was never here.
func asked(h http.Handler, path string) http.Header {
	r, w := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
	r.Header.Set("Accept-Encoding", "gzip")
	h.ServeHTTP(w, r)
	return w.Header()
}

// A page out of memory says the same of itself whether it leaves whole or by way of
// net/http, each time of another browser, and nothing twice.
func TestHeadersOfAPageOutOfMemory(t *testing.T) {
	names := []string{
		"Cache-Control", "Content-Encoding", "Content-Length", "Content-Security-Policy", "Content-Type",
		"Cross-Origin-Opener-Policy", "Set-Cookie", "X-Content-Type-Options",
	}
	for scheme, want := range map[string][]string{"http": names, "https": slices.Insert(slices.Clone(names), 7, "Strict-Transport-Security")} {
		serves, path, at := linkOf(t, scheme)
		asked(serves, path) // makes it
		written := asked(serves, path)
		if got := slices.Sorted(maps.Keys(written)); !slices.Equal(got, want) {
			t.Errorf("by %s headers %v, want %v", scheme, got, want)
		}
		cookies := map[string]bool{written.Get("Set-Cookie"): true}
		for range 2 {
			r, err := http.NewRequest("GET", at+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept-Encoding", "gzip")
			whole, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, whole.Body); err != nil || strconv.FormatInt(n, 10) != written.Get("Content-Length") {
				t.Errorf("by %s %d bytes come, %v", scheme, n, err)
			}
			whole.Body.Close()
			cookies[whole.Header.Get("Set-Cookie")] = true
			name, _, _ := strings.Cut(written.Get("Set-Cookie"), "=")
			if c := whole.Cookies(); len(c) != 1 || c[0].Name != name || !auth.ValidBrowser(c[0].Value) {
				t.Errorf("by %s cookies %v", scheme, c)
			}
			whole.Header.Del("Date")
			whole.Header["Set-Cookie"] = written["Set-Cookie"]
			if diff := cmp.Diff(written, whole.Header); diff != "" {
				t.Errorf("by %s, written and whole: %s", scheme, diff)
			}
		}
		if len(cookies) != 3 {
			t.Errorf("three browsers get %d cookies", len(cookies))
		}
	}
}

// Whatever else is asked for, found or not, a browser tells no other site where it
// was.
func TestAddressesStayHere(t *testing.T) {
	h, path, _ := linkOf(t, "http")
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
