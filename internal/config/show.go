package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"
)

// Show writes every option of the parsed command, its value and where that came
// from, one a line. The value of an option that is tagged secret is not shown.
// The options are complete.
func (s *Source) Show(w io.Writer, ctx *kong.Context) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, flag := range ctx.Flags() {
		if !configurable(flag) {
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", flag.Name, shown(flag), s.Origin(ctx, flag))
	}
	return t.Flush()
}

func shown(flag *kong.Flag) string {
	switch value := flag.Target.Interface().(type) {
	case []Network:
		words := make([]string, len(value))
		for i, n := range value {
			words[i] = n.String()
		}
		return orNone(strings.Join(words, ","), flag)
	default:
		return orNone(fmt.Sprint(value), flag)
	}
}

func orNone(value string, flag *kong.Flag) string {
	switch {
	case value == "":
		return "(none)"
	case flag.Tag.Has("secret"):
		return "(hidden)"
	}
	return value
}
