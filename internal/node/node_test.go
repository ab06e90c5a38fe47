package node_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"partykit/client"
	"partykit/internal/control"
	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/internal/node"
	"partykit/internal/testlog"
	"partykit/party"
)

// start runs a node on a port of its own until the test ends.
func start(t *testing.T, o node.Options) *node.Node {
	t.Helper()
	n, stop := run(t, o)
	t.Cleanup(stop)
	return n
}

// run is start for tests that stop the node themselves.
func run(t *testing.T, o node.Options) (n *node.Node, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if o.Data == "" {
		o.Data = t.TempDir()
	}
	if o.PublicURL == nil {
		o.PublicURL = &url.URL{Scheme: "http", Host: l.Addr().String()}
		if o.Certificate != nil {
			o.PublicURL.Scheme = "https"
		}
	}
	o.Logger = testlog.New(t)
	if n, err = node.Open(t.Context(), o); err != nil {
		l.Close()
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- n.Serve(l) }()
	return n, func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := n.Close(ctx); err != nil {
			t.Errorf("closing: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serving: %v", err)
		}
	}
}

func get(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

func dial(t *testing.T, n *node.Node, o client.Options) *client.Client {
	t.Helper()
	o.URL, o.Game = n.URL(), node.DemoID
	c, err := client.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestWhatDevServes(t *testing.T) {
	n := start(t, node.Options{Dev: true})
	for path, want := range map[string]struct {
		status int
		kind   string
		has    string
	}{
		"/":                              {200, "text/html; charset=utf-8", `href="/play/"`},
		"/play/":                         {200, "text/html; charset=utf-8", "<title>"},
		"/sdk/v1/partykit.js":            {200, "text/javascript; charset=utf-8", "PartyKit"},
		"/join":                          {200, "text/html; charset=utf-8", "<form"},
		"/join/0123456789abcdefgh":       {404, "text/html; charset=utf-8", ""},
		"/docs":                          {200, "text/html; charset=utf-8", `href="/docs/protocol"`},
		"/docs/protocol":                 {200, "text/html; charset=utf-8", "<table>"},
		"/docs/style.css":                {200, "text/css; charset=utf-8", "--pk-accent"},
		"/docs/pictures/performance.svg": {200, "image/svg+xml", "<svg"},
		"/face/7.svg":                    {200, "image/svg+xml", "<svg"},
		"/favicon.ico":                   {200, "image/svg+xml", "<svg"},
		"/healthz":                       {200, "text/plain; charset=utf-8", "ok"},
		"/readyz":                        {200, "text/plain; charset=utf-8", "ready"},
		"/connect?game=demo":             {426, "application/problem+json", "WebSocket"},
		"/connect?game=nope":             {426, "application/problem+json", ""}, // registers itself
		"/nothing":                       {404, "text/html; charset=utf-8", `href="/join"`},
		"/docs/nothing":                  {404, "text/html; charset=utf-8", `href="/join"`},
	} {
		r, body := get(t, n.URL()+path)
		if r.StatusCode != want.status || want.kind != "" && r.Header.Get("Content-Type") != want.kind || !strings.Contains(body, want.has) {
			t.Errorf("%s: %d %s; want %d %s with %q:\n%.300s", path, r.StatusCode, r.Header.Get("Content-Type"), want.status, want.kind, want.has, body)
		}
		if r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", path)
		}
	}
}

// Another method of a known path is not an unknown path, and an unclean one is
// led to where it means.
func TestKnownPaths(t *testing.T) {
	h := start(t, node.Options{}).Handler()
	for _, want := range []struct {
		method, path string
		status       int
		header, is   string
	}{
		{"POST", "/healthz", 405, "Allow", "GET, HEAD"},
		{"GET", "/docs/../join", 307, "Location", "/join"},
		{"POST", "/nothing", 404, "Content-Type", "text/html; charset=utf-8"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(want.method, want.path, nil))
		if w.Code != want.status || w.Header().Get(want.header) != want.is {
			t.Errorf("%s %s: %d, %s %q; want %d, %q", want.method, want.path, w.Code, want.header, w.Header().Get(want.header), want.status, want.is)
		}
	}
}

func TestServeHasNoDemo(t *testing.T) {
	n := start(t, node.Options{})
	if r, body := get(t, n.URL()+"/play/"); r.StatusCode != 404 || !strings.Contains(body, "nothing here") {
		t.Errorf("/play/ answers %d %s", r.StatusCode, body)
	}
	if r, _ := get(t, n.URL()+"/connect?game=demo"); r.StatusCode != 404 {
		t.Errorf("the demo answers %d", r.StatusCode)
	}
	if r, body := get(t, n.URL()+"/"); r.StatusCode != 200 || strings.Contains(body, "demo") {
		t.Errorf("/ answers %d %s", r.StatusCode, body)
	}
}

func TestErrorsLeadToTheirDocs(t *testing.T) {
	n := start(t, node.Options{Dev: true})
	_, body := get(t, n.URL()+"/docs/errors")
	for _, p := range party.Problems {
		if !strings.Contains(body, `id="`+string(p.Code)+`"`) {
			t.Errorf("/docs/errors has no anchor for %s", p.Code)
		}
	}
}

// TestDocsLinkToWhatIsThere follows every link of every page, fragments too.
func TestDocsLinkToWhatIsThere(t *testing.T) {
	n := start(t, node.Options{Dev: true})
	pages := map[string]string{}
	links := regexp.MustCompile(`(?:href|src)="([^":]*)"`)
	var follow func(from, link string)
	follow = func(from, link string) {
		address, fragment, _ := strings.Cut(link, "#")
		if address == "" {
			address = from
		}
		body, seen := pages[address]
		if !seen {
			r, b := get(t, n.URL()+address)
			if r.StatusCode != 200 {
				t.Errorf("%s links to %s, which answers %d", from, link, r.StatusCode)
			}
			body = b
			pages[address] = body
			if strings.HasPrefix(address, "/docs") && strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
				for _, l := range links.FindAllStringSubmatch(body, -1) {
					follow(address, l[1])
				}
			}
		}
		if fragment != "" && !strings.Contains(body, `id="`+fragment+`"`) {
			t.Errorf("%s links to %s, where there is no such heading", from, link)
		}
	}
	follow("/", "/docs")
	if len(pages) < 5 {
		t.Errorf("only %d pages were found", len(pages))
	}
}

