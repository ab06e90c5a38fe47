package docs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"partykit/internal/config"
	"partykit/internal/game"
)

// option is one option of the server, as declared or as documented.
type option struct{ Name, Env, Default string }

// declared returns the options of internal/config. Defaults that depend on the
// command are empty there.
func declared(t *testing.T) map[string]option {
	t.Helper()
	var grammar struct {
		Dev   config.Dev    `cmd:""`
		Serve config.Server `cmd:""`
	}
	source := config.NewSource()
	k, err := kong.New(&grammar, source.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]option{}
	for _, command := range k.Model.Children {
		for _, flag := range command.Flags {
			if len(flag.Envs) > 0 {
				found[flag.Name] = option{flag.Name, flag.Envs[0], flag.Default}
			}
		}
	}
	return found
}

// The table of options in docs/operations.md is the one in the code.
func TestOptionsAgree(t *testing.T) {
	want := declared(t)
	got := map[string]option{}
	for _, row := range pages(t)["docs/operations.md"].table(t, "option") {
		o := option{Name: strings.TrimPrefix(code(row[0])[0], "--"), Env: code(row[1])[0]}
		if want[o.Name].Default != "" {
			o.Default = code(row[2])[0]
		}
		got[o.Name] = o
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/operations.md does not list the options as they are (-code +page):\n%s", diff)
	}
}

// What a command fills in by itself is what the table says.
func TestDefaultsAgree(t *testing.T) {
	var dev config.Dev
	if err := dev.Complete(); err != nil {
		t.Fatal(err)
	}
	var serve config.Server
	if err := serve.Complete(); err != nil {
		t.Fatal(err)
	}
	for _, row := range pages(t)["docs/operations.md"].table(t, "option") {
		switch code(row[0])[0] {
		case "--listen":
			if got := code(row[2]); !slices.Equal(got, []string{"dev", dev.Listen, "serve", serve.Listen}) {
				t.Errorf("--listen: the page says %v, the code dev %s, serve %s", got, dev.Listen, serve.Listen)
			}
		case "--data":
			if got := code(row[2]); !slices.Contains(got, "./"+dev.Data.Data) {
				t.Errorf("--data: the page says %v, the code dev ./%s", got, dev.Data.Data)
			}
		}
	}
}

// The table of a game's settings is the one in the code.
func TestSettingsAgree(t *testing.T) {
	var want, got [][]string
	for _, s := range game.AllSettings {
		want = append(want, []string{s.Name, s.Default, s.Min, s.Max, s.Help})
	}
	for _, row := range pages(t)["docs/operations.md"].table(t, "setting") {
		for i := range 4 {
			row[i] = code(row[i])[0]
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/operations.md does not list the settings as they are (-code +page):\n%s", diff)
	}
}

// A configuration file that a page shows has options that exist.
func TestShownFilesAreRead(t *testing.T) {
	options := declared(t)
	shown := 0
	for name, p := range pages(t) {
		for _, b := range p.blocks {
			if b.language != "toml" {
				continue
			}
			shown++
			var values map[string]any
			if _, err := toml.Decode(b.text, &values); err != nil {
				t.Errorf("%s:%d: %v", name, b.line, err)
			}
			for key := range values {
				if _, ok := options[key]; !ok {
					t.Errorf("%s:%d: there is no option %q", name, b.line, key)
				}
			}
		}
	}
	if shown == 0 {
		t.Error("no page shows a configuration file")
	}
}
