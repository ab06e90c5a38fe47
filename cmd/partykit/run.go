package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"partykit/internal/config"
)

// grammar is the command line.
type grammar struct {
	File config.Config `embed:""`

	Dev     devCommand     `cmd:"" set:"log_level=warn" help:"Run everything on this machine to try it or to build a game: the server, its storage and the demo game."`
	Serve   serveCommand   `cmd:"" help:"Run the server for players."`
	Game    gameCommands   `cmd:"" help:"Register games, activate the kit for them, and set how they look."`
	Config  configCommands `cmd:"" help:"Show the options in effect and where each came from."`
	Version versionCommand `cmd:"" help:"Show the version."`

	ShowVersion showVersion `name:"version" help:"Show the version." hidden:""`
}

// surroundings are what a command works with.
type surroundings struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	source *config.Source
	kong   *kong.Context
}

// exit is how --help ends a parse.
type exit int

// Run runs the program and returns its exit status: 0 when all went well, 1
// when a command failed, 2 when the command line is wrong. It returns when ctx
// ends, after an ordered shutdown.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	defer func() {
		if code, ok := recover().(exit); ok {
			status = int(code)
		}
	}()
	var g grammar
	s := &surroundings{ctx: ctx, stdout: stdout, stderr: stderr, source: config.NewSource()}
	parser, err := kong.New(&g, append(s.source.Options(),
		kong.Name("partykit"),
		kong.Description("Invite links for games: a friend clicks, loads, and lands in the party and in the level."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)...)
	if err != nil {
		panic(err) // the grammar is ours
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if s.kong, err = parser.Parse(args); err != nil {
		fmt.Fprintf(stderr, "partykit: %v\n", err)
		if parse, ok := errors.AsType[*kong.ParseError](err); ok && parse.Context.Selected() != nil {
			fmt.Fprintf(stderr, "Try: partykit %s --help\n", parse.Context.Command())
		} else {
			fmt.Fprintln(stderr, "Try: partykit --help")
		}
		return 2
	}
	if err := s.kong.Run(s); err != nil {
		fmt.Fprintf(stderr, "partykit: %v\n", err)
		return 1
	}
	return 0
}
