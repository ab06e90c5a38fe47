// Package bundle builds the served files of the JavaScript SDK from its
// TypeScript sources. It needs no Node: esbuild is a Go library.
package bundle

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

// Version is the SDK's own, said in every hello.
const Version = "0.1.0"

// entries are the bundles: what is served, and what it is built from.
var entries = []struct {
	name, source string
	format       api.Format
}{
	{"partykit.js", "src/index.ts", api.FormatESModule},
	{"partykit.global.js", "src/global.ts", api.FormatIIFE},
	{"calls.js", "src/calls.ts", api.FormatESModule},
	{"moves.js", "src/moves.ts", api.FormatESModule},
	{"overlay.js", "src/overlay/overlay.ts", api.FormatESModule},
	{"door.js", "src/overlay/door.ts", api.FormatESModule},
	{"questions.js", "src/overlay/questions.ts", api.FormatESModule},
	{"report.js", "src/overlay/report.ts", api.FormatESModule},
}

// types are served as they are written.
var types = []string{"partykit.d.ts", "partykit.global.d.ts"}

// Build returns the served files by name, from the folder that holds src.
func Build(folder string) (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, e := range entries {
		out, err := build(folder, e.source, e.format)
		if err != nil {
			return nil, err
		}
		files[e.name] = out
	}
	for _, name := range types {
		data, err := os.ReadFile(filepath.Join(folder, "src", name))
		if err != nil {
			return nil, err
		}
		// Beside partykit.js: TypeScript wants the ending there.
		files[name] = regexp.MustCompile(`from "./partykit"`).ReplaceAll(data, []byte(`from "./partykit.js"`))
	}
	return files, nil
}

func build(folder, source string, format api.Format) ([]byte, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     abs,
		EntryPoints:       []string{source},
		Bundle:            true,
		Format:            format,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Define:            map[string]string{"VERSION": fmt.Sprintf("%q", Version)},
		Banner:            map[string]string{"js": "/* PartyKit " + Version + ", Apache-2.0 */"},
		Loader:            map[string]api.Loader{".css": api.LoaderText},
		Plugins:           []api.Plugin{styles},
	})
	var errs []error
	for _, message := range result.Errors {
		errs = append(errs, fmt.Errorf("%s: %s", source, message.Text))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return result.OutputFiles[0].Contents, nil
}

// styles turns an imported style sheet into a string of it, minified: the
// overlay hands it to a constructed sheet, which a strict CSP allows.
var styles = api.Plugin{
	Name: "styles",
	Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `\.css$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			sheet := api.Build(api.BuildOptions{
				EntryPoints:      []string{args.Path},
				Bundle:           true, // follows @import
				Target:           api.ES2022,
				Charset:          api.CharsetUTF8,
				MinifyWhitespace: true,
				MinifySyntax:     true,
			})
			if len(sheet.Errors) > 0 {
				return api.OnLoadResult{}, fmt.Errorf("%s: %s", args.Path, sheet.Errors[0].Text)
			}
			text := string(sheet.OutputFiles[0].Contents)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderText}, nil
		})
	},
}
