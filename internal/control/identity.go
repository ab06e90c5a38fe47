package control

import (
	"context"
	"net/http"
	"net/url"

	"partykit/internal/game"
)

// Identity says how a game's players are recognised. Secret is plain, and only
// ever goes this way.
type Identity struct {
	Issuer string `json:"issuer,omitempty"`
	JWKS   string `json:"jwks,omitempty"`
	Secret []byte `json:"secret,omitempty"`
}

func handleIdentity(mux *http.ServeMux, games *game.Registry) {
	mux.HandleFunc("PUT /games/{id}/identity", func(w http.ResponseWriter, r *http.Request) {
		var x Identity
		if err := read(w, r, &x); err != nil {
			answer(w, nil, err)
			return
		}
		g, err := games.SetIdentity(r.Context(), r.PathValue("id"), game.Identity{Issuer: x.Issuer, JWKS: x.JWKS}, x.Secret)
		answerGame(w, g, err)
	})
}

// SetIdentity sets how a game's players are recognised; nothing set: as guests.
func (c *Client) SetIdentity(ctx context.Context, id string, x Identity) (g game.Game, err error) {
	return g, c.do(ctx, "PUT", "/games/"+url.PathEscape(id)+"/identity", x, &g)
}
