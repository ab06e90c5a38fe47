package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"partykit/internal/control"
	"partykit/internal/game"
)

type gameKeys struct {
	ID      string        `arg:"" help:"The game's id."`
	Do      string        `arg:"" optional:"" enum:"list,new,rotate,revoke" default:"list" help:"list, new, rotate or revoke (default: list). A new key is shown once. rotate makes one and lets the others end after --overlap."`
	Key     string        `arg:"" optional:"" help:"The id of the key to revoke, as list shows it."`
	Overlap time.Duration `default:"24h" help:"With rotate: how much longer the other keys work."`
}

func (c *gameKeys) Run(s *surroundings, g *grammar) error {
	if (c.Do == "revoke") != (c.Key != "") {
		return errors.New("revoke, and nothing else, takes the id of a key: partykit game keys ID revoke KEY")
	}
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		switch c.Do {
		case "new":
			made, err := games.NewKey(ctx, c.ID)
			return c.made(s, g, made, err)
		case "rotate":
			made, err := games.RotateKeys(ctx, c.ID, c.Overlap)
			if err := c.made(s, g, made, err); err != nil || g.Game.JSON {
				return err
			}
			_, err = fmt.Fprintf(s.stdout, "The other keys end in %v.\n", c.Overlap)
			return err
		case "revoke":
			if err := games.RevokeKey(ctx, c.ID, c.Key); err != nil {
				return gameError(c.ID, err)
			}
			_, err := fmt.Fprintf(s.stdout, "The key %s lets nobody in any more.\n", c.Key)
			return err
		}
		keys, err := games.Keys(ctx, c.ID)
		if err != nil {
			return gameError(c.ID, err)
		}
		return g.Game.print(s.stdout, keys, func(t *tabwriter.Writer) { c.list(t, keys) })
	})
}

func (c *gameKeys) made(s *surroundings, g *grammar, k control.NewKey, err error) error {
	if err != nil {
		return gameError(c.ID, err)
	}
	return g.Game.print(s.stdout, k, func(t *tabwriter.Writer) {
		fmt.Fprintf(t, "%s\n\nThis is shown once. Keep it where the game's backend keeps its secrets, never in the game itself.\n", k.Key)
	})
}

func (c *gameKeys) list(t *tabwriter.Writer, keys []game.ServerKey) {
	if len(keys) == 0 {
		fmt.Fprintf(t, "%s has no server key. Make one with: partykit game keys %s new\n", c.ID, c.ID)
		return
	}
	fmt.Fprintln(t, "KEY\tMADE\tENDS")
	for _, k := range keys {
		ends := "never"
		if !k.Expires.IsZero() {
			ends = k.Expires.Local().Format(time.DateTime)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", k.ID, k.Created.Local().Format(time.DateTime), ends)
	}
}
