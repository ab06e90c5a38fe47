package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partykit/party"
)

// Player is where a player is.
type Player struct {
	Party  party.ID         `json:"party" doc:"The id of the party it is in."`
	Member party.MemberView `json:"member" doc:"As a member of it."`
}

type (
	getPlayer struct {
		Player party.PlayerID `path:"player" doc:"The player's id."`
	}
	playerAnswer struct{ Body Player }
)

func (s *server) registerPlayers() {
	huma.Register(s.huma, operation(http.MethodGet, "/v1/players/{player}", "getPlayer", "players", "Find a player",
		"Tells which party a player is in, while it is connected or expected back.", http.StatusNotFound), s.getPlayer)
}

func (s *server) getPlayer(ctx context.Context, in *getPlayer) (*playerAnswer, error) {
	v, m, err := s.o.Parties.Where(ctx, gameOf(ctx), in.Player)
	if err != nil {
		return nil, s.problem(err)
	}
	return &playerAnswer{Player{v.ID, m}}, nil
}
