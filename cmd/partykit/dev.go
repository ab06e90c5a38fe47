package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"partykit/internal/config"
	"partykit/internal/node"
)

type devCommand struct{ config.Dev }

// Run serves a developer, and says what to open.
func (c *devCommand) Run(s *surroundings) error {
	if err := c.Complete(); err != nil {
		return err
	}
	var lan string
	publicURL := func(a netAddr) string {
		if c.LAN && c.PublicURL == "" {
			if address, ok := c.LANURL(a.AddrPort()); ok {
				lan = address
				return address
			}
		}
		return c.URL(a.AddrPort())
	}
	return serve(s, c.Server, true, publicURL, func(n *node.Node) { c.welcome(s.stdout, n, lan) })
}

func (c *devCommand) welcome(w io.Writer, n *node.Node, lan string) {
	fmt.Fprintf(w, `
  PartyKit is running.

    Play           %[1]s/play
    What is here   %[1]s/
    Data           %[2]s (delete it to begin anew)

  Press Invite in the game, then open the link in another browser or a private window.
`, n.URL(), near(c.Data.Data))
	switch {
	case lan != "":
		fmt.Fprint(w, "  On a phone in the same network open the same address. Links lead there, too.\n")
		if !c.HTTPS() {
			fmt.Fprint(w, `
  Plain http from another machine is an insecure origin to browsers: there the Copy and Share
  buttons do not work (the link can be selected by hand), and Web Locks are missing, so that
  telling tabs apart takes a moment longer. With --tls-cert and --tls-key nothing is missing.
`)
		}
	case c.LAN && c.PublicURL == "":
		fmt.Fprint(w, "  This machine seems to be in no local network: there is no address for a phone.\n")
	case !c.LAN && c.loopback():
		fmt.Fprint(w, "  To play on a phone in the same network: partykit dev --lan\n")
	}
	fmt.Fprint(w, "\n  Ctrl-C stops it.\n\n")
}

// near writes a path below the working directory as people do.
func near(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, full); err == nil && filepath.IsLocal(short) {
		return "./" + short
	}
	return full
}

func (c *devCommand) loopback() bool {
	host, _, _ := net.SplitHostPort(c.Listen)
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
