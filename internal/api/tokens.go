package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"partykit/internal/host"
	"partykit/party"
)

// defaultLife is how long a token names a player unless the backend says so.
const defaultLife = time.Hour

// NewToken is a player to name.
type NewToken struct {
	Subject string `json:"subject" minLength:"1" maxLength:"255" doc:"What the game itself calls the player, the same always: at most 255 bytes."`
	Name    string `json:"name,omitempty" doc:"What the player is called, 1 to 32 characters; a friendly name if left out."`
	Expires int    `json:"expires,omitempty" minimum:"60" maximum:"86400" doc:"Seconds in which the game's client must connect with it; 3,600 if left out."`
}

// Token names a player.
type Token struct {
	Token  string         `json:"token" doc:"For the game's client, which gives it as identity. Secret: who has it is that player."`
	Player party.PlayerID `json:"player" doc:"The player's id here, the same for the same subject."`
	Until  party.Time     `json:"until" doc:"When it ends, in Unix milliseconds."`
}

// PlayerToken is a token to verify.
type PlayerToken struct {
	Token string `json:"token" maxLength:"4096" doc:"What the game's client got with getToken."`
}

// Verified says whom a player token names.
type Verified struct {
	Valid  bool           `json:"valid" doc:"Whether the server made it for this game, and it has not expired. The rest is there only then."`
	Player party.PlayerID `json:"player,omitempty" doc:"The player's id."`
	Name   string         `json:"name,omitempty" doc:"Its name when the token was made."`
	Until  party.Time     `json:"until,omitempty" doc:"When the token ends, in Unix milliseconds."`
}

type (
	namePlayer  struct{ Body NewToken }
	tokenAnswer struct{ Body Token }
	verifyToken struct{ Body PlayerToken }
	verified    struct{ Body Verified }
)

func (s *server) registerTokens() {
	post := operation(http.MethodPost, "/v1/tokens", "namePlayer", "tokens", "Name a player",
		"Makes a token by which the game's client is a player that the game knows, instead of a guest. The same subject is the same player everywhere, also with a token that the game signs itself. Nothing is stored.")
	post.DefaultStatus = http.StatusCreated
	huma.Register(s.huma, post, s.namePlayer)
	huma.Register(s.huma, operation(http.MethodPost, "/v1/tokens/verify", "verifyToken", "tokens", "Verify a player's token",
		"Says which player a token names, for a backend that does not verify it by the game's public keys. Changes nothing."), s.verifyToken)
}

func (s *server) namePlayer(ctx context.Context, in *namePlayer) (*tokenAnswer, error) {
	callOf(ctx).secret = true
	life := time.Duration(in.Body.Expires) * time.Second
	n, err := s.o.Parties.NamePlayer(gameOf(ctx), host.Naming{Subject: in.Body.Subject, Name: in.Body.Name, Life: cmp.Or(life, defaultLife)})
	if err != nil {
		return nil, s.problem(err)
	}
	return &tokenAnswer{Token{n.Token, n.Player, n.Until}}, nil
}

func (s *server) verifyToken(ctx context.Context, in *verifyToken) (*verified, error) {
	n, ok := s.o.Parties.KnowPlayer(gameOf(ctx), in.Body.Token)
	if !ok {
		return &verified{}, nil
	}
	return &verified{Verified{true, n.Player, n.Name, n.Until}}, nil
}
