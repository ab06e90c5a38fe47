//go:build linux

package main

import (
	"context"
	"fmt"
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
// notice. Each sample has a server of its own.
func idle(ctx context.Context, b *bench) error {
	system := kit.System(false)
	if len(b.prepare(ctx, []*target.System{system})) == 0 {
		return nil
	}
	for round := range b.rounds {
		for _, n := range b.crowds {
			if err := b.idle(ctx, system, n, round); err != nil {
				return err
			}
		}
	}
	return nil
}

// idle has some play alone, then others come and wait, until they are n in all.
func (b *bench) idle(ctx context.Context, system *target.System, n, round int) error {
	playing, err := b.seat(ctx, system, b.players, b.party)
	if err != nil {
		return err
	}
	defer closeAll([]*crowd{playing})
	p := playing.process
	waiting, err := load.New(1)
	if err != nil {
		return err
	}
	defer waiting.Close()
	all := []*crowd{playing, {waiting, p}}
	if err := b.pace(ctx, all, playing, fmt.Sprintf("before-%d", n), chatPace, round); err != nil {
		return err
	}
	comers := max(n-playing.Len(), 1)
	b.progress.say("round %d of %d: %d players say hello", round+1, b.rounds, comers)
	before := p.Resident()
	if err := b.count("hello", p, round, func() (int, error) {
		_, err := greet(ctx, waiting, p.Addr, comers, kit.Games...)
		return comers, err
	}); err != nil {
		return err
	}
	b.progress.say("round %d of %d: %d players wait", round+1, b.rounds, comers)
	if err := b.count(fmt.Sprintf("idle-%d", n), p, round, func() (int, error) {
		for until := time.Now().Add(b.quiet()); time.Now().Before(until); {
			if err := waiting.Run(ctx, after(100*time.Millisecond)); err != nil {
				return 0, err
			}
			if err := tend(all); err != nil {
				return 0, err
			}
		}
		return comers, nil
	}); err != nil {
		return err
	}
	b.report.Samples[len(b.report.Samples)-1].Bytes = p.Resident() - before
	return b.pace(ctx, all, playing, fmt.Sprintf("among-%d", n), chatPace, round)
}

// after is over once so much time has passed.
func after(d time.Duration) func() bool {
	until := time.Now().Add(d)
	return func() bool { return !time.Now().Before(until) }
}
