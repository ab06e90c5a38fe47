package node

import (
	"context"
	"errors"
	"net/http"
	"time"

	"partykit/internal/abuse"
	"partykit/internal/api"
	"partykit/internal/engine"
)

// registerAPI serves the HTTP API for games' own backends.
func (n *Node) registerAPI(mux *http.ServeMux) {
	api.Register(mux, api.Options{
		Parties: n.host, Keys: n.games, Answers: answers{n.storage}, Reports: abuse.Reports{Node: n.storage}, PublicURL: n.opts.PublicURL, Contact: n.opts.Contact,
		Strangers: n.strangers(), ClientAddr: n.clientAddr, Logger: n.log.With("part", "api"),
	})
}

// answers keeps the API's answers in the engine.
type answers struct{ node *engine.Node }

func (a answers) Get(ctx context.Context, game, key string) ([]byte, error) {
	value, _, err := a.node.Get(ctx, game, engine.Answers, key)
	if errors.Is(err, engine.ErrNotFound) {
		return nil, nil
	}
	return value, err
}

func (a answers) Put(ctx context.Context, game, key string, value []byte, ttl time.Duration) error {
	_, err := a.node.Put(ctx, game, engine.Answers, key, value, 0, ttl)
	if errors.Is(err, engine.ErrConflict) {
		return nil // the first answer stays
	}
	return err
}
