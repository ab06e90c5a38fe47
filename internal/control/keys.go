package control

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"partykit/internal/game"
)

// NewKey is a server key that was just made. Key is told here and nowhere else.
type NewKey struct {
	game.ServerKey
	Key string `json:"key"`
}

// keyRequest asks for a key; with Overlap it takes the place of all others.
type keyRequest struct {
	Overlap *time.Duration `json:"overlap,omitempty"`
}

func handleKeys(mux *http.ServeMux, games *game.Registry) {
	mux.HandleFunc("GET /games/{id}/keys", func(w http.ResponseWriter, r *http.Request) {
		keys, err := games.ServerKeys(r.PathValue("id"))
		answer(w, keys, err)
	})
	mux.HandleFunc("POST /games/{id}/keys", func(w http.ResponseWriter, r *http.Request) {
		var request keyRequest
		err := read(w, r, &request)
		var made NewKey
		switch {
		case err != nil:
		case request.Overlap != nil:
			made.ServerKey, made.Key, err = games.RotateServerKeys(r.Context(), r.PathValue("id"), *request.Overlap)
		default:
			made.ServerKey, made.Key, err = games.NewServerKey(r.Context(), r.PathValue("id"))
		}
		answer(w, made, err)
	})
	mux.HandleFunc("DELETE /games/{id}/keys/{key}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, struct{}{}, games.RevokeServerKey(r.Context(), r.PathValue("id"), r.PathValue("key")))
	})
}

// Keys lists the server keys of a game.
func (c *Client) Keys(ctx context.Context, id string) (keys []game.ServerKey, err error) {
	return keys, c.do(ctx, "GET", keysPath(id), nil, &keys)
}

// NewKey makes a server key.
func (c *Client) NewKey(ctx context.Context, id string) (k NewKey, err error) {
	return k, c.do(ctx, "POST", keysPath(id), keyRequest{}, &k)
}

// RotateKeys makes a server key and lets the others end after overlap.
func (c *Client) RotateKeys(ctx context.Context, id string, overlap time.Duration) (k NewKey, err error) {
	return k, c.do(ctx, "POST", keysPath(id), keyRequest{&overlap}, &k)
}

// RevokeKey ends a server key at once.
func (c *Client) RevokeKey(ctx context.Context, id, key string) error {
	return c.do(ctx, "DELETE", keysPath(id)+"/"+url.PathEscape(key), nil, &struct{}{})
}

func keysPath(id string) string { return "/games/" + url.PathEscape(id) + "/keys" }
