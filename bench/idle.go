//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/target"
)

// quiet is how long a crowd waits before its memory is counted: five seconds, in
// a short run less.
func (b *bench) quiet() time.Duration { return min(5*time.Second, 3*b.seconds) }

// chatPace is how many messages a second the chatting players are delivered.
const chatPace = 6_000

// idle measures players that are connected and do nothing: how fast they come,
// what one of them takes of memory, and whether others, who play among them,
// notice. Each sample has a server of its own. With TLS there is one crowd, the
// smallest: each of its players takes much of the load generator's memory, too.
func idle(ctx context.Context, b *bench) error {
	plain, secure := kit.System(false), kit.Secure()
	ready := b.prepare(ctx, []*target.System{plain, secure})
	if !slices.Contains(ready, plain) {
		return nil
	}
	for round := range b.rounds {
		for _, n := range b.crowds {
			if err := b.idle(ctx, plain, n, round, greeted); err != nil {
				return err
			}
		}
		if !slices.Contains(ready, secure) {
			continue
		}
		if err := b.idle(ctx, secure, slices.Min(b.crowds), round, formed); err != nil {
			return err
		}
	}
	return nil
}

// greeted is a crowd of players who say hello all at once.
func greeted(ctx context.Context, p *target.Process, n int) (*load.Crowd, error) {
	c, err := load.New(1)
	if err != nil {
		return nil, err
	}
	if _, err := greet(ctx, c, p.Addr, n, kit.Games...); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// formed is a crowd of players who come some at a time.
func formed(ctx context.Context, p *target.Process, n int) (*load.Crowd, error) {
	links, err := form(ctx, p, n, 1)
	if err != nil {
		return nil, err
	}
	return load.Gather(links, 1)
}

// idle has some play alone, then others come and wait, until they are n in all.
func (b *bench) idle(ctx context.Context, system *target.System, n, round int, come func(context.Context, *target.Process, int) (*load.Crowd, error)) error {
	playing, err := b.seat(ctx, system, b.players, b.party)
	if err != nil {
		return err
	}
	all := []*crowd{playing}
	defer closeAll(all)
	p := playing.process
	if err := b.pace(ctx, all, playing, fmt.Sprintf("before-%d", n), chatPace, round); err != nil {
		return err
	}
	comers := max(n-playing.Len(), 1)
	b.progress.say("round %d of %d: %d players say hello", round+1, b.rounds, comers)
	if err := b.wait(ctx, playing.Crowd, all); err != nil { // what the players left behind would pass for the comers'
		return err
	}
	before := p.Resident()
	var waiting *load.Crowd
	if err := b.count(fmt.Sprintf("hello-%d", n), p, round, func() (int, error) {
		waiting, err = come(ctx, p, comers)
		return comers, err
	}); err != nil {
		return err
	}
	defer waiting.Close()
	all = append(all, &crowd{waiting, p})
	b.progress.say("round %d of %d: %d players wait", round+1, b.rounds, comers)
	if err := b.count(fmt.Sprintf("idle-%d", n), p, round, func() (int, error) {
		return comers, b.wait(ctx, waiting, all)
	}); err != nil {
		return err
	}
	b.report.Samples[len(b.report.Samples)-1].Bytes = p.Resident() - before
	return b.pace(ctx, all, playing, fmt.Sprintf("among-%d", n), chatPace, round)
}

// wait lets a crowd do nothing for as long as it takes until its memory counts.
func (b *bench) wait(ctx context.Context, c *load.Crowd, all []*crowd) error {
	for quiet := after(b.quiet()); !quiet(); {
		if err := c.Run(ctx, after(100*time.Millisecond)); err != nil {
			return err
		}
		if err := tend(all); err != nil {
			return err
		}
	}
	return nil
}

// after is over once so much time has passed.
func after(d time.Duration) func() bool {
	until := time.Now().Add(d)
	return func() bool { return !time.Now().Before(until) }
}
