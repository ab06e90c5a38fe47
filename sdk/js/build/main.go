// Command build writes the served files of the JavaScript SDK to dist. go
// generate runs it, in sdk/js.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"partykit/sdk/js/internal/bundle"
)

func main() {
	files, err := bundle.Build(".")
	for name, data := range files {
		if err == nil {
			err = os.WriteFile(filepath.Join("dist", name), data, 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
