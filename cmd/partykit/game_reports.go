package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"partykit/internal/abuse"
	"partykit/internal/control"
	"partykit/party"
)

// newestReports is how many are listed without --all.
const newestReports = 20

type gameReports struct {
	ID   string   `arg:"" help:"The game's id."`
	All  bool     `help:"List all of them; else the newest 20."`
	Done []string `placeholder:"REPORT" sep:"none" help:"Forget this report: it was dealt with. May be repeated."`
}

func (c *gameReports) Run(s *surroundings, g *grammar) error {
	return g.Game.ask(s, false, func(ctx context.Context, games *control.Client) error {
		for _, report := range c.Done {
			if err := games.CloseReport(ctx, c.ID, report); err != nil {
				return gameError(c.ID, err)
			}
		}
		if n := len(c.Done); n > 0 {
			return g.Game.print(s.stdout, struct{}{}, func(t *tabwriter.Writer) { fmt.Fprintf(t, "Forgot %d.\n", n) })
		}
		list, err := games.Reports(ctx, c.ID)
		if err != nil {
			return gameError(c.ID, err)
		}
		all := len(list)
		if !c.All {
			list = list[:min(all, newestReports)]
		}
		return g.Game.print(s.stdout, list, func(t *tabwriter.Writer) {
			if all == 0 {
				fmt.Fprintln(t, "No player has reported another.")
			}
			for _, r := range list {
				printReport(t, r)
			}
			if older := all - len(list); older > 0 {
				fmt.Fprintf(t, "%d older ones are listed with --all.\n", older)
			}
		})
	})
}

// printReport shows a report. All text in it is the players'.
func printReport(t *tabwriter.Writer, r abuse.Report) {
	fmt.Fprintf(t, "%s  %s  party %s\n", plain(r.ID), moment(r.At), plain(string(r.Party)))
	fmt.Fprintf(t, "  %s reports %s", person(r.By), person(r.About))
	if r.Reason != "" {
		fmt.Fprintf(t, ": %s", plain(r.Reason))
	}
	fmt.Fprintln(t)
	for _, l := range r.Chat {
		fmt.Fprintf(t, "  | %s %s: %s\n", time.UnixMilli(int64(l.At)).Local().Format(time.TimeOnly), plain(l.Name), plain(l.Text))
	}
	fmt.Fprintln(t)
}

func person(p abuse.Person) string {
	if p.Player == "" {
		return plain(p.Name) + " (at the door)"
	}
	return plain(p.Name) + " (" + plain(string(p.Player)) + ")"
}

func moment(t party.Time) string { return time.UnixMilli(int64(t)).Local().Format(time.DateTime) }

// plain makes a text harmless for a terminal: what would steer it, or turn the
// direction of writing, becomes a replacement character.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
