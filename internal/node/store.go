package node

import (
	"context"
	"errors"
	"fmt"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/game"
)

// configStore keeps the registry in the engine's table of settings.
type configStore struct{ node *engine.Node }

func (s configStore) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	value, revision, err := s.node.Get(ctx, "", engine.Config, key)
	return value, revision, storeError(err)
}

func (s configStore) Put(ctx context.Context, key string, value []byte, expect uint64) (uint64, error) {
	revision, err := s.node.Put(ctx, "", engine.Config, key, value, expect, 0)
	return revision, storeError(err)
}

func (s configStore) Delete(ctx context.Context, key string) error {
	return storeError(s.node.Delete(ctx, engine.Config, key))
}

func (s configStore) Watch(ctx context.Context, fn func(key string, value []byte)) error {
	return storeError(s.node.WatchConfig(ctx, fn))
}

func storeError(err error) error {
	switch {
	case errors.Is(err, engine.ErrNotFound):
		return game.ErrNotFound
	case errors.Is(err, engine.ErrConflict):
		return game.ErrConflict
	}
	return err
}

// secretKey is where the server's secret is kept: all keys derive from it.
const secretKey = "server.secret"

// serverSecret returns the server's secret, made once for all nodes.
func serverSecret(ctx context.Context, node *engine.Node) ([]byte, error) {
	for range 5 {
		secret, _, err := node.Get(ctx, "", engine.Config, secretKey)
		if !errors.Is(err, engine.ErrNotFound) {
			return secret, err
		}
		secret = auth.NewSecret()
		_, err = node.Put(ctx, "", engine.Config, secretKey, secret, 0, 0)
		if err == nil {
			return secret, nil
		}
		if !errors.Is(err, engine.ErrConflict) && !errors.Is(err, engine.ErrUnknown) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the server's secret can neither be read nor made")
}

// serverKeys returns the keys that derive from the server's secret.
func serverKeys(ctx context.Context, node *engine.Node) (*auth.Keys, error) {
	secret, err := serverSecret(ctx, node)
	if err != nil {
		return nil, err
	}
	return auth.NewKeys(secret)
}
