package api

import (
	"context"
	"net/http"

	"partykit/party"
)

// NewToken is a player to name.
type NewToken struct {
	Subject string `json:"subject"`           // what the game itself calls the player: 1 to 255 bytes
	Name    string `json:"name,omitempty"`    // "": a friendly one
	Expires int    `json:"expires,omitempty"` // seconds, 60 to 86,400; 0: an hour
}

// Token names a player.
type Token struct {
	Token  string         `json:"token"` // for the game's client, which gives it as identity
	Player party.PlayerID `json:"player"`
	Until  party.Time     `json:"until"`
}

// NamePlayer makes a token by which the game's client is a player that the game
// knows, instead of a guest.
func (c *Client) NamePlayer(ctx context.Context, t NewToken) (Token, error) {
	return call[Token](ctx, c, request{method: http.MethodPost, path: "/v1/tokens", body: t})
}

// Verified says whom a player token names.
type Verified struct {
	Valid  bool           `json:"valid"` // the rest is there only then
	Player party.PlayerID `json:"player"`
	Name   string         `json:"name"`
	Until  party.Time     `json:"until"`
}

// VerifyToken says which player a token names that the game's client got with
// getToken.
func (c *Client) VerifyToken(ctx context.Context, token string) (Verified, error) {
	return call[Verified](ctx, c, request{method: http.MethodPost, path: "/v1/tokens/verify", body: map[string]string{"token": token}})
}
