// Package docs embeds the documentation, so that a server can show the pages
// that its own errors point to.
package docs

import "embed"

// Pages are the Markdown files of this folder and of adr.
//
//go:embed *.md adr/*.md
var Pages embed.FS

// Drawings are the pictures that pages show.
//
//go:embed pictures/*.svg
var Drawings embed.FS
