package node

import (
	"context"
	"errors"
	"log/slog"

	"partykit/internal/engine"
	"partykit/internal/game"
	"partykit/internal/webhook"
)

// OpenGames opens the games of a data folder that no server runs on, and their
// dead letters, until closed. It fails with an *engine.LockedError when one does.
func OpenGames(ctx context.Context, dir string, log *slog.Logger) (games *game.Registry, letters webhook.Letters, closeAll func() error, err error) {
	e, err := engine.Open(ctx, engine.Options{Dir: dir, Logger: log})
	if err != nil {
		return nil, letters, nil, err
	}
	storage, err := e.Connect("games")
	if err != nil {
		return nil, letters, nil, errors.Join(err, e.Close())
	}
	keys, err := serverKeys(ctx, storage)
	if err != nil {
		storage.Close()
		return nil, letters, nil, errors.Join(err, e.Close())
	}
	watch, cancel := context.WithCancel(ctx)
	closeAll = func() error {
		cancel()
		storage.Close()
		return e.Close()
	}
	if games, err = game.Open(watch, configStore{storage}, game.Options{Sealer: keys, Logger: log}); err != nil {
		return nil, letters, nil, errors.Join(err, closeAll())
	}
	return games, webhook.Letters{Node: storage}, closeAll, nil
}
