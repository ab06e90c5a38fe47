package landing

import (
	"net/http"

	"partykit/internal/auth"
)

// browserFor is how long a browser is recognised: a year, longer than any link.
const browserFor = "31536000" // seconds

// browser returns the cookie's value that makes one seat of one browser, or ""
// when the request brings none that this server could have set.
func (s *Server) browser(r *http.Request) string {
	for _, c := range r.CookiesNamed(s.cookieName()) {
		if auth.ValidBrowser(c.Value) {
			return c.Value
		}
	}
	return ""
}

// newBrowser gives a browser its cookie.
func (s *Server) newBrowser(w http.ResponseWriter) string {
	b := auth.Browser()
	w.Header()["Set-Cookie"] = []string{s.cookie(b)}
	return b
}

// cookie is what gives a browser its cookie.
func (s *Server) cookie(browser string) string {
	const rules = "; Path=/; Max-Age=" + browserFor + "; HttpOnly; SameSite=Lax"
	if s.secure() {
		return s.cookieName() + "=" + browser + rules + "; Secure"
	}
	return s.cookieName() + "=" + browser + rules
}

// cookieName has the prefix that keeps other hosts from setting the cookie.
// Browsers refuse the prefix over plain HTTP, which only development uses.
func (s *Server) cookieName() string {
	if s.secure() {
		return "__Host-pk"
	}
	return "pk"
}

func (s *Server) secure() bool { return s.opts.PublicURL.Scheme == "https" }
