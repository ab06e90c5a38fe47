package main

import (
	"partykit/internal/config"
	"partykit/internal/node"
)

type serveCommand struct{ config.Server }

// Run serves players. What happens goes to the log on standard error.
func (c *serveCommand) Run(s *surroundings) error {
	if err := c.Complete(); err != nil {
		return err
	}
	return serve(s, c.Server, false, func(a netAddr) string { return c.URL(a.AddrPort()) }, func(*node.Node) {})
}
