package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

// A Source lets kong read options from the configuration file and remembers
// where each value came from. One serves one parse.
type Source struct {
	read   bool
	path   string // empty: there is no file
	values map[string]any
	err    error
}

// NewSource returns the source for a grammar.
func NewSource() *Source { return &Source{} }

// Options returns what kong.New needs to read the configuration: the source
// itself and the variables in the options' help and defaults. A command of
// [Dev] sets log_level to warn.
func (s *Source) Options() []kong.Option {
	return []kong.Option{kong.Resolvers(s), kong.Vars{"data_folder": DefaultData(), "log_level": "info"}}
}

// Validate is kong's call to check the file against all options of the grammar.
func (s *Source) Validate(app *kong.Application) error {
	if s.err != nil {
		return s.err
	}
	known := map[string]bool{}
	err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok && configurable(flag) {
			known[flag.Name] = true
		}
		return next(nil)
	})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		if !known[name] {
			return fmt.Errorf("%s: there is no option %q; there are %s", s.path, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	return nil
}

// configurable says which flags are options: those with an environment
// variable, but not the one that names the file.
func configurable(flag *kong.Flag) bool { return len(flag.Envs) > 0 && flag.Name != "config" }

// Resolve is kong's call for the value of a flag that is not on the command
// line. The environment has been looked at before, and wins.
func (s *Source) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !configurable(flag) || fromEnv(flag) != "" {
		return nil, nil
	}
	if !s.read {
		s.read = true
		s.load(ctx)
	}
	if s.err != nil {
		return nil, nil // Validate reports it, once
	}
	value, ok := s.values[flag.Name]
	if !ok {
		return nil, nil
	}
	switch v := value.(type) {
	case string, bool:
		return v, nil
	case []any:
		if flag.IsSlice() && !slices.ContainsFunc(v, func(e any) bool { _, ok := e.(string); return !ok }) {
			return v, nil
		}
	}
	s.err = fmt.Errorf("%s: %s cannot be %v: write a text in quotes, true or false, or a list of texts", s.path, flag.Name, value)
	return nil, nil
}

func (s *Source) load(ctx *kong.Context) {
	for _, flag := range ctx.Flags() {
		if flag.Name == "config" {
			s.path, _ = ctx.FlagValue(flag).(string)
		}
	}
	if s.path == "" {
		return
	}
	_, err := toml.DecodeFile(s.path, &s.values)
	var parse toml.ParseError
	switch {
	case errors.As(err, &parse):
		s.err = fmt.Errorf("%s, line %d: %s", s.path, parse.Position.Line, parse.Message)
	case errors.Is(err, fs.ErrNotExist):
		s.err = fmt.Errorf("there is no file %s: check --config", s.path)
	case err != nil:
		s.err = fmt.Errorf("the configuration cannot be read: %w", err)
	}
}

// fromEnv returns the environment variable that sets a flag.
func fromEnv(flag *kong.Flag) string {
	for _, name := range flag.Envs {
		if _, ok := os.LookupEnv(name); ok {
			return name
		}
	}
	return ""
}

// Origin says where the value of a flag came from, after parsing: "--listen",
// "PARTYKIT_LISTEN", the file's path, or "default".
func (s *Source) Origin(ctx *kong.Context, flag *kong.Flag) string {
	for _, p := range ctx.Path {
		if p.Flag == flag && !p.Resolved {
			return "--" + flag.Name
		}
	}
	if name := fromEnv(flag); name != "" {
		return name
	}
	if _, ok := s.values[flag.Name]; ok {
		return s.path
	}
	return "default"
}
