//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/report"
	"partykit/bench/target"
)

const (
	// startsEach is how often in a round the server starts on an empty folder,
	// and then on the one that it made.
	startsEach = 7
	// storersAtOnce is how many players are connected while parties are stored.
	storersAtOnce = 15_000
)

// starts measures how long it takes from the start of the process until it says
// that it is ready: on an empty folder, on the one that this made, and, where
// parties are asked for, after kill -9 with so many of them stored.
func starts(ctx context.Context, b *bench) error {
	system := kit.System(false)
	system.Setup = nil
	if len(b.prepare(ctx, []*target.System{system})) == 0 {
		return nil
	}
	for round := range b.rounds {
		for range startsEach {
			if err := b.begin(ctx, system, round); err != nil {
				return err
			}
		}
	}
	if b.parties == 0 {
		return nil
	}
	return b.stored(ctx)
}

// begin measures one start on an empty folder and one after it.
func (b *bench) begin(ctx context.Context, s *target.System, round int) error {
	began := time.Now()
	p, err := b.start(ctx, s)
	if err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Dir(p.Dir))
	defer p.Stop()
	if err := b.readied(ctx, "start-empty", p, round, 1, began); err != nil {
		return err
	}
	return b.restarted(ctx, "start-again", p, round, 1)
}

// restarted measures a start after kill -9.
func (b *bench) restarted(ctx context.Context, row string, p *target.Process, round, parties int) error {
	p.Kill()
	began := time.Now()
	if err := p.Restart(ctx); err != nil {
		return err
	}
	return b.readied(ctx, row, p, round, parties, began)
}

// stored has players make a party with a live link each and go, and measures
// starts on what is stored then.
func (b *bench) stored(ctx context.Context) error {
	p, err := b.start(ctx, kit.System(false))
	if err != nil {
		return err
	}
	defer p.Stop()
	for made := 0; made < b.parties; {
		b.progress.say("%d of %d parties are stored", made, b.parties)
		n := min(storersAtOnce, b.parties-made)
		if err := store(ctx, p.Addr, n); err != nil {
			return err
		}
		made += n
		p.Kill() // before it sees its players go, and parties end
		if err := p.Restart(ctx); err != nil {
			return err
		}
	}
	for round := range b.rounds {
		b.progress.say("round %d of %d: starting with %d parties", round+1, b.rounds, b.parties)
		if err := b.restarted(ctx, "start-stored", p, round, b.parties); err != nil {
			return err
		}
	}
	return nil
}

// store has that many players make a party of one with a link each. Those who wait
// for their turn say that they are there, however slow the disk is.
func store(ctx context.Context, addr string, n int) error {
	c, err := load.New(1)
	if err != nil {
		return err
	}
	defer c.Close()
	players, err := greet(ctx, c, addr, n, kit.Games[0])
	if err != nil {
		return err
	}
	return befriend(ctx, c, players, 1)
}

// readied waits until a server says that it is ready and notes how long that
// took it.
func (b *bench) readied(ctx context.Context, row string, p *target.Process, round, parties int, began time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.Addr+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return fmt.Errorf("asking whether the server is ready: %w", err)
	}
	answer.Body.Close()
	took := time.Since(began)
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready but answers %s", answer.Status)
	}
	used := p.CPU().Sub(target.CPU{})
	b.report.Samples = append(b.report.Samples, report.Sample{
		Row: row, System: p.System.Name, Round: round, Units: int64(parties),
		Took: took.Seconds(), User: used.User.Seconds(), Kernel: used.System.Seconds(),
	})
	return nil
}
