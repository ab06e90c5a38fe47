package game

import (
	"context"
	"errors"
	"strings"
)

// maxProvisional bounds how many games register themselves. A developer has a
// handful; a page that makes up ids is stopped here.
const maxProvisional = 200

// Why a game cannot register itself.
var (
	ErrNotLoopback = errors.New("a game registers itself only from a page on this machine, and only in dev: register it with its origins")
	ErrTooMany     = errors.New("too many games have registered themselves: register yours by hand")
)

// FirstUse returns the game of this id, registering it if need be: in dev, a
// game that nobody has registered becomes active and [Game.Provisional] when a
// client of it comes from an origin on this machine. It is launched at page,
// the address of the client's page, if that is on the same origin, else at the
// origin's root. A provisional game that is used from another origin on this
// machine, because its developer's tool chose another port, is launched there
// from now on.
//
// It fails with [ErrInvalid], [ErrNotLoopback] and [ErrTooMany]. A game that was
// registered by hand is returned as it is, whatever the origin.
func (r *Registry) FirstUse(ctx context.Context, id, origin, page string) (Game, error) {
	g, known := r.Get(id)
	if known && (!g.Provisional || g.AllowsOrigin(origin) || !r.dev) {
		return g, nil
	}
	if !r.dev || !IsLoopback(origin) {
		if known {
			return g, nil
		}
		return Game{}, ErrNotLoopback
	}
	launch := Launch{Web: origin + "/"}
	if o, err := originOf(page); err == nil && o == origin {
		launch.Web, _, _ = strings.Cut(page, "#")
	}
	if known {
		return r.Update(ctx, id, func(g *Game) error {
			if g.Provisional {
				g.Launch, g.Origins = launch, []string{origin}
			}
			return nil
		})
	}
	if r.provisional() >= maxProvisional {
		return Game{}, ErrTooMany
	}
	g, err := r.Add(ctx, Game{
		ID: id, Name: title(id), Launch: launch, Origins: []string{origin}, Active: true, Provisional: true,
	})
	if errors.Is(err, ErrExists) { // another client of it was faster
		rec, _, err := r.readExisting(ctx, id)
		return rec.Game, err
	}
	return g, err
}

func (r *Registry) provisional() (n int) {
	for _, e := range r.games.Range {
		if e.(*entry).game.Provisional {
			n++
		}
	}
	return n
}

// title makes a name of an id: "my-game" becomes "My Game".
func title(id string) string {
	words := strings.FieldsFunc(id, func(r rune) bool { return r == '-' })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
