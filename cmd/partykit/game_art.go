package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"partykit/internal/control"
)

// maxUpload is more than any picture that is taken.
const maxUpload = 4 << 20

type gameArt struct {
	ID     string `arg:"" help:"The game's id."`
	Name   string `arg:"" help:"The picture's name: cover stands for the game; others are named by its landing info."`
	File   string `arg:"" optional:"" type:"path" help:"A PNG, JPEG, GIF or WebP of at most 512 KiB. It is encoded anew."`
	Remove bool   `help:"Remove the picture."`
}

func (c *gameArt) Run(s *surroundings, g *grammar) error {
	if (c.File == "") != c.Remove {
		return errors.New("give either a file or --remove")
	}
	var upload []byte
	if !c.Remove {
		var err error
		if upload, err = readSome(c.File); err != nil {
			return err
		}
	}
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		if c.Remove {
			if err := games.RemoveArt(ctx, c.ID, c.Name); err != nil {
				return fmt.Errorf("%s of %s: %w", c.Name, c.ID, err)
			}
			return g.Game.print(s.stdout, struct{}{}, func(t *tabwriter.Writer) { fmt.Fprintf(t, "Removed %s of %s.\n", c.Name, c.ID) })
		}
		p, err := games.SetArt(ctx, c.ID, c.Name, upload)
		if err != nil {
			return gameError(c.ID, err)
		}
		return g.Game.print(s.stdout, p, func(t *tabwriter.Writer) {
			fmt.Fprintf(t, "Stored %s of %s: %d×%d, %s.\n", c.Name, c.ID, p.Width, p.Height, p.Type)
		})
	})
}

func readSome(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the picture cannot be read: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxUpload))
	if err != nil {
		return nil, fmt.Errorf("the picture cannot be read: %w", err)
	}
	return b, nil
}
