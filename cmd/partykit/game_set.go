package main

import (
	"context"
	"strings"

	"partykit/internal/control"
)

type gameSet struct {
	ID         string            `arg:"" help:"The game's id."`
	Name       *string           `placeholder:"TEXT" help:"What players call it."`
	URL        *string           `name:"url" placeholder:"URL" help:"The web address at which the game starts."`
	Origin     []string          `placeholder:"±ORIGIN" help:"Let web clients come from this origin; with a minus before it (--origin=-https://…) no longer. May be repeated."`
	Studio     *string           `placeholder:"NAME" help:"The studio it belongs to: parties travel between games of one. Empty: none."`
	Background *string           `placeholder:"COLOUR" help:"Colour behind its pages, #rrggbb; empty: drawn from the id."`
	Accent     *string           `placeholder:"COLOUR" help:"Colour of its buttons, #rrggbb; empty: drawn from the id."`
	NameFilter *string           `placeholder:"FILE" help:"Refuse names of players that have one of the words in this file, one a line; - is standard input, empty is none."`
	Setting    map[string]string `placeholder:"NAME=VALUE" help:"A number of its own, such as party_size=4; an empty value brings the default back. May be repeated."`
}

func (c *gameSet) Run(s *surroundings, g *grammar) error {
	change := control.Change{Name: c.Name, Web: c.URL, Studio: c.Studio, Background: c.Background, Accent: c.Accent, Settings: c.Setting}
	for _, o := range c.Origin {
		if gone, ok := strings.CutPrefix(o, "-"); ok {
			change.RemoveOrigins = append(change.RemoveOrigins, gone)
		} else {
			change.AddOrigins = append(change.AddOrigins, strings.TrimPrefix(o, "+"))
		}
	}
	if c.NameFilter != nil {
		words, err := readWords(*c.NameFilter)
		if err != nil {
			return err
		}
		change.NameFilter = &words
	}
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		x, err := games.Set(ctx, c.ID, change)
		if err != nil {
			return gameError(c.ID, err)
		}
		return g.Game.printGame(s.stdout, x)
	})
}
