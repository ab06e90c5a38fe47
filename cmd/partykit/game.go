package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"partykit/internal/config"
	"partykit/internal/control"
	"partykit/internal/game"
	"partykit/internal/node"
)

// gameCommands ask the server that runs on the data folder, or open the folder
// when none does.
type gameCommands struct {
	config.Data
	JSON bool `name:"json" help:"Print JSON."`

	Add        gameAdd        `cmd:"" help:"Register a game."`
	List       gameList       `cmd:"" help:"List all games."`
	Show       gameShow       `cmd:"" help:"Show a game."`
	Activate   gameActivate   `cmd:"" help:"Activate the kit for a game."`
	Deactivate gameDeactivate `cmd:"" help:"Deactivate the kit for a game: its clients and links are told so."`
	Set        gameSet        `cmd:"" help:"Change a game."`
	Art        gameArt        `cmd:"" help:"Store a picture of a game, or remove it."`
	Keys       gameKeys       `cmd:"" help:"Make, list, rotate and revoke the server keys with which a game's own backend uses the HTTP API."`
	Identity   gameIdentity   `cmd:"" help:"Show or set how the game's own players are recognised."`
	Reports    gameReports    `cmd:"" help:"List what players reported of one another, newest first, and close what was dealt with."`
	Webhook    gameWebhook    `cmd:"" help:"Show or set where the game's backend is told what happens, and send again what it missed."`
}

// ask runs fn with the games of the data folder. new says that a folder that is
// not there may be made.
func (g *gameCommands) ask(s *surroundings, mayCreate bool, fn func(context.Context, *control.Client) error) error {
	dir := g.Folder()
	c, err := control.Dial(s.ctx, dir)
	if err == nil {
		return fn(s.ctx, c)
	}
	if !errors.Is(err, control.ErrNotRunning) {
		return err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) && !mayCreate {
		return fmt.Errorf("there is no data folder %s. Name the server's with --data", dir)
	}
	log := slog.New(slog.NewTextHandler(s.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	stores, closeAll, err := node.OpenGames(s.ctx, dir, log)
	if err != nil {
		return dataError(dir, err)
	}
	return errors.Join(fn(s.ctx, control.Local(stores)), closeAll())
}

// print shows a game, or what a command answered, as JSON if asked.
func (g *gameCommands) print(w io.Writer, v any, plain func(*tabwriter.Writer)) error {
	if g.JSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	plain(t)
	return t.Flush()
}

func (g *gameCommands) printGame(w io.Writer, x game.Game) error {
	return g.print(w, x, func(t *tabwriter.Writer) {
		background, accent := x.Colors()
		fmt.Fprintf(t, "id\t%s\n", x.ID)
		fmt.Fprintf(t, "name\t%s\n", x.Name)
		fmt.Fprintf(t, "kit\t%s\n", kit(x))
		if x.Studio != "" {
			fmt.Fprintf(t, "studio\t%s\n", x.Studio)
		}
		fmt.Fprintf(t, "starts at\t%s\n", x.Launch.Web)
		fmt.Fprintf(t, "origins\t%s\n", strings.Join(x.Origins, ", "))
		fmt.Fprintf(t, "players\t%s\n", recognised(x))
		fmt.Fprintf(t, "background\t%s%s\n", background, drawn(x.Background))
		fmt.Fprintf(t, "accent\t%s%s\n", accent, drawn(x.Accent))
		for _, d := range game.AllSettings {
			value, own := x.Settings.Value(d.Name)
			if own {
				value += " (default " + d.Default + ")"
			} else {
				value += " (default)"
			}
			fmt.Fprintf(t, "%s\t%s\n", d.Name, value)
		}
		fmt.Fprintf(t, "name filter\t%s\n", filtered(x))
		for name, p := range x.Art {
			fmt.Fprintf(t, "art %s\t%d×%d\n", name, p.Width, p.Height)
		}
	})
}

func drawn(own string) string {
	if own == "" {
		return " (drawn from the id)"
	}
	return ""
}

func kit(g game.Game) string {
	if g.Active {
		return "active"
	}
	return "not activated (partykit game activate " + g.ID + ")"
}

// gameError names the game in an error that does not.
func gameError(id string, err error) error {
	switch {
	case errors.Is(err, game.ErrNotFound):
		return fmt.Errorf("there is no game %s. partykit game list shows all", id)
	case errors.Is(err, game.ErrExists):
		return fmt.Errorf("there is a game %s already. Change it with partykit game set %s", id, id)
	}
	return err
}