func TestTwoFriendsFromLinkToParty(t *testing.T) {
	n := start(t, node.Options{Dev: true})
	ctx := t.Context()
	ada := dial(t, n, client.Options{Name: "Ada"})
	if _, err := ada.SetData(ctx, map[string]any{"level": "ruins"}); err != nil {
		t.Fatal(err)
	}
	invite, err := ada.Invite(ctx, client.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(invite.URL, n.URL()+"/join/") {
		t.Fatalf("the link is %s", invite.URL)
	}

	r, page := get(t, invite.URL)
	if r.StatusCode != 200 || !strings.Contains(page, "Ada") {
		t.Fatalf("the page answers %d", r.StatusCode)
	}
	ticket := press(t, n, invite.URL)
	bob := dial(t, n, client.Options{Name: "Bob", Ticket: ticket, Origin: n.URL()})
	if got := bob.Snapshot(); len(got.Members) != 2 || string(got.Data["level"]) != `"ruins"` || bob.Me().State != party.Loads {
		t.Fatalf("Bob came to %+v", got)
	}
	bob.Loading(client.Loading{Phase: "downloading", Progress: new(0.5)})
	if _, err := ada.Until(ctx, func(p party.Snapshot) bool {
		return len(p.Members) == 2 && p.Members[1].Loading != nil && p.Members[1].Loading.Progress != nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := bob.Finalize(ctx, true); err != nil {
		t.Fatal(err)
	}
	if _, err := ada.Until(ctx, func(p party.Snapshot) bool { return p.Members[1].State == party.In }); err != nil {
		t.Fatal(err)
	}
}

// press presses Start as a browser does and returns the ticket.
func press(t *testing.T, n *node.Node, link string) string {
	t.Helper()
	request, _ := http.NewRequestWithContext(t.Context(), "POST", link, nil)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	target, ticket, ok := strings.Cut(r.Header.Get("Location"), "#partykit=")
	if r.StatusCode != http.StatusSeeOther || !ok || target != n.URL()+"/play/" {
		t.Fatalf("Start answers %d %s", r.StatusCode, target)
	}
	return ticket
}

func TestRestartKeepsPartiesLinksAndIdentities(t *testing.T) {
	o := node.Options{Dev: true, Data: t.TempDir(), PublicURL: &url.URL{Scheme: "http", Host: "localhost"}}
	first, stop := run(t, o)
	ctx := t.Context()
	server := httptest.NewServer(first.Handler())
	ada, err := client.Dial(ctx, client.Options{URL: server.URL, Game: node.DemoID, Name: "Ada", NoReconnect: true})
	if err != nil {
		t.Fatal(err)
	}
	invite, err := ada.Invite(ctx, client.InviteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	before := ada.Snapshot()
	stop()
	<-ada.Done()
	server.Close()

	second := start(t, o)
	server = httptest.NewServer(second.Handler())
	defer server.Close()
	saved := ada.Saved()
	saved.URL = server.URL
	again, err := client.Dial(ctx, saved)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := again.Snapshot(); got.ID != before.ID || again.You().ID != ada.You().ID || again.You().Name != "Ada" {
		t.Errorf("came back as %+v to party %s; was in %s", again.You(), got.ID, before.ID)
	}
	if r, _ := get(t, server.URL+"/join/"+invite.Code); r.StatusCode != 200 {
		t.Errorf("the link made before answers %d", r.StatusCode)
	}
}

func TestForeignOriginIsRefused(t *testing.T) {
	n := start(t, node.Options{Dev: true})
	_, err := client.Dial(t.Context(), client.Options{URL: n.URL(), Game: node.DemoID, Origin: "https://evil.example"})
	if client.CodeOf(err) != party.OriginNotAllowed {
		t.Errorf("a foreign page: %v", err)
	}
	e, _ := errors.AsType[*client.Error](err)
	if e != nil && !strings.HasPrefix(e.Docs, n.URL()+"/docs/errors#") {
		t.Errorf("its docs are at %s", e.Docs)
	}
}

func TestGamesThroughTheSocket(t *testing.T) {
	dir := t.TempDir()
	n := start(t, node.Options{Data: dir, Contact: "ops@example.com"})
	c, err := control.Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Add(t.Context(), game.Game{ID: "mine", Name: "Mine", Launch: game.Launch{Web: "https://mine.example/"}}); err != nil {
		t.Fatal(err)
	}
	connect := func() (*client.Client, error) {
		return client.Dial(t.Context(), client.Options{URL: n.URL(), Game: "mine", Origin: "https://mine.example"})
	}
	_, err = connect()
	if client.CodeOf(err) != party.KitNotActivated || !strings.Contains(err.Error(), "ops@example.com") || !strings.Contains(err.Error(), "mine") {
		t.Errorf("before activation: %v", err)
	}
	if _, err := c.Activate(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	kit, err := connect()
	if err != nil {
		t.Fatalf("after activation: %v", err)
	}
	defer kit.Close()
	if _, err := c.Deactivate(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	for e := range kit.Events(t.Context()) {
		if f, ok := e.(client.Failed); ok {
			if client.CodeOf(f.Err) != party.KitNotActivated {
				t.Errorf("when it is deactivated, a client is told %v", f.Err)
			}
			break
		}
	}
	if _, err := kit.Invite(t.Context(), client.InviteOptions{}); client.CodeOf(err) != party.KitNotActivated {
		t.Errorf("an invite after that: %v", err)
	}
	if _, err := c.Activate(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	if _, err := kit.Invite(t.Context(), client.InviteOptions{}); err != nil {
		t.Errorf("an invite when it is active again, on the same connection: %v", err)
	}
}

func TestSecondProcessOnTheSameData(t *testing.T) {
	dir := t.TempDir()
	start(t, node.Options{Data: dir})
	_, err := node.Open(t.Context(), node.Options{Data: dir, PublicURL: &url.URL{Scheme: "http", Host: "localhost"}})
	if locked, ok := errors.AsType[*engine.LockedError](err); !ok || locked.Dir != dir {
		t.Errorf("the second failed with %v", err)
	}
	if _, err := control.Dial(t.Context(), dir); err != nil {
		t.Errorf("it took the first one's control socket with it: %v", err)
	}
}

func TestTLS(t *testing.T) {
	example := httptest.NewTLSServer(nil) // for its certificate
	defer example.Close()
	cert := example.TLS.Certificates[0]
	n := start(t, node.Options{Dev: true, Certificate: &cert})
	roots := x509.NewCertPool()
	roots.AddCert(example.Certificate())
	secure := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	r, err := secure.Get(n.URL() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.Header.Get("Strict-Transport-Security") == "" || r.ProtoMajor != 2 {
		t.Errorf("over TLS: %s, Strict-Transport-Security %q", r.Proto, r.Header.Get("Strict-Transport-Security"))
	}
	kit := dial(t, n, client.Options{HTTPClient: secure})
	invite, err := kit.Invite(t.Context(), client.InviteOptions{})
	if err != nil || !strings.HasPrefix(invite.URL, "https://") {
		t.Errorf("the link is %s, %v", invite.URL, err)
	}
}

func TestNewGuestsPerAddress(t *testing.T) {
	n := start(t, node.Options{})
	if _, err := n.Games().Add(t.Context(), game.Game{ID: "mine", Name: "Mine", Launch: game.Launch{Web: "https://mine.example/"}, Active: true}); err != nil {
		t.Fatal(err)
	}
	wantThirtyAMinute(t, func() bool {
		c, err := client.Dial(t.Context(), client.Options{URL: n.URL(), Game: "mine"})
		if err == nil {
			t.Cleanup(c.Close)
			return true
		}
		if e, _ := errors.AsType[*client.Error](err); e == nil || e.Code != party.RateLimited || e.RetryAfter <= 0 {
			t.Fatalf("a new guest too many of its address: %v", err)
		}
		return false
	})
}

func TestReadyFailsWhileDraining(t *testing.T) {
	n, stop := run(t, node.Options{})
	h := n.Handler()
	stop()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d", w.Code)
	}
}

func TestProblemJSONOfConnect(t *testing.T) {
	n := start(t, node.Options{})
	_, body := get(t, n.URL()+"/connect?game=nope")
	var p struct{ Code, Detail, Type string }
	if err := json.Unmarshal([]byte(body), &p); err != nil || p.Code != "not_found" || p.Type != n.URL()+"/docs/errors#not_found" {
		t.Errorf("%v: %s", err, body)
	}
}
