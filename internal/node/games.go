package node

import (
	"context"
	"errors"
	"log/slog"

	"partykit/internal/abuse"
	"partykit/internal/control"
	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/internal/webhook"
)

// stores are what the command line steers.
func stores(games *game.Registry, storage *engine.Node) control.Stores {
	return control.Stores{Games: games, Letters: webhook.Letters{Node: storage}, Reports: abuse.Reports{Node: storage}}
}

// OpenGames opens the games of a data folder that no server runs on, and what is
// kept of them, until closed. It fails with an *engine.LockedError when one does.
func OpenGames(ctx context.Context, dir string, log *slog.Logger) (s control.Stores, closeAll func() error, err error) {
	e, err := engine.Open(ctx, engine.Options{Dir: dir, Logger: log})
	if err != nil {
		return s, nil, err
	}
	storage, err := e.Connect("games")
	if err != nil {
		return s, nil, errors.Join(err, e.Close())
	}
	keys, err := serverKeys(ctx, storage)
	if err != nil {
		storage.Close()
		return s, nil, errors.Join(err, e.Close())
	}
	watch, cancel := context.WithCancel(ctx)
	closeAll = func() error {
		cancel()
		storage.Close()
		return e.Close()
	}
	games, err := game.Open(watch, configStore{storage}, game.Options{Sealer: keys, Logger: log})
	if err != nil {
		return s, nil, errors.Join(err, closeAll())
	}
	return stores(games, storage), closeAll, nil
}
