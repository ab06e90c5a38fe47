//go:build linux

package main

import (
	"context"
	"net/netip"
	"time"

	"partykit/bench/kit"
	"partykit/bench/report"
	"partykit/bench/target"
)

// again is how long a player waits that could not connect.
const again = 20 * time.Millisecond

// kill measures how long it takes until everybody is back after kill -9 of a
// server that is started again at once: players in parties, each of whom
// connects again and resumes its session.
func kill(ctx context.Context, b *bench) error {
	return b.alone(ctx, b.kill)
}

func (b *bench) kill(ctx context.Context, s *target.System, round int) error {
	p, c, end, err := b.crowd(ctx, s)
	if err != nil {
		return err
	}
	defer end()
	players, err := greet(ctx, c, p.Addr, b.players, kit.Games[0])
	if err != nil {
		return err
	}
	if err := befriend(ctx, c, players, b.party); err != nil {
		return err
	}
	b.progress.say("round %d of %d: kill -9 and back, with %d players", round+1, b.rounds, len(players))
	to, err := netip.ParseAddrPort(p.Addr)
	if err != nil {
		return err
	}
	var back, lost int
	for _, one := range players {
		one.Welcome = func(_ *kit.Player, a *kit.Answer, _ *target.Sink) {
			back++
			if a.T != "resumed" {
				lost++ // it is let in, but its session is not what it was
			}
		}
	}
	first := kit.Upgrade(p.Addr, kit.Games[0])
	type waiting struct {
		player int
		until  time.Time
	}
	var queue []waiting
	c.OnGone(func(i int, _ error) error {
		queue = append(queue, waiting{i, time.Now().Add(again)})
		return nil
	})
	began := time.Now()
	p.Kill()
	started := make(chan error, 1)
	go func() { started <- p.Restart(ctx) }()
	var failed error
	err = c.Run(ctx, func() bool {
		now := time.Now()
		for len(queue) > 0 && !now.Before(queue[0].until) && failed == nil {
			i := queue[0].player
			queue = queue[1:]
			players[i].Return()
			failed = c.Redial(i, to, first)
		}
		return back == len(players) || failed != nil
	})
	took := time.Since(began)
	if failed != nil {
		err = failed
	}
	if up := <-started; up != nil {
		return up
	}
	if err != nil {
		return err
	}
	used := p.CPU()
	b.report.Samples = append(b.report.Samples, report.Sample{
		Row: "kill", System: p.System.Name, Round: round, Units: int64(back), Lost: int64(lost),
		Took: took.Seconds(), User: used.User.Seconds(), Kernel: used.System.Seconds(),
	})
	return nil
}
