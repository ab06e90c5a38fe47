package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"partykit/internal/control"
	"partykit/internal/webhook"
)

type gameWebhook struct {
	ID      string        `arg:"" help:"The game's id."`
	Do      string        `arg:"" optional:"" enum:"show,set,rotate,off,list,replay" default:"show" help:"show, set, rotate, off, list or replay (default: show). set makes the secret that signs and shows it once; rotate makes a new one, and for --overlap the former signs too; list shows the notices that were given up in the last 7 days, replay sends them again."`
	Notice  []string      `arg:"" optional:"" help:"With replay: the notices, by their ids; none is all."`
	URL     string        `name:"url" placeholder:"URL" help:"With set: the https address of the game's backend."`
	Overlap time.Duration `default:"24h" help:"With rotate: how much longer the former secret signs too."`
}

func (c *gameWebhook) Run(s *surroundings, g *grammar) error {
	switch {
	case (c.Do == "set") != (c.URL != ""):
		return errors.New("set, and nothing else, takes an address: partykit game webhook ID set --url https://…")
	case c.Do != "replay" && len(c.Notice) > 0:
		return errors.New("only replay takes ids of notices")
	case c.Overlap < 0:
		return errors.New("the overlap cannot be negative")
	}
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		switch c.Do {
		case "set":
			x, err := games.SetWebhook(ctx, c.ID, c.URL)
			return c.show(s, g, x, err)
		case "rotate":
			x, err := games.RotateWebhook(ctx, c.ID, c.Overlap)
			return c.show(s, g, x, err)
		case "off":
			if err := games.RemoveWebhook(ctx, c.ID); err != nil {
				return gameError(c.ID, err)
			}
			_, err := fmt.Fprintf(s.stdout, "Nobody is told what happens in %s any more.\n", c.ID)
			return err
		case "list":
			return c.list(ctx, s, g, games)
		case "replay":
			n, err := games.Replay(ctx, c.ID, c.Notice)
			if err != nil {
				return gameError(c.ID, err)
			}
			_, err = fmt.Fprintf(s.stdout, "%d sent again.\n", n)
			return err
		}
		x, err := games.Webhook(ctx, c.ID)
		return c.show(s, g, x, err)
	})
}

func (c *gameWebhook) show(s *surroundings, g *grammar, x control.Webhook, err error) error {
	if err != nil {
		return gameError(c.ID, err)
	}
	return g.Game.print(s.stdout, x, func(t *tabwriter.Writer) {
		if x.URL == "" {
			fmt.Fprintf(t, "%s has no webhook. Set one with: partykit game webhook %s set --url https://…\n", c.ID, c.ID)
			return
		}
		fmt.Fprintf(t, "webhook\t%s\n", reached(x.URL))
		fmt.Fprintf(t, "since\t%s\n", x.Since.Local().Format(time.DateTime))
		if x.Former > 0 {
			fmt.Fprintf(t, "former secret\tsigns too until %s\n", x.Overlap.Local().Format(time.DateTime))
		}
		fmt.Fprintf(t, "given up\t%d\n", x.Dead)
		if x.Secret != "" {
			fmt.Fprintf(t, "\n%s\n\nThis secret is shown once. With it the game's backend verifies what it is told.\n", x.Secret)
		}
	})
}

func (c *gameWebhook) list(ctx context.Context, s *surroundings, g *grammar, games *control.Client) error {
	dead, err := games.DeadLetters(ctx, c.ID)
	if err != nil {
		return gameError(c.ID, err)
	}
	return g.Game.print(s.stdout, dead, func(t *tabwriter.Writer) {
		if len(dead) == 0 {
			fmt.Fprintln(t, "Nothing was given up in the last 7 days.")
			return
		}
		fmt.Fprintln(t, "NOTICE\tTYPE\tHAPPENED\tGIVEN UP\tTRIES\tWHY")
		for _, d := range dead {
			c.line(t, d)
		}
	})
}

func (c *gameWebhook) line(t *tabwriter.Writer, d webhook.Dead) {
	fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", d.ID, d.Type, d.At.Local().Format(time.DateTime), d.Since.Local().Format(time.DateTime), d.Tries, d.Why)
}
