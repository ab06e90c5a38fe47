package game

import "context"

// Activate makes the kit active for a game; activating twice changes nothing.
func (r *Registry) Activate(ctx context.Context, id string) (Game, error) {
	return r.Update(ctx, id, func(g *Game) error { g.Active = true; return nil })
}

// Deactivate makes the kit inactive for a game: its clients are told so.
func (r *Registry) Deactivate(ctx context.Context, id string) (Game, error) {
	return r.Update(ctx, id, func(g *Game) error { g.Active = false; return nil })
}

// OnActivation has fn called with the id of every game for which the kit was
// activated or deactivated from now on, here or by another process, once the
// registry shows it. fn must not wait, nor ask for changes. There is one such
// function; another takes its place.
func (r *Registry) OnActivation(fn func(id string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.onActivation = fn
}

// Active reports whether there is a game of that id with the kit activated.
func (r *Registry) Active(id string) bool {
	e, ok := r.games.Load(id)
	return ok && e.(*entry).game.Active
}
