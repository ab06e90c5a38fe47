package game

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// Options of a [Registry].
type Options struct {
	Dev    bool         // games register themselves, loopback origins are allowed
	Sealer Sealer       // seals what games entrust; needed to set a secret
	Logger *slog.Logger // nil: slog.Default
}

// A Registry knows the games of this server. Reading takes no lock and asks
// nobody; changes by others, also by other processes on the same store, arrive
// by themselves. It is safe for use by several goroutines.
type Registry struct {
	store  Store
	dev    bool
	sealer Sealer
	log    *slog.Logger

	mu    sync.Mutex // of writing into the maps
	hear  []func()   // see OnChange
	games sync.Map   // id → *entry
	art   sync.Map   // key → Picture
	keys  sync.Map   // id → keysRecord

	onActivation func(id string)
}

// An entry is a game as it was last seen.
type entry struct {
	game    Game
	numbers Settings // with defaults filled in
	version uint64
	cover   func() Picture // draws once
}

// A record is a game as it is stored. Its version rises by one with every
// change, so that a change seen late is known to be old.
type record struct {
	Version uint64 `json:"version"`
	Game
}

const (
	gamePrefix = "game."
	artPrefix  = "art."
)

// Open loads all games and pictures and follows the store until ctx ends.
func Open(ctx context.Context, store Store, o Options) (*Registry, error) {
	r := &Registry{store: store, dev: o.Dev, sealer: o.Sealer, log: cmp.Or(o.Logger, slog.Default())}
	if err := store.Watch(ctx, r.apply); err != nil {
		return nil, fmt.Errorf("watching the games: %w", err)
	}
	return r, nil
}

// apply takes a record of the store into memory. A record that cannot be read
// is left out, so that one damaged game does not take the others down.
func (r *Registry) apply(key string, value []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case strings.HasPrefix(key, artPrefix) && value == nil:
		r.art.Delete(key)
		r.tell()
	case strings.HasPrefix(key, artPrefix):
		p, err := storedPicture(value)
		if err != nil {
			r.log.Warn("a stored picture cannot be read", "key", key, "err", err)
			return
		}
		r.art.Store(key, p)
		r.tell()
	case strings.HasPrefix(key, keysPrefix):
		if err := r.applyKeys(strings.TrimPrefix(key, keysPrefix), value); err != nil {
			r.log.Warn("stored server keys cannot be read", "key", key, "error", err)
		}
	case strings.HasPrefix(key, gamePrefix) && value == nil:
		r.games.Delete(strings.TrimPrefix(key, gamePrefix))
		r.tell()
	case strings.HasPrefix(key, gamePrefix):
		var rec record
		if err := decodeRecord(key, value, &rec); err != nil {
			r.log.Warn("a stored game cannot be read", "key", key, "err", err)
			return
		}
		r.take(rec)
	}
}

// take takes in a game's record if it is newer than the one that is here.
func (r *Registry) take(rec record) {
	old, known := r.games.Load(rec.ID)
	if known && old.(*entry).version >= rec.Version {
		return
	}
	r.games.Store(rec.ID, newEntry(rec))
	if known && old.(*entry).game.Active != rec.Active && r.onActivation != nil {
		r.onActivation(rec.ID)
	}
	r.tell()
}

// OnChange has fn called after every change of a game or a picture from now on,
// before the change is acknowledged to who makes it here. It must not block, and
// may read the registry.
func (r *Registry) OnChange(fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hear = append(r.hear, fn)
}

// tell calls those who want to hear of changes. The lock is held.
func (r *Registry) tell() {
	for _, fn := range r.hear {
		fn()
	}
}

func newEntry(rec record) *entry {
	return &entry{game: rec.Game, numbers: rec.Settings.OrDefault(), version: rec.Version, cover: sync.OnceValue(func() Picture { return drawCover(rec.Game) })}
}

