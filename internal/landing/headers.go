package landing

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"partykit/party"
)

// pageHeaders sets what pages of this package answer with. All of them also say in
// their head that they are not to be found and to whom not to tell their address,
// where search engines and browsers heed it as well; so that one which is sent again
// and again does without those headers: see crowdPage.
func (s *Server) pageHeaders(h http.Header, p page) {
	privately(h)
	maps.Copy(h, p.look.headers)
	if p.View.Problem == party.RateLimited && h.Get("Retry-After") == "" {
		h.Set("Retry-After", strconv.Itoa(retryAfter(0)))
	}
}

// policy is the Content-Security-Policy of a page. The launch origin is in
// form-action because browsers apply that to the redirect which answers Start; a
// connection to wss is named because older Safari does not count it as 'self'.
func (s *Server) policy(colours markup, launch string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src " + styleHash + " " + hashSource(string(colours)),
		"img-src 'self'",
		"connect-src 'self' " + s.socketOrigin(),
		strings.TrimRight("form-action 'self' "+origin(launch), " "),
		"frame-ancestors 'none'",
		"base-uri 'none'",
	}, "; ")
}

// noStore is for what is shown to one browser at one moment.
const noStore = "private, no-store"

// privately sets the headers that keep a code where it is: out of caches,
// search engines and the Referer that other sites see.
func privately(h http.Header) {
	h.Set("Cache-Control", noStore)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

func (s *Server) socketOrigin() string {
	if s.secure() {
		return "wss://" + s.opts.PublicURL.Host
	}
	return "ws://" + s.opts.PublicURL.Host
}

// origin returns scheme and host of a web address, or "" if it has none that
// may stand in a policy.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(u.Host, "*;, '\"") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// sameOrigin reports whether a request that changes something comes from a page
// of this server. Browsers that send Sec-Fetch-Site are believed; of others the
// Origin must name this host. A request with neither is refused: no browser
// that can show the page sends such a one.
func (s *Server) sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	return s.fromHere(r)
}

// fromHere reports whether the Origin of a request is this server, as it is
// known to the public or as this browser reached it.
func (s *Server) fromHere(r *http.Request) bool {
	o, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || o.Host == "" || o.Scheme != "https" && o.Scheme != "http" {
		return false
	}
	return strings.EqualFold(o.Host, r.Host) || o.Scheme == s.opts.PublicURL.Scheme && strings.EqualFold(o.Host, s.opts.PublicURL.Host)
}
