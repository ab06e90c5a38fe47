package landing

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"partykit/internal/auth"
	"partykit/party"
)

func TestStartSendsIntoTheGame(t *testing.T) {
	x := newSetup(t, lively())
	browser := auth.Browser()
	w := x.do("POST", "/join/"+testCode, header("Sec-Fetch-Site", "same-origin"), header("Cookie", "__Host-pk="+browser))
	if w.Code != http.StatusSeeOther {
		t.Fatalf("status %d", w.Code)
	}
	if got, want := w.Header().Get("Location"), "https://play.meadow.example/run?lang=en#intro=1&partykit=tIcKeT123"; got != want {
		t.Errorf("sent to %q, want %q", got, want)
	}
	if got := w.Header().Get("Referrer-Policy"); got != "same-origin" {
		t.Errorf("the game would see the invite's address: Referrer-Policy is %q", got)
	}
	if starts, _, _ := x.parties.seen(); len(starts) != 1 || starts[0] != browser {
		t.Errorf("started for %q, want once for %q", starts, browser)
	}
}

func TestStartWithoutCookieSetsOneAndUsesIt(t *testing.T) {
	x := newSetup(t, lively())
	w := x.do("POST", "/join/"+testCode, header("Sec-Fetch-Site", "same-origin"))
	starts, _, _ := x.parties.seen()
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || len(starts) != 1 || cookies[0].Value != starts[0] {
		t.Errorf("cookies %v, started for %q", cookies, starts)
	}
}

func TestOnlyTheInvitePageItselfStarts(t *testing.T) {
	here, public := "https://"+testHost, "https://public.example"
	cases := []struct {
		site, origin string
		ok           bool
	}{
		{"same-origin", here, true},
		{"same-origin", "", true},
		{"same-site", here, false},
		{"cross-site", here, false},
		{"cross-site", "https://evil.example", false},
		{"none", "", false},
		{"", here, true},
		{"", public, true},
		{"", "http://public.example", false},
		{"", "https://evil.example", false},
		{"", "https://" + testHost + ".evil.example", false},
		{"", "null", false},
		{"", "", false},
	}
	for _, c := range cases {
		x := newSetup(t, lively(), func(o *Options) { o.PublicURL.Host = "public.example" })
		w := x.do("POST", "/join/"+testCode, func(r *http.Request) {
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
		})
		starts, _, _ := x.parties.seen()
		if ok := w.Code == http.StatusSeeOther; ok != c.ok || (len(starts) == 1) != c.ok {
			t.Errorf("site %q, origin %q: status %d and %d starts; want started: %t", c.site, c.origin, w.Code, len(starts), c.ok)
		}
		if !c.ok && w.Code != http.StatusForbidden {
			t.Errorf("site %q, origin %q: status %d", c.site, c.origin, w.Code)
		}
	}
}

// robots fetch every link that is posted somewhere, to preview or to scan it.
var robots = map[string]string{
	"Bluesky":    "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
	"Discord":    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
	"Facebook":   "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
	"Google":     "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
	"iMessage":   "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
	"LinkedIn":   "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
	"Mastodon":   "Mastodon/4.3.0 (http.rb/5.2.0; +https://mastodon.social/)",
	"Skype":      "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
	"Slack":      "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
	"Telegram":   "TelegramBot (like TwitterBot)",
	"Twitter":    "Twitterbot/1.0",
	"WhatsApp":   "WhatsApp/2.23.20.0 A",
	"prefetcher": "",
}

