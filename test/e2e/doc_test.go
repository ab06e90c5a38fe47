// Package e2e walks the whole of PartyKit as its users do: the built binary,
// real pages in a real browser, the demo game, kill -9.
//
// It needs Debian's chromium-headless-shell or chromium, which `make test`
// installs. A missing browser fails; nothing is skipped.
package e2e
