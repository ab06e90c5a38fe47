package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Game is the game that the key belongs to.
type Game struct {
	ID   string `json:"id" doc:"Its public id."`
	Name string `json:"name" doc:"What players call it, and whom links of the backend name."`
}

type gameAnswer struct{ Body Game }

func (s *server) registerGame() {
	huma.Register(s.huma, operation(http.MethodGet, "/v1/game", "getGame", "game", "Tell the game",
		"Tells which game the server key belongs to, and so whether the key works."), s.getGame)
}

func (s *server) getGame(ctx context.Context, _ *struct{}) (*gameAnswer, error) {
	g := callOf(ctx).game
	return &gameAnswer{Game{g.ID, g.Name}}, nil
}
