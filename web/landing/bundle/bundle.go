// Package bundle turns the sources in web/ into the files that the landing
// pages serve. Nothing of it is in the server: only go generate and the test
// that finds stale files import it.
package bundle

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// Landing builds the files of the landing page from dir, which is web/landing,
// by name.
func Landing(dir string) (map[string][]byte, error) {
	built := api.Build(api.BuildOptions{
		AbsWorkingDir:     dir,
		EntryPoints:       []string{"join.ts", "join.css"},
		Outdir:            filepath.Join(dir, "dist"),
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Format:            api.FormatIIFE,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "90"}, {Name: api.EngineFirefox, Version: "90"}, {Name: api.EngineSafari, Version: "14"},
		},
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsNone,
	})
	var errs []error
	for _, m := range built.Errors {
		errs = append(errs, fmt.Errorf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	files := map[string][]byte{}
	for _, f := range built.OutputFiles {
		files[filepath.Base(f.Path)] = f.Contents
	}
	icon, err := os.ReadFile(filepath.Join(dir, "icon.svg"))
	if err != nil {
		return nil, err
	}
	files["icon.svg"] = icon
	return files, nil
}
