package main

import "partykit/internal/config"

type configCommands struct {
	Serve configServe `cmd:"" default:"withargs" help:"Show what partykit serve would use (default)."`
	Dev   configDev   `cmd:"" set:"log_level=warn" help:"Show what partykit dev would use."`
}

type configServe struct{ config.Server }

func (c *configServe) Run(s *surroundings) error {
	if err := c.Complete(); err != nil {
		return err
	}
	return s.source.Show(s.stdout, s.kong)
}

type configDev struct{ config.Dev }

func (c *configDev) Run(s *surroundings) error {
	if err := c.Complete(); err != nil {
		return err
	}
	return s.source.Show(s.stdout, s.kong)
}
