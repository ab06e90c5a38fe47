package game

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// MaxServerKeys is how many server keys a game has at most.
	MaxServerKeys = 10
	// KeyOverlap is how long older server keys go on after a rotation.
	KeyOverlap = 24 * time.Hour
	// MaxKeyOverlap is how long they may.
	MaxKeyOverlap = 90 * 24 * time.Hour

	keysPrefix = "keys." // of the records that hold them, one for each game
	keyMark    = "pks_"  // what a key begins with, so that a scanner finds a leaked one
	keyBits    = 160
)

// A ServerKey lets the game's own backend in. The key itself is told once, when
// it is made, and stored nowhere.
type ServerKey struct {
	ID      string    `json:"id"` // public: names it to the operator
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
}

// Works reports whether the key lets anybody in at that time.
func (k ServerKey) Works(now time.Time) bool { return k.Expires.IsZero() || now.Before(k.Expires) }

// storedKey is a key as it is stored.
type storedKey struct {
	ServerKey
	Hash string `json:"hash"`
}

// keysRecord is all keys of a game as they are stored. Its version rises like a
// game's.
type keysRecord struct {
	Version uint64      `json:"version"`
	Keys    []storedKey `json:"keys"`
}

// Errors of server keys.
var (
	// ErrNoKey says that the game has no server key of that id.
	ErrNoKey = errors.New("the game has no server key of that id")
	// ErrTooManyKeys says that the game has as many as it may.
	ErrTooManyKeys = fmt.Errorf("a game has at most %d server keys: revoke one first", MaxServerKeys)
	// ErrBadOverlap says that a rotation's overlap is out of its bounds.
	ErrBadOverlap = fmt.Errorf("the overlap must be between 0s and %v", MaxKeyOverlap)
)

// ServerKeys lists the game's server keys that work, oldest first.
func (r *Registry) ServerKeys(id string) ([]ServerKey, error) {
	if _, ok := r.Get(id); !ok {
		return nil, ErrNotFound
	}
	keys := []ServerKey{}
	for _, k := range r.workingKeys(id) {
		keys = append(keys, k.ServerKey)
	}
	return keys, nil
}

func (r *Registry) workingKeys(id string) []storedKey {
	rec, ok := r.keys.Load(id)
	if !ok {
		return nil
	}
	return working(rec.(keysRecord).Keys, time.Now())
}

func working(keys []storedKey, now time.Time) []storedKey {
	return slices.DeleteFunc(slices.Clone(keys), func(k storedKey) bool { return !k.Works(now) })
}

// NewServerKey makes a server key of 160 random bits and returns its text,
// which is told nowhere else. It fails with [ErrNotFound] and [ErrTooManyKeys].
func (r *Registry) NewServerKey(ctx context.Context, id string) (key ServerKey, text string, err error) {
	made, text := newKey(id, time.Now())
	err = r.changeKeys(ctx, id, func(keys []storedKey) ([]storedKey, error) {
		if len(keys) >= MaxServerKeys {
			return nil, ErrTooManyKeys
		}
		return append(keys, made), nil
	})
	return made.ServerKey, text, err
}

// RotateServerKeys makes a server key that takes the place of all others: they
// work for overlap longer, so that backends can change over without a break. It
// fails as [Registry.NewServerKey] does, and with [ErrBadOverlap].
func (r *Registry) RotateServerKeys(ctx context.Context, id string, overlap time.Duration) (key ServerKey, text string, err error) {
	if overlap < 0 || overlap > MaxKeyOverlap {
		return ServerKey{}, "", ErrBadOverlap
	}
	now := time.Now()
	made, text := newKey(id, now)
	err = r.changeKeys(ctx, id, func(keys []storedKey) ([]storedKey, error) {
		end := now.Add(overlap).UTC()
		for i := range keys {
			if keys[i].Expires.IsZero() || keys[i].Expires.After(end) {
				keys[i].Expires = end
			}
		}
		keys = append(working(keys, now), made)
		if len(keys) > MaxServerKeys {
			return nil, ErrTooManyKeys
		}
		return keys, nil
	})
	return made.ServerKey, text, err
}

// RevokeServerKey ends a server key at once. It fails with [ErrNotFound] and
// [ErrNoKey].
func (r *Registry) RevokeServerKey(ctx context.Context, id, key string) error {
	err := r.changeKeys(ctx, id, func(keys []storedKey) ([]storedKey, error) {
		i := slices.IndexFunc(keys, func(k storedKey) bool { return k.ID == key })
		if i < 0 {
			return nil, ErrNoKey
		}
		return slices.Delete(keys, i, i+1), nil
	})
	return err
}

// KeyHolder returns the game whose server key the text is. What it compares, it
// compares in constant time.
func (r *Registry) KeyHolder(text string) (g Game, key ServerKey, ok bool) {
	rest, marked := strings.CutPrefix(text, keyMark)
	id, _, cut := strings.Cut(rest, "_")
	if !marked || !cut || len(text) > 128 {
		return Game{}, ServerKey{}, false
	}
	hash := []byte(keyHash(text))
	for _, k := range r.workingKeys(id) {
		if subtle.ConstantTimeCompare(hash, []byte(k.Hash)) == 1 {
			g, ok = r.Get(id)
			return g, k.ServerKey, ok
		}
	}
	return Game{}, ServerKey{}, false
}

// newKey makes a key: its mark, its game, and the secret.
func newKey(id string, now time.Time) (storedKey, string) {
	secret := make([]byte, keyBits/8)
	rand.Read(secret)
	text := keyMark + id + "_" + strings.ToLower(base32.StdEncoding.EncodeToString(secret))
	return storedKey{ServerKey{ID: "k" + strings.ToLower(rand.Text()[:9]), Created: now.UTC()}, keyHash(text)}, text
}

// keyHash is what is stored of a key. Its text is random, so a plain SHA-256
// cannot be reversed.
func keyHash(text string) string {
	sum := sha256.Sum256([]byte("partykit server key " + text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// changeKeys changes the game's keys that work; those that have expired go.
func (r *Registry) changeKeys(ctx context.Context, id string, fn func([]storedKey) ([]storedKey, error)) error {
	if _, ok := r.Get(id); !ok {
		return ErrNotFound
	}
	var err error
	for range maxTries {
		var rec keysRecord
		value, revision, getErr := r.store.Get(ctx, keysPrefix+id)
		if getErr != nil && !errors.Is(getErr, ErrNotFound) {
			return getErr
		}
		if getErr == nil {
			if err := json.Unmarshal(value, &rec); err != nil {
				return fmt.Errorf("the stored keys cannot be read: %w", err)
			}
		}
		if rec.Keys, err = fn(working(rec.Keys, time.Now())); err != nil {
			return err
		}
		rec.Version++
		if value, err = json.Marshal(rec); err != nil {
			return err
		}
		_, err = r.store.Put(ctx, keysPrefix+id, value, revision)
		if err == nil {
			r.apply(keysPrefix+id, value)
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return err
}

// applyKeys takes the keys of a game into memory. The caller holds mu.
func (r *Registry) applyKeys(id string, value []byte) error {
	if value == nil {
		r.keys.Delete(id)
		return nil
	}
	var rec keysRecord
	if err := json.Unmarshal(value, &rec); err != nil {
		return err
	}
	if old, ok := r.keys.Load(id); !ok || old.(keysRecord).Version < rec.Version {
		r.keys.Store(id, rec)
	}
	return nil
}
