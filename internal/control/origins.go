package control

import (
	"fmt"
	"slices"

	"partykit/internal/game"
)

// changeOrigins adds origins to a game and removes some, in their one form.
func changeOrigins(g *game.Game, add, remove []string) error {
	origins := slices.Clone(g.Origins)
	for _, s := range remove {
		o, err := game.ParseOrigin(s)
		if err != nil {
			return fmt.Errorf("%w: %w", game.ErrInvalid, err)
		}
		i := slices.Index(origins, o)
		if i < 0 {
			return fmt.Errorf("%w: %s is not one of the game's origins", game.ErrInvalid, o)
		}
		origins = slices.Delete(origins, i, i+1)
	}
	for _, s := range add {
		o, err := game.ParseOrigin(s)
		if err != nil {
			return fmt.Errorf("%w: %w", game.ErrInvalid, err)
		}
		if !slices.Contains(origins, o) {
			origins = append(origins, o)
		}
	}
	g.Origins = origins
	return nil
}
