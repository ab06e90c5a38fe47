package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// version is set by the linker (make build).
var version string

// Version is what this build calls itself.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

type versionCommand struct{}

// showVersion is --version, which many try first.
type showVersion bool

func (showVersion) BeforeReset(app *kong.Kong) error {
	if err := tellVersion(app.Stdout); err != nil {
		return err
	}
	app.Exit(0)
	return nil
}

func (versionCommand) Run(s *surroundings) error { return tellVersion(s.stdout) }

func tellVersion(w io.Writer) error {
	_, err := fmt.Fprintf(w, "partykit %s (%s, %s/%s)\n", Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
