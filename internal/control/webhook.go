package control

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"partykit/internal/game"
	"partykit/internal/webhook"
)

// Webhook is a game's webhook as the command line shows it. Secret is there once,
// when it was made.
type Webhook struct {
	URL     string     `json:"url,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
	Secret  string     `json:"secret,omitempty"`
	Former  int        `json:"former"`            // secrets that also sign for now
	Dead    int        `json:"dead"`              // notices that were given up
	Overlap *time.Time `json:"overlap,omitempty"` // until when the former sign
}

// webhookRequest sets an address, or with Rotate makes a new secret.
type webhookRequest struct {
	URL     string        `json:"url,omitempty"`
	Rotate  bool          `json:"rotate,omitempty"`
	Overlap time.Duration `json:"overlap,omitempty"`
}

// replayRequest names dead letters; none is all.
type replayRequest struct {
	IDs []string `json:"ids,omitempty"`
}

func handleWebhook(mux *http.ServeMux, games *game.Registry, letters webhook.Letters) {
	show := func(ctx context.Context, g game.Game, secret string) (Webhook, error) {
		x := Webhook{URL: g.Webhook.URL, Secret: secret}
		if g.Webhook.On() {
			x.Since = &g.Webhook.Since
		}
		for _, s := range g.Webhook.Signing(time.Now()) {
			if !s.Until.IsZero() {
				x.Former++
				x.Overlap = &s.Until
			}
		}
		dead, err := letters.Dead(ctx, g.ID)
		x.Dead = len(dead)
		return x, err
	}
	mux.HandleFunc("GET /games/{id}/webhook", func(w http.ResponseWriter, r *http.Request) {
		g, ok := games.Get(r.PathValue("id"))
		if !ok {
			answer(w, nil, game.ErrNotFound)
			return
		}
		x, err := show(r.Context(), g, "")
		answer(w, x, err)
	})
	mux.HandleFunc("PUT /games/{id}/webhook", func(w http.ResponseWriter, r *http.Request) {
		var request webhookRequest
		var g game.Game
		var secret string
		err := read(w, r, &request)
		switch {
		case err != nil:
		case request.Rotate:
			g, secret, err = games.RotateWebhook(r.Context(), r.PathValue("id"), request.Overlap)
		default:
			g, secret, err = games.SetWebhook(r.Context(), r.PathValue("id"), request.URL)
		}
		if err != nil {
			answer(w, nil, err)
			return
		}
		x, err := show(r.Context(), g, secret)
		answer(w, x, err)
	})
	mux.HandleFunc("DELETE /games/{id}/webhook", func(w http.ResponseWriter, r *http.Request) {
		_, err := games.RemoveWebhook(r.Context(), r.PathValue("id"))
		answer(w, struct{}{}, err)
	})
	mux.HandleFunc("GET /games/{id}/webhook/dead", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := games.Get(r.PathValue("id")); !ok {
			answer(w, nil, game.ErrNotFound)
			return
		}
		dead, err := letters.Dead(r.Context(), r.PathValue("id"))
		answer(w, dead, err)
	})
	mux.HandleFunc("POST /games/{id}/webhook/dead", func(w http.ResponseWriter, r *http.Request) {
		var request replayRequest
		err := read(w, r, &request)
		g, ok := games.Get(r.PathValue("id"))
		switch {
		case err != nil:
		case !ok:
			err = game.ErrNotFound
		case !g.Webhook.On():
			err = game.ErrNoWebhook
		}
		if err != nil {
			answer(w, nil, err)
			return
		}
		n, err := letters.Replay(r.Context(), g.ID, request.IDs)
		answer(w, n, err)
	})
}

// Webhook shows a game's webhook.
func (c *Client) Webhook(ctx context.Context, id string) (x Webhook, err error) {
	return x, c.do(ctx, "GET", webhookPath(id), nil, &x)
}

// SetWebhook sets where a game's backend is told what happens.
func (c *Client) SetWebhook(ctx context.Context, id, address string) (x Webhook, err error) {
	if address == "" {
		return x, errors.New("a webhook needs an address")
	}
	return x, c.do(ctx, "PUT", webhookPath(id), webhookRequest{URL: address}, &x)
}

// RotateWebhook makes a new secret; the former ones also sign for overlap.
func (c *Client) RotateWebhook(ctx context.Context, id string, overlap time.Duration) (x Webhook, err error) {
	return x, c.do(ctx, "PUT", webhookPath(id), webhookRequest{Rotate: true, Overlap: overlap}, &x)
}

// RemoveWebhook ends a game's webhook.
func (c *Client) RemoveWebhook(ctx context.Context, id string) error {
	return c.do(ctx, "DELETE", webhookPath(id), nil, &struct{}{})
}

// DeadLetters lists the notices of a game that were given up.
func (c *Client) DeadLetters(ctx context.Context, id string) (list []webhook.Dead, err error) {
	return list, c.do(ctx, "GET", webhookPath(id)+"/dead", nil, &list)
}

// Replay sends dead letters again, all if none is named, and returns how many.
func (c *Client) Replay(ctx context.Context, id string, letters []string) (n int, err error) {
	return n, c.do(ctx, "POST", webhookPath(id)+"/dead", replayRequest{letters}, &n)
}

func webhookPath(id string) string { return "/games/" + url.PathEscape(id) + "/webhook" }
