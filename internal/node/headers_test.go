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

// A link is one of a node of its own.
type link struct {
	serves http.Handler // the node
	at     string       // where the node is reached without TLS, as by a proxy
	path   string
	revoke func() error
}

// linkOf starts a node that browsers know by a scheme, and makes a link on it.
func linkOf(t *testing.T, scheme string) link {
	t.Helper()
	n := start(t, node.Options{Dev: true, PublicURL: &url.URL{Scheme: scheme, Host: "localhost"}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go n.Serve(l)
	at := "http://" + l.Addr().String()
	c, err := client.Dial(t.Context(), client.Options{URL: at, Game: node.DemoID})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	invite, err := c.Invite(t.Context(), client.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return link{n.Handler(), at, "/join/" + invite.Code, func() error { return c.Revoke(t.Context(), invite.ID) }}
}

// asked is what a browser gets that was never here.
func asked(h http.Handler, path string) http.Header {
	r, w := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
	r.Header.Set("Accept-Encoding", "gzip")
	h.ServeHTTP(w, r)
	return w.Header()
}

// fetched is the page by the network, packed, and how long it is.
func (l link) fetched(cookie string) (*http.Response, int64, error) {
	r, err := http.NewRequest("GET", l.at+l.path, nil)
	if err != nil {
		return nil, 0, err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	got, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, 0, err
	}
	defer got.Body.Close()
	n, err := io.Copy(io.Discard, got.Body)
	return got, n, err
}

// A page out of memory says the same of itself whether it leaves whole or by way of
// net/http, each time of another browser, and nothing twice.
func TestHeadersOfAPageOutOfMemory(t *testing.T) {
	names := []string{
		"Cache-Control", "Content-Encoding", "Content-Length", "Content-Security-Policy", "Content-Type",
		"Cross-Origin-Opener-Policy", "Set-Cookie", "X-Content-Type-Options",
	}
	for scheme, want := range map[string][]string{"http": names, "https": slices.Insert(slices.Clone(names), 7, "Strict-Transport-Security")} {
		l := linkOf(t, scheme)
		asked(l.serves, l.path) // makes it
		written := asked(l.serves, l.path)
		if got := slices.Sorted(maps.Keys(written)); !slices.Equal(got, want) {
			t.Errorf("by %s headers %v, want %v", scheme, got, want)
		}
		cookies := map[string]bool{written.Get("Set-Cookie"): true}
		for range 2 {
			whole, n, err := l.fetched("")
			if err != nil || strconv.FormatInt(n, 10) != written.Get("Content-Length") {
				t.Errorf("by %s %d bytes come, %v", scheme, n, err)
			}
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

// The page of a link that leads nowhere says by headers what others say in their
// heads, and what is said of all that is no page it says once.
func TestHeadersOfADeadLink(t *testing.T) {
	l := linkOf(t, "https")
	if err := l.revoke(); err != nil {
		t.Fatal(err)
	}
	cookie := ""
	for _, how := range []string{"made", "out of memory", "for a browser that was here"} {
		got, _, err := l.fetched(cookie)
		if err != nil || got.StatusCode != http.StatusGone {
			t.Fatalf("%s: %v, %v", how, got, err)
		}
		for name, values := range got.Header {
			if len(values) != 1 {
				t.Errorf("%s it says %s: %q", how, name, values)
			}
		}
		for name, want := range map[string]string{"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow", "Strict-Transport-Security": "max-age=31536000"} {
			if v := got.Header.Get(name); v != want {
				t.Errorf("%s it says %s: %q", how, name, v)
			}
		}
		cookie, _, _ = strings.Cut(got.Header.Get("Set-Cookie"), ";")
	}
}

// Whatever else is asked for, found or not, a browser tells no other site where it
// was.
func TestAddressesStayHere(t *testing.T) {
	l := linkOf(t, "http")
	h, path := l.serves, l.path
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
