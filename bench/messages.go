//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"partykit/bench/load"
	"partykit/bench/target"
)

// paces are the deliveries a second at which a server is measured that has time
// to spare.
var paces = []int{30_000, 6_000}

// messages measures what a message costs, of every system: as many as it can,
// and at a fixed pace.
func messages(ctx context.Context, b *bench) error {
	wanted := slices.DeleteFunc(systems(), func(s *target.System) bool {
		return len(b.systems) > 0 && !slices.Contains(b.systems, s.Name)
	})
	crowds, err := b.gather(ctx, wanted)
	defer closeAll(crowds)
	if err != nil {
		return err
	}
	for round := range b.rounds {
		for _, c := range crowds {
			if err := b.saturate(ctx, crowds, c, "saturated", round); err != nil {
				return err
			}
		}
		for _, pace := range paces {
			for _, c := range crowds {
				if err := b.pace(ctx, crowds, c, fmt.Sprint("paced-", pace), pace, round); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// crowd is a server with its players.
type crowd struct {
	*load.Crowd
	process *target.Process
}

func (c *crowd) name() string { return c.process.System.Name }

// gather starts servers and seats their players. What cannot be measured is
// noted and left out.
func (b *bench) gather(ctx context.Context, systems []*target.System) ([]*crowd, error) {
	var crowds []*crowd
	for _, s := range b.prepare(ctx, systems) {
		c, err := b.seat(ctx, s, b.players, b.party)
		if ctx.Err() != nil {
			return crowds, ctx.Err()
		}
		if err != nil {
			b.missing(s, err)
			continue
		}
		crowds = append(crowds, c)
		if err := tend(crowds); err != nil {
			return crowds, err
		}
	}
	return crowds, nil
}

// seat starts a server and seats its players.
func (b *bench) seat(ctx context.Context, s *target.System, players, party int) (*crowd, error) {
	p, err := b.start(ctx, s)
	if err != nil {
		return nil, err
	}
	b.progress.say("seating %d players of %s", players, s.Name)
	links, err := form(ctx, p, players/party, party)
	if err != nil {
		p.Stop()
		return nil, err
	}
	c, err := load.Gather(links, party)
	if err != nil {
		p.Stop()
		return nil, err
	}
	return &crowd{c, p}, nil
}

// formAtOnce is how many parties are formed at the same time.
const formAtOnce = 16

// form seats players, party by party.
func form(ctx context.Context, p *target.Process, parties, size int) ([]*target.Link, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu    sync.Mutex
		links []*target.Link
		work  sync.WaitGroup
		next  = make(chan struct{}, formAtOnce)
	)
	for range parties {
		next <- struct{}{}
		work.Go(func() {
			defer func() { <-next }()
			if ctx.Err() != nil {
				return
			}
			party, err := p.System.Form(ctx, p.Addr, size)
			mu.Lock()
			defer mu.Unlock()
			links = append(links, party...)
			if err != nil {
				cancel(fmt.Errorf("forming a party of %s: %w", p.System.Name, err))
			}
		})
	}
	work.Wait()
	if ctx.Err() != nil {
		for _, l := range links {
			l.Conn.Close()
		}
		return nil, context.Cause(ctx)
	}
	return links, nil
}

func (b *bench) saturate(ctx context.Context, all []*crowd, c *crowd, row string, round int) error {
	b.progress.say("round %d of %d: %s at saturation", round+1, b.rounds, c.name())
	m := meter{process: c.process}
	r, err := c.Saturate(ctx, b.seconds, m.read)
	if err != nil {
		return fmt.Errorf("%s: %w", c.name(), err)
	}
	b.report.Samples = append(b.report.Samples, sample(row, c.name(), round, r, m.used()))
	return tend(all)
}

func (b *bench) pace(ctx context.Context, all []*crowd, c *crowd, row string, perSecond, round int) error {
	b.progress.say("round %d of %d: %s at %d deliveries a second", round+1, b.rounds, c.name(), perSecond)
	m := meter{process: c.process}
	r, err := c.Pace(ctx, b.seconds, perSecond, m.read)
	if err != nil {
		return fmt.Errorf("%s: %w", c.name(), err)
	}
	b.report.Samples = append(b.report.Samples, sample(row, c.name(), round, r, m.used()))
	return tend(all)
}

// tend keeps the players alive whose turn it is not.
func tend(crowds []*crowd) error {
	for _, c := range crowds {
		if err := c.Tend(); err != nil {
			return fmt.Errorf("%s: %w", c.name(), err)
		}
	}
	return nil
}

func closeAll(crowds []*crowd) {
	for _, c := range crowds {
		c.Close()
		c.process.Stop()
	}
}
