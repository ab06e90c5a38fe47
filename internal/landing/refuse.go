package landing

import (
	"encoding/json"
	"net/http"
	"strconv"

	"partykit/party"
)

// refuse answers what is no page, such as the live connection and the pictures,
// with an error as application/problem+json (RFC 9457) with our code.
func (s *Server) refuse(w http.ResponseWriter, e *party.Error) {
	status := party.Lookup(e.Code).Status
	h := w.Header()
	privately(h)
	h.Set("Content-Type", "application/problem+json")
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(retryAfter(e.RetryAfter)))
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(struct {
		Type       string     `json:"type"`
		Title      string     `json:"title"`
		Status     int        `json:"status"`
		Detail     string     `json:"detail"`
		Code       party.Code `json:"code"`
		RetryAfter float64    `json:"retryAfter,omitempty"`
	}{
		s.opts.PublicURL.Scheme + "://" + s.opts.PublicURL.Host + "/docs/errors#" + string(e.Code),
		http.StatusText(status), status, e.Message(), e.Code, e.RetryAfter.Seconds(),
	})
}