func decodeRecord(key string, value []byte, rec *record) error {
	if err := json.Unmarshal(value, rec); err != nil {
		return err
	}
	if gamePrefix+rec.ID != key {
		return fmt.Errorf("it is the record of %q", rec.ID)
	}
	return rec.Validate()
}

// Get returns a game. What the game refers to, its origins and art, is shared
// and must not be changed.
func (r *Registry) Get(id string) (Game, bool) {
	e, ok := r.games.Load(id)
	if !ok {
		return Game{}, false
	}
	return e.(*entry).game, true
}

// Settings returns a game's numbers with defaults filled in; of an unknown game,
// the defaults. They are shared and must not be changed.
func (r *Registry) Settings(id string) *Settings {
	e, ok := r.games.Load(id)
	if !ok {
		return &defaults
	}
	return &e.(*entry).numbers
}

// List returns all games in the order of their ids.
func (r *Registry) List() []Game {
	var games []Game
	for _, e := range r.games.Range {
		games = append(games, e.(*entry).game)
	}
	slices.SortFunc(games, func(a, b Game) int { return cmp.Compare(a.ID, b.ID) })
	return games
}

// AllowsOrigin reports whether a game's web clients may come from an origin:
// one of its own, in dev also any on this machine.
func (r *Registry) AllowsOrigin(g Game, origin string) bool {
	return g.AllowsOrigin(origin) || r.dev && IsLoopback(origin)
}

// ErrExists says that a game of this id is registered already.
var ErrExists = errors.New("a game with this id is registered already")

// Add registers a game and returns it as registered: origins and colours are
// written in their one form, and a game without origins gets that of its launch
// URL. Pictures are added by [Registry.SetArt] alone, players are recognised by
// what [Registry.SetIdentity] sets. It fails with
// [ErrInvalid] and [ErrExists].
func (r *Registry) Add(ctx context.Context, g Game) (Game, error) {
	g = g.normal()
	g.Art, g.Identity, g.Webhook = nil, Identity{}, Webhook{}
	if err := g.Validate(); err != nil {
		return Game{}, err
	}
	err := r.write(ctx, record{Version: 1, Game: g}, 0)
	if errors.Is(err, ErrConflict) {
		return Game{}, ErrExists
	}
	return g, err
}

// maxTries is how often a change is tried again when others are faster.
const maxTries = 10

// Update changes a game by fn and returns what it became. fn gets the stored
// game, may be called again when somebody else changes the game at the same
// time, and cannot change the id. An error of fn ends it without a change. It
// fails with [ErrNotFound], [ErrInvalid] and, against all odds, [ErrConflict].
func (r *Registry) Update(ctx context.Context, id string, fn func(*Game) error) (Game, error) {
	if !ValidID(id) {
		return Game{}, ErrNotFound
	}
	var err error
	for range maxTries {
		rec, revision, getErr := r.read(ctx, id)
		if getErr != nil {
			return Game{}, getErr
		}
		if err := fn(&rec.Game); err != nil {
			return Game{}, err
		}
		rec.Game = rec.normal()
		rec.ID = id
		if err := rec.Validate(); err != nil {
			return Game{}, err
		}
		rec.Version++
		if err = r.write(ctx, rec, revision); !errors.Is(err, ErrConflict) {
			return rec.Game, err
		}
	}
	return Game{}, err
}

func (r *Registry) read(ctx context.Context, id string) (rec record, revision uint64, err error) {
	key := gamePrefix + id
	value, revision, err := r.store.Get(ctx, key)
	if err != nil {
		return record{}, 0, err
	}
	return rec, revision, decodeRecord(key, value, &rec)
}

// write stores a record and takes it into memory at once, so that who wrote it
// reads it.
func (r *Registry) write(ctx context.Context, rec record, expect uint64) error {
	value, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	if _, err := r.store.Put(ctx, gamePrefix+rec.ID, value, expect); err != nil {
		return err
	}
	r.apply(gamePrefix+rec.ID, value)
	return nil
}
