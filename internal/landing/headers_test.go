package landing

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"partykit/internal/auth"
	"partykit/party"
)

var inlineStyle = regexp.MustCompile(`<style>([^<]*)</style>`)

// policy reads a Content-Security-Policy.
func policy(w http.Header) map[string][]string {
	p := map[string][]string{}
	for rule := range strings.SplitSeq(w.Get("Content-Security-Policy"), ";") {
		if f := strings.Fields(rule); len(f) > 0 {
			p[f[0]] = f[1:]
		}
	}
	return p
}

func TestPolicyIsStrictAndThePageKeepsIt(t *testing.T) {
	for _, inv := range []party.Invitation{lively(), dead(party.Expired), dead(party.NotFound)} {
		w := newSetup(t, inv).do("GET", "/join/"+testCode)
		p := policy(w.Header())
		for rule, want := range map[string]string{
			"default-src": "'none'", "script-src": "'self'", "img-src": "'self'", "connect-src": "'self' wss://" + testHost,
			"frame-ancestors": "'none'", "base-uri": "'none'",
		} {
			if got := strings.Join(p[rule], " "); got != want {
				t.Errorf("%s is %q, want %q", rule, got, want)
			}
		}
		wantForm := "'self' https://play.meadow.example"
		if inv.Game == "" {
			wantForm = "'self'"
		}
		if got := strings.Join(p["form-action"], " "); got != wantForm {
			t.Errorf("form-action is %q, want %q", got, wantForm)
		}
		styles := inlineStyle.FindAllStringSubmatch(w.Body.String(), -1)
		if len(styles) != len(p["style-src"]) {
			t.Fatalf("%d styles, but style-src is %q", len(styles), p["style-src"])
		}
		for _, s := range styles {
			if !slices.Contains(p["style-src"], hashSource(s[1])) {
				t.Errorf("style-src does not allow a style of the page: %.60s", s[1])
			}
		}
		walk(t, w.Body.String(), func(path []string, attrs map[string]string, text string) {
			name := path[len(path)-1]
			if name == "script" && strings.TrimSpace(text) != "" {
				t.Errorf("inline script: %.60s", text)
			}
			for k, v := range attrs {
				if strings.HasPrefix(k, "on") || k == "style" {
					t.Errorf("<%s %s=%q> is inline code or style", name, k, v)
				}
				if (k == "src" || k == "href" && name == "link" || k == "action") && !strings.HasPrefix(v, "/") {
					t.Errorf("<%s %s=%q> asks another host", name, k, v)
				}
			}
		})
	}
}

