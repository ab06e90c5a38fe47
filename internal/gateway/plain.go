package gateway

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"

	"partykit/party"
)

// problem is application/problem+json (RFC 9457) with our code.
type problem struct {
	Type       string     `json:"type,omitempty"`
	Title      string     `json:"title"`
	Status     int        `json:"status"`
	Detail     string     `json:"detail"`
	Code       party.Code `json:"code,omitempty"`
	RetryAfter float64    `json:"retryAfter,omitempty"`
}

// plain answers a request that asks for no upgrade: an SDK whose connection
// failed wants to know why.
func (g *Gateway) plain(w http.ResponseWriter, id string, refused *party.Error) {
	if refused == nil {
		if known, ok := g.opts.Games.Get(id); ok && !known.Active {
			refused = g.opts.NotActivated(id)
		}
	}
	if refused != nil {
		g.Refuse(w, refused)
		return
	}
	w.Header().Set("Connection", "Upgrade")
	w.Header().Set("Upgrade", "websocket")
	writeProblem(w, problem{
		Title:  http.StatusText(http.StatusUpgradeRequired),
		Status: http.StatusUpgradeRequired,
		Detail: "A WebSocket would be welcome here: nothing speaks against connecting.",
	})
}

// Refuse answers with an error that every page may read.
func (g *Gateway) Refuse(w http.ResponseWriter, e *party.Error) {
	f := g.opts.Failure(e)
	status := party.Lookup(e.Code).Status
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter))))
	}
	writeProblem(w, problem{
		Type: f.Docs, Title: http.StatusText(status), Status: status,
		Detail: f.Message, Code: f.Code, RetryAfter: f.RetryAfter,
	})
}

func writeProblem(w http.ResponseWriter, p problem) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/problem+json")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p)
}
