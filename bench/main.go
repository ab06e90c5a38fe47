//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"partykit/bench/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	rows, systems []string
	rounds        int
	seconds       time.Duration // that one run is counted
	players       int
	party         int
	crowds        []int // idle players
	servers       int   // side by side, each with a crowd
	parties       int   // stored
	json, svg     string
	markdown      bool
	from          string
}

// list is a flag of words with commas between them.
func list(into *[]string, known []string) func(string) error {
	return func(s string) error {
		*into = strings.Split(s, ",")
		for _, word := range *into {
			if !slices.Contains(known, word) {
				return fmt.Errorf("there is no %s; there are %s", word, strings.Join(known, ", "))
			}
		}
		return nil
	}
}

const (
	// fewestPlayers send no more than the 1,000 messages a second that the
	// server takes of each at most, however fast it is.
	fewestPlayers = 200
	// mostPlayers leaves some of the 20,000 descriptors that a process may open.
	mostPlayers = 19_000
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if asked, err := help(ctx, args, stdout); asked {
		return err
	}
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Func("rows", "what is measured, with commas between: "+strings.Join(rowNames(), ", ")+" (default all but many)", list(&o.rows, rowNames()))
	f.Func("systems", "whose messages are measured: "+strings.Join(systemNames(), ", ")+" (default all)", list(&o.systems, systemNames()))
	f.IntVar(&o.rounds, "rounds", 3, "how often each is measured, turn by turn")
	f.DurationVar(&o.seconds, "time", 2*time.Second, "how long one measurement is")
	f.IntVar(&o.players, "players", 1000, "connections of each system whose messages are measured")
	f.IntVar(&o.party, "party", 4, "players in a party")
	f.StringVar(&o.json, "json", "", "keep the samples in this file")
	f.StringVar(&o.svg, "svg", "", "draw what messages cost into this file")
	f.BoolVar(&o.markdown, "markdown", false, "write the tables for the documentation")
	f.StringVar(&o.from, "from", "", "measure nothing: show the samples of this file")
	o.crowds = []int{10_000, mostPlayers}
	f.IntVar(&o.servers, "servers", 11, "of the row many: servers side by side, each with the largest of the crowds")
	f.IntVar(&o.parties, "parties", 0, "of the row starts: how many parties are stored for a start after kill -9")
	f.Func("crowds", "idle players, with commas between (default 10000,19000)", func(s string) error {
		o.crowds = nil
		for word := range strings.SplitSeq(s, ",") {
			n, err := strconv.Atoi(word)
			if err != nil || n < 1 || n > mostPlayers {
				return fmt.Errorf("1 to %d players", mostPlayers)
			}
			o.crowds = append(o.crowds, n)
		}
		return nil
	})
	if err := f.Parse(args); err != nil {
		return err
	}
	switch {
	case f.NArg() > 0:
		return fmt.Errorf("%q is not understood", f.Arg(0))
	case o.rounds < 1 || o.rounds > 100 || o.seconds < 10*time.Millisecond || o.seconds > time.Minute:
		return errors.New("at most 100 rounds of at most a minute")
	case o.servers < 1 || o.servers > 60:
		return errors.New("1 to 60 servers")
	case o.parties < 0 || o.parties > 2_000_000:
		return errors.New("at most 2,000,000 parties")
	case o.party < 2 || o.party > 256 || o.players < fewestPlayers || o.players > mostPlayers:
		return fmt.Errorf("parties of 2 to 256, %d to %d players", fewestPlayers, mostPlayers)
	}
	r := new(report.Report)
	var err error
	if o.from != "" {
		r, err = report.Read(o.from)
	} else {
		r, err = measure(ctx, o, stderr)
	}
	if err != nil {
		return err
	}
	write := r.Text
	if o.markdown {
		write = r.Markdown
	}
	if err := write(stdout); err != nil {
		return err
	}
	if o.svg != "" {
		if err := r.Draw(o.svg); err != nil {
			return err
		}
	}
	if o.json != "" {
		return r.Write(o.json)
	}
	return nil
}
