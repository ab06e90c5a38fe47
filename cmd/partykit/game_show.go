package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"partykit/internal/control"
	"partykit/internal/game"
)

type gameList struct{}

func (c *gameList) Run(s *surroundings, g *grammar) error {
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		list, err := games.List(ctx)
		if err != nil {
			return err
		}
		if list == nil {
			list = []game.Game{}
		}
		return g.Game.print(s.stdout, list, func(t *tabwriter.Writer) {
			if len(list) == 0 {
				fmt.Fprintln(t, "No game is registered. Begin with: partykit game add ID --url ADDRESS")
				return
			}
			fmt.Fprintln(t, "ID\tNAME\tKIT\tSTARTS AT")
			for _, x := range list {
				state := "not activated"
				if x.Active {
					state = "active"
				}
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.ID, x.Name, state, x.Launch.Web)
			}
		})
	})
}

type gameShow struct {
	ID string `arg:"" help:"The game's id."`
}

func (c *gameShow) Run(s *surroundings, g *grammar) error {
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		x, err := games.Show(ctx, c.ID)
		if err != nil {
			return gameError(c.ID, err)
		}
		return g.Game.printGame(s.stdout, x)
	})
}
