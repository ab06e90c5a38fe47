// Package web embeds what the server's pages share.
package web

import _ "embed"

// Tokens is the one visual language as a style sheet: custom properties for
// colours, type and motion, light and dark.
//
//go:embed tokens.css
var Tokens []byte

// Icon is the mark of PartyKit, an SVG.
//
//go:embed landing/icon.svg
var Icon []byte