// A thousand looks by each robot start nothing and open nothing.
func TestLookingNeverStarts(t *testing.T) {
	paths := []string{"", "/card.png", "", "/qr.svg", "?start=1"}
	for name, agent := range robots {
		x := newSetup(t, lively())
		for i := range 1000 {
			method := []string{"GET", "HEAD"}[i%2]
			path := "/join/" + testCode + paths[i%len(paths)]
			if w := x.do(method, path, header("User-Agent", agent), header("Sec-Purpose", "prefetch"), header("Accept-Encoding", "gzip")); w.Code != http.StatusOK {
				t.Fatalf("%s: %s %s: %d", name, method, path, w.Code)
			}
			if i%100 == 0 {
				x.do("OPTIONS", path)
				x.do("PUT", path)
			}
		}
		if starts, visible, _ := x.parties.seen(); len(starts)+len(visible) > 0 || len(x.parties.pages) > 0 {
			t.Errorf("%s started %d times, opened %d pages and reported %d times", name, len(starts), len(x.parties.pages), len(visible))
		}
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	x := newSetup(t, lively())
	get, head := x.do("GET", "/join/"+testCode), x.do("HEAD", "/join/"+testCode)
	if head.Body.Len() != 0 || head.Code != get.Code || head.Header().Get("Content-Length") != get.Header().Get("Content-Length") {
		t.Errorf("HEAD answers %d, %d bytes, %v", head.Code, head.Body.Len(), head.Header())
	}
}

func TestRefusedStartsSayWhy(t *testing.T) {
	for code, want := range map[party.Code]int{party.Full: 409, party.UsedUp: 410, party.Revoked: 410, party.Banned: 403, party.NotFound: 404, party.Unavailable: 503} {
		x := newSetup(t, lively())
		x.parties.refuse = &party.Error{Code: code}
		w := x.do("POST", "/join/"+testCode, header("Sec-Fetch-Site", "same-origin"))
		if w.Code != want || !strings.Contains(w.Body.String(), titles[code]) {
			t.Errorf("%s: status %d, want %d, and the title %q", code, w.Code, want, titles[code])
		}
		if w.Header().Get("Location") != "" {
			t.Errorf("%s: sent on to %q", code, w.Header().Get("Location"))
		}
	}
}

func TestTooManyStarts(t *testing.T) {
	var asked netip.Addr
	x := newSetup(t, lively(), func(o *Options) {
		o.AllowStart = func(_ string, a netip.Addr) (bool, time.Duration) { asked = a; return false, 1500 * time.Millisecond }
	})
	w := x.do("POST", "/join/"+testCode, header("Sec-Fetch-Site", "same-origin"))
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "2" {
		t.Errorf("status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if starts, _, _ := x.parties.seen(); len(starts) != 0 || asked != netip.MustParseAddr("192.0.2.7") {
		t.Errorf("%d starts, asked about %v", len(starts), asked)
	}
}

func TestUnknownFailuresAreLoggedOnceWithoutSecrets(t *testing.T) {
	x := newSetup(t, lively())
	x.parties.err = errors.New("disk on fire")
	w := x.do("GET", "/join/"+testCode)
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "disk on fire") {
		t.Errorf("status %d; the page tells of inner things: %t", w.Code, strings.Contains(w.Body.String(), "disk"))
	}
	if log := x.log.String(); strings.Count(log, "disk on fire") != 1 || strings.Contains(log, testCode) {
		t.Errorf("log: %s", log)
	}
}

func TestCodesAreReadKindly(t *testing.T) {
	for _, typed := range []string{testCode, strings.ToUpper(testCode), strings.Replace(testCode, "0", "O", 1), testCode[:6] + "-" + testCode[6:12] + "-" + testCode[12:]} {
		x := newSetup(t, lively())
		if w := x.do("GET", "/join/"+typed); w.Code != http.StatusOK {
			t.Errorf("%s: status %d", typed, w.Code)
		}
		if len(x.parties.asked) != 1 || x.parties.asked[0] != testCode {
			t.Errorf("%s: asked for %q", typed, x.parties.asked)
		}
	}
	x := newSetup(t, lively())
	for _, typed := range []string{"short", testCode + "0", "%00", "..%2f..%2fetc"} {
		if w := x.do("GET", "/join/"+typed); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", typed, w.Code)
		}
	}
	if len(x.parties.asked) != 0 {
		t.Errorf("asked for %q", x.parties.asked)
	}
}

func TestFind(t *testing.T) {
	x := newSetup(t, lively())
	if w := x.do("GET", "/join"); w.Code != 200 || !strings.Contains(w.Body.String(), `name="code"`) {
		t.Errorf("/join: %d", w.Code)
	}
	for _, pasted := range []string{testCode, "https%3A%2F%2Felsewhere.example%2Fjoin%2F" + testCode + "%3Fvia%3Dx", "+" + testCode + "+"} {
		w := x.do("GET", "/join?code="+pasted)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/join/"+testCode {
			t.Errorf("%s: %d to %q", pasted, w.Code, w.Header().Get("Location"))
		}
	}
	if w := x.do("GET", "/join/"+testCode+"/"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/join/"+testCode {
		t.Errorf("a slash too many: %d to %q", w.Code, w.Header().Get("Location"))
	}
	w := x.do("GET", "/join?code=%22%3E%3Cscript%3E")
	if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "<script>") || !strings.Contains(w.Body.String(), `aria-invalid="true"`) {
		t.Errorf("nonsense: %d\n%s", w.Code, w.Body)
	}
	if len(x.parties.asked) != 0 {
		t.Error("/join looks codes up")
	}
}

func TestOtherWaysIn(t *testing.T) {
	x := newSetup(t, lively())
	for path, want := range map[string]string{
		"/join?code=bcd-fgh":                    "/join/BCDFGH",
		"/join?code=+BCDF%20GHJK+":              "/join/BCDFGHJK",
		"/_discord/join?secret=" + testCode:     "/join/" + testCode,
		"/join?code=https://x/join/" + testCode: "/join/" + testCode,
	} {
		if r := x.do("GET", path); r.Code != http.StatusSeeOther || r.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %s", path, r.Code, r.Header().Get("Location"), want)
		}
	}
	if r := x.do("GET", "/_discord/join?secret=nonsense!"); r.Code != http.StatusNotFound {
		t.Errorf("a wrong secret: %d", r.Code)
	}
}