func TestPagesKeepTheirCodePrivate(t *testing.T) {
	known := header("Cookie", "__Host-pk="+auth.Browser())
	for what, c := range map[string]struct {
		inv          party.Invitation
		method, path string
		change       func(*http.Request)
		says         bool // in the page itself; else in headers
	}{
		"a page of a crowd":          {inv: lively(), method: "GET", path: "/join/" + testCode, says: true},
		"the same, seen before":      {inv: lively(), method: "GET", path: "/join/" + testCode, change: known, says: true},
		"only asked about":           {inv: lively(), method: "HEAD", path: "/join/" + testCode},
		"a page of one":              {inv: arriving(party.HeldStage), method: "GET", path: "/join/" + testCode, change: known},
		"a dead link":                {inv: dead(party.Expired), method: "GET", path: "/join/" + testCode},
		"a link that cannot be":      {inv: dead(party.NotFound), method: "GET", path: "/join/nonsense!"},
		"where to paste a link":      {inv: lively(), method: "GET", path: "/join"},
		"a slash too many":           {inv: lively(), method: "GET", path: "/join/" + testCode + "/"},
		"a picture of the link":      {inv: lively(), method: "GET", path: "/join/" + testCode + "/qr.svg"},
		"what is no live connection": {inv: lively(), method: "GET", path: "/join/" + testCode + "/live"},
	} {
		t.Run(what, func(t *testing.T) {
			if c.change == nil {
				c.change = func(*http.Request) {}
			}
			w := newSetup(t, c.inv).do(c.method, c.path, c.change)
			want := map[string]string{
				"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff",
				"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow",
			}
			if c.says {
				want["Referrer-Policy"], want["X-Robots-Tag"] = "", ""
			}
			for name, want := range want {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if w.Header().Get("Content-Type") != "text/html; charset=utf-8" || c.method == "HEAD" {
				return
			}
			said := map[string]string{}
			fetched := false
			walk(t, w.Body.String(), func(path []string, attrs map[string]string, _ string) {
				name := path[len(path)-1]
				if name == "meta" && !fetched {
					said[attrs["name"]] = attrs["content"]
				}
				fetched = fetched || attrs["href"] != "" || attrs["src"] != ""
			})
			if said["referrer"] != "same-origin" || said["robots"] != "noindex, nofollow" {
				t.Errorf("before it asks for anything the page says %v", said)
			}
		})
	}
}

func TestBrowserCookie(t *testing.T) {
	x := newSetup(t, lively())
	w := x.do("GET", "/join/"+testCode)
	c := w.Result().Cookies()
	if len(c) != 1 || c[0].Name != "__Host-pk" || !c[0].HttpOnly || !c[0].Secure || c[0].SameSite != http.SameSiteLaxMode || c[0].Path != "/" || c[0].Domain != "" {
		t.Fatalf("cookie %v", c)
	}
	if again := x.do("GET", "/join/"+testCode, header("Cookie", "__Host-pk="+c[0].Value)); len(again.Result().Cookies()) != 0 {
		t.Error("a known browser gets a new cookie")
	}
	if w := x.do("GET", "/join/"+testCode, header("Cookie", "__Host-pk=forged")); len(w.Result().Cookies()) != 1 {
		t.Error("a cookie of a shape that this server never sets is believed")
	}
	plain := newSetup(t, lively(), func(o *Options) { o.PublicURL.Scheme = "http" })
	if c := plain.do("GET", "/join/"+testCode).Result().Cookies(); len(c) != 1 || c[0].Name != "pk" || c[0].Secure || !c[0].HttpOnly {
		t.Errorf("over plain HTTP the cookie is %v", c)
	}
}

func TestPreviewIsAbsoluteAndNamesOnlyTheInviter(t *testing.T) {
	x := newSetup(t, lively())
	body := x.do("GET", "/join/"+testCode, func(r *http.Request) { r.Host = "evil.example" }).Body.String()
	if strings.Contains(body, "evil.example") {
		t.Error("an address is made from the request's Host")
	}
	meta := map[string]string{}
	walk(t, body, func(path []string, attrs map[string]string, _ string) {
		if path[len(path)-1] == "meta" {
			meta[attrs["property"]+attrs["name"]] = attrs["content"]
		}
	})
	for name, want := range map[string]string{
		"og:title": "FriendlyAlpaca invites you to Meadow Run", "og:url": "https://party.example/join/" + testCode,
		"og:image": "https://party.example/join/" + testCode + "/card.png?r=7", "twitter:card": "summary_large_image", "og:site_name": "Meadow Run",
	} {
		if meta[name] != want {
			t.Errorf("%s is %q, want %q", name, meta[name], want)
		}
	}
	for name, content := range meta {
		for _, other := range []string{"BraveOtter", "QuietLynx", "SunnyHeron"} {
			if strings.Contains(content, other) {
				t.Errorf("%s names %s", name, other)
			}
		}
	}
}

func TestPageIsSmall(t *testing.T) {
	inv := lively()
	for i := range uint32(5) {
		inv.Members = append(inv.Members, party.PublicMember{Person: party.Person{Name: "SomebodyElse" + string('A'+rune(i)), Face: i * 977}, State: party.In, Presence: party.Connected})
	}
	w := newSetup(t, inv).do("GET", "/join/"+testCode, header("Accept-Encoding", "br, gzip"))
	if got := w.Header().Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding is %q", got)
	}
	t.Logf("%d bytes compressed, with %d people", w.Body.Len(), len(inv.Members)+len(inv.Held))
	if w.Body.Len() > 14<<10 {
		t.Errorf("the page takes %d bytes, more than fit into the first round trip", w.Body.Len())
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{"": false, "gzip": true, "br, GZIP": true, "gzip;q=0": false, "gzip; q=0.5": true, "identity": false, "gzipped": false, "gzip;q=x": false} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("Accept-Encoding %q: %t, want %t", header, got, want)
		}
	}
}

func TestAssetsAreKeptForEverAndOnlyTheRealOnesServed(t *testing.T) {
	x := newSetup(t, lively())
	for _, a := range assets {
		w := x.do("GET", a.path)
		if w.Code != 200 || w.Header().Get("Cache-Control") != forever || w.Header().Get("Content-Type") != a.kind {
			t.Errorf("%s: %d %v", a.path, w.Code, w.Header())
		}
	}
	for _, path := range []string{"/assets/join.js", "/assets/..%2fpage.html", "/assets/join.css"} {
		if w := x.do("GET", path); w.Code == 200 {
			t.Errorf("%s is served", path)
		}
	}
}

func TestArt(t *testing.T) {
	x := newSetup(t, lively())
	path := x.server.artPath("meadow", "cover")
	w := x.do("GET", path)
	if w.Code != 200 || w.Header().Get("Cache-Control") != forever || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("%s: %d %v", path, w.Code, w.Header())
	}
	if w := x.do("GET", path, header("If-None-Match", w.Header().Get("ETag"))); w.Code != http.StatusNotModified {
		t.Errorf("unchanged art is sent again: %d", w.Code)
	}
	if w := x.do("GET", "/art/meadow/cover?v=old"); w.Code != 200 || w.Header().Get("Cache-Control") == forever {
		t.Errorf("an old address may be kept for ever: %d %v", w.Code, w.Header())
	}
	for _, path := range []string{"/art/meadow/nothing", "/art/other/cover"} {
		if w := x.do("GET", path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
