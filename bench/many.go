//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"time"

	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/report"
	"partykit/bench/target"
)

// many measures a crowd that is larger than what one process may open files
// for: servers side by side, each with as many idle players as it can take and
// with a process of ours that holds them. A sample is one server when all are
// full: they are to cost the same, the first as the last.
func many(ctx context.Context, b *bench) error {
	system := kit.System(false)
	if len(b.prepare(ctx, []*target.System{system})) == 0 {
		return nil
	}
	players := slices.Max(b.crowds)
	ctx, cancel := context.WithCancel(ctx)
	var servers []*target.Process
	var holders []*exec.Cmd
	var before []int64
	defer func() {
		cancel()
		for _, h := range holders {
			_ = h.Wait() // it was killed
		}
		for _, p := range servers {
			p.Stop()
		}
	}()
	for i := range b.servers {
		p, err := b.start(ctx, system)
		if err != nil {
			return err
		}
		servers, before = append(servers, p), append(before, p.Resident())
		b.progress.say("server %d of %d: %d players say hello", i+1, b.servers, players)
		h, err := helper(ctx, "hold", p.Addr, players)
		if err != nil {
			return err
		}
		holders = append(holders, h)
	}
	b.progress.say("%d players wait", b.servers*players)
	select {
	case <-time.After(b.quiet()):
	case <-ctx.Done():
		return ctx.Err()
	}
	for i, p := range servers {
		b.report.Samples = append(b.report.Samples, report.Sample{
			Row: "many", System: system.Name, Round: i, Units: int64(players), Bytes: p.Resident() - before[i],
		})
	}
	return nil
}

// hold connects players, says so on stdout and keeps them until it is ended, or
// for half an hour.
func hold(ctx context.Context, addr string, players int, stdout io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Minute)
	defer cancel()
	c, err := load.New(1)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := greet(ctx, c, addr, players, kit.Games...); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "in")
	return c.Run(ctx, func() bool { return false })
}
