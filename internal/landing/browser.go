package landing

import (
	"net/http"
	"time"

	"partykit/internal/auth"
)

// browserFor is how long a browser is recognised: a year, longer than any link.
const browserFor = 365 * 24 * time.Hour

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

// ensureBrowser returns the browser's cookie, and sets one if there is none.
func (s *Server) ensureBrowser(w http.ResponseWriter, r *http.Request) string {
	if b := s.browser(r); b != "" {
		return b
	}
	return s.newBrowser(w)
}

// newBrowser gives a browser its cookie.
func (s *Server) newBrowser(w http.ResponseWriter) string {
	b := auth.Browser()
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(), Value: b, Path: "/", MaxAge: int(browserFor.Seconds()),
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	})
	return b
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
