package landing

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"partykit/party"
)

// What is no page answers errors with a code that a program can read.
func TestRefusalsHaveCodes(t *testing.T) {
	crowded := func(o *Options) { o.AllowPage = func(string, netip.Addr) (func(), bool) { return nil, false } }
	busy := &party.Error{Code: party.RateLimited, RetryAfter: 1500 * time.Millisecond}
	for name, c := range map[string]struct {
		path   string
		origin string
		err    error
		code   party.Code
		status int
		retry  string
	}{
		"live of no code":          {"/join/~/live", "", nil, party.NotFound, 404, ""},
		"live for another page":    {"/join/" + testCode + "/live", "https://evil.example", nil, party.OriginNotAllowed, 403, ""},
		"live of too many":         {"/join/" + testCode + "/live", "https://" + testHost, nil, party.RateLimited, 429, "30"},
		"card, storage away":       {"/join/" + testCode + "/card.png", "", errors.New("no storage"), party.Unavailable, 503, ""},
		"card, too many questions": {"/join/" + testCode + "/card.png", "", busy, party.RateLimited, 429, "2"},
		"QR code of no code":       {"/join/~/qr.svg", "", nil, party.NotFound, 404, ""},
	} {
		x := newSetup(t, lively(), crowded)
		x.parties.err = c.err
		w := x.do("GET", c.path, func(r *http.Request) {
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
		})
		var p struct {
			Type, Title, Detail string
			Status              int
			Code                party.Code
			RetryAfter          float64
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Errorf("%s: %v in %s", name, err, w.Body)
			continue
		}
		if w.Code != c.status || p.Status != c.status || p.Code != c.code || p.Title == "" || p.Detail == "" || p.Type != "https://"+testHost+"/docs/errors#"+string(c.code) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s: %s", name, kind)
		}
		if retry := w.Header().Get("Retry-After"); retry != c.retry || (p.RetryAfter > 0) != (retry != "") {
			t.Errorf("%s: Retry-After %q, %v", name, retry, p.RetryAfter)
		}
	}
}
