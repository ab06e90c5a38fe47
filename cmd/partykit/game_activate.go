package main

import (
	"context"
	"fmt"

	"partykit/internal/control"
)

type gameActivate struct {
	ID string `arg:"" help:"The game's id."`
}

func (c *gameActivate) Run(s *surroundings, g *grammar) error {
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		x, err := games.Activate(ctx, c.ID)
		if err != nil {
			return gameError(c.ID, err)
		}
		if g.Game.JSON {
			return g.Game.printGame(s.stdout, x)
		}
		_, err = fmt.Fprintf(s.stdout, "The kit is active for %s.\n", x.ID)
		return err
	})
}

type gameDeactivate struct {
	ID string `arg:"" help:"The game's id."`
}

func (c *gameDeactivate) Run(s *surroundings, g *grammar) error {
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		x, err := games.Deactivate(ctx, c.ID)
		if err != nil {
			return gameError(c.ID, err)
		}
		if g.Game.JSON {
			return g.Game.printGame(s.stdout, x)
		}
		_, err = fmt.Fprintf(s.stdout, "The kit is not active for %s any more.\n", x.ID)
		return err
	})
}
