package game

import (
	"context"
	"errors"
)

// A Store holds the records of the registry, under keys of the form game.ID,
// keys.ID and art.ID.NAME. It may hold other keys too; the registry leaves them alone.
type Store interface {
	// Get returns a record and its revision, or an error that is ErrNotFound.
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)

	// Put writes a record if its revision is still expect, 0 for a record that
	// must not be there, and returns the new one. Otherwise it fails with an
	// error that is ErrConflict, and nothing is written.
	Put(ctx context.Context, key string, value []byte, expect uint64) (revision uint64, err error)

	// Delete removes a record. Removing one that is not there is no error.
	Delete(ctx context.Context, key string) error

	// Watch calls fn with every record there is and returns; from then on, until
	// ctx ends, fn is called with every change, one after another, a nil value
	// for a record that is gone. fn may keep the value.
	Watch(ctx context.Context, fn func(key string, value []byte)) error
}

// What a [Store] answers, and with it the registry.
var (
	ErrNotFound = errors.New("there is no such game or picture")
	ErrConflict = errors.New("it was changed by somebody else at the same time")
)
