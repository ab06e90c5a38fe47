package api

import (
	"context"
	"net/http"
	"strings"

	"partykit/internal/game"
	"partykit/party"
)

// Key returns the server key that a request says it has, or "".
func Key(r *http.Request) string {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

// holder returns the game whose key the request carries.
func (s *server) holder(r *http.Request) (game.Game, error) {
	if key := Key(r); key != "" {
		if g, _, ok := s.o.Keys.KeyHolder(key); ok {
			return g, nil
		}
	}
	if s.o.Strangers != nil {
		if ok, wait := s.o.Strangers(s.o.ClientAddr(r)); !ok {
			return game.Game{}, &party.Error{Code: party.RateLimited, RetryAfter: wait}
		}
	}
	return game.Game{}, party.Errorf(party.Unauthorized, "This needs a server key of the game, in the header Authorization: Bearer KEY. The operator makes one with: partykit game keys ID new")
}

// call is what a handler knows of the request beside its input.
type call struct {
	game game.Game
	seed string // names what the request makes, "" without an Idempotency-Key
	// secret says that the answer tells a code: it is not kept, but made again
	// from the seed.
	secret bool
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

func gameOf(ctx context.Context) party.GameID { return party.GameID(callOf(ctx).game.ID) }
