package main

import (
	"context"
	"fmt"

	"partykit/internal/control"
	"partykit/internal/game"
)

type gameAdd struct {
	ID         string   `arg:"" help:"Lower-case letters, digits and dashes. It is public, and what the SDK is started with."`
	Name       string   `placeholder:"TEXT" help:"What players call it (default: the id)."`
	URL        string   `name:"url" required:"" placeholder:"URL" help:"The web address at which the game starts."`
	Origin     []string `placeholder:"ORIGIN" help:"Let web clients come from this origin, such as https://play.example.com; may be repeated (default: the origin of --url)."`
	Studio     string   `placeholder:"NAME" help:"The studio it belongs to: parties travel between games of one."`
	Background string   `placeholder:"COLOUR" help:"Colour behind its pages, #rrggbb."`
	Accent     string   `placeholder:"COLOUR" help:"Colour of its buttons, #rrggbb."`
	Activate   bool     `help:"Activate the kit for it at once."`
}

func (c *gameAdd) Run(s *surroundings, g *grammar) error {
	return g.Game.ask(s, true, func(ctx context.Context, games *control.Client) error {
		name := c.Name
		if name == "" {
			name = c.ID
		}
		added, err := games.Add(ctx, game.Game{
			ID: c.ID, Name: name, Launch: game.Launch{Web: c.URL}, Origins: c.Origin,
			Studio: c.Studio, Background: c.Background, Accent: c.Accent, Active: c.Activate,
		})
		if err != nil {
			return gameError(c.ID, err)
		}
		if g.Game.JSON {
			return g.Game.printGame(s.stdout, added)
		}
		fmt.Fprintf(s.stdout, "Registered %s.\n", added.ID)
		if !added.Active {
			fmt.Fprintf(s.stdout, "Its players are told that the kit is not activated until: partykit game activate %s\n", added.ID)
		}
		return nil
	})
}
