package game

import (
	"context"
	"errors"
	"fmt"
)

// CoverName is the name of the picture that stands for the game itself.
const CoverName = "cover"

// Art returns a picture of a game with its data. The [CoverName] of a game that
// has none is drawn, the same one for the same name and colours; drawing takes
// some tens of milliseconds once.
func (r *Registry) Art(id, name string) (Picture, bool) {
	e, ok := r.games.Load(id)
	if !ok {
		return Picture{}, false
	}
	if _, ok := e.(*entry).game.Art[name]; ok {
		if p, ok := r.art.Load(artKey(id, name)); ok {
			return p.(Picture), true
		}
	}
	if name == CoverName {
		return e.(*entry).cover(), true
	}
	return Picture{}, false
}

func artKey(id, name string) string { return artPrefix + id + "." + name }

// SetArt stores a picture under a name, in place of the one there was, and
// returns it as stored: encoded anew, smaller if it has to be. It accepts PNG,
// JPEG, GIF (the first frame) and WebP of at most [MaxArt] bytes and
// [MaxPixels], and fails with [ErrNotFound], [ErrInvalid], [ErrArtFormat],
// [ErrArtSize] and [ErrArtPixels].
func (r *Registry) SetArt(ctx context.Context, id, name string, upload []byte) (Picture, error) {
	if !nameShape.MatchString(name) {
		return Picture{}, fmt.Errorf("%w: %w", ErrInvalid, errBadArtName)
	}
	rec, _, err := r.readExisting(ctx, id)
	if err != nil {
		return Picture{}, err
	}
	if _, replaces := rec.Art[name]; !replaces && len(rec.Art) >= maxPictures {
		return Picture{}, fmt.Errorf("%w: it has %d pictures already", ErrInvalid, len(rec.Art))
	}
	p, err := encodeArt(upload)
	if err != nil {
		return Picture{}, err
	}
	// The data first: a game never names a picture that is not there.
	if err := r.putArt(ctx, artKey(id, name), p.Data); err != nil {
		return Picture{}, err
	}
	_, err = r.Update(ctx, id, func(g *Game) error {
		if g.Art == nil {
			g.Art = map[string]Picture{}
		}
		about := p
		about.Data = nil
		g.Art[name] = about
		return nil
	})
	return p, err
}

func (r *Registry) readExisting(ctx context.Context, id string) (record, uint64, error) {
	if !ValidID(id) {
		return record{}, 0, ErrNotFound
	}
	return r.read(ctx, id)
}

func (r *Registry) putArt(ctx context.Context, key string, data []byte) error {
	var err error
	for range maxTries {
		_, revision, getErr := r.store.Get(ctx, key)
		if getErr != nil && !errors.Is(getErr, ErrNotFound) {
			return getErr
		}
		if _, err = r.store.Put(ctx, key, data, revision); !errors.Is(err, ErrConflict) {
			break
		}
	}
	if err == nil {
		r.apply(key, data)
	}
	return err
}

// RemoveArt removes a picture; a game without its own cover has the drawn one
// again. It fails with [ErrNotFound] when there is no such picture.
func (r *Registry) RemoveArt(ctx context.Context, id, name string) error {
	_, err := r.Update(ctx, id, func(g *Game) error {
		if _, ok := g.Art[name]; !ok {
			return ErrNotFound
		}
		delete(g.Art, name)
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.store.Delete(ctx, artKey(id, name)); err != nil {
		return err
	}
	r.apply(artKey(id, name), nil)
	return nil
}
