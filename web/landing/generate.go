//go:build ignore

// Generate builds the files of the landing page into internal/landing/dist. It
// is run by go generate, in internal/landing.
package main

import (
	"log"
	"os"
	"path/filepath"

	"partykit/web/landing/bundle"
)

func main() {
	source, err := filepath.Abs("../../web/landing")
	if err != nil {
		log.Fatal(err)
	}
	files, err := bundle.Landing(source)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.MkdirAll("dist", 0o755); err != nil {
		log.Fatal(err)
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join("dist", name), body, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
