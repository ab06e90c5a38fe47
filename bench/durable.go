//go:build linux

package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"partykit/bench/floors"
	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/report"
	"partykit/bench/target"
)

const (
	// writesAtOnce is how many players wait for the disk at the same time.
	writesAtOnce = 64
	// linksEach is how many links a player makes.
	linksEach = 4
	// joinersEach is how many friends come by the first of them.
	joinersEach = 3
	// hostsPerSecond is how many players invite, for each second that is
	// measured. They do a fixed amount of work, so that it is finished.
	hostsPerSecond = 400
)

// durable measures what is on disk before it is acknowledged: links, and the
// joins by them, beside bare appends.
func durable(ctx context.Context, b *bench) error {
	appends, system := floors.Engine(), kit.System(false)
	if len(b.prepare(ctx, []*target.System{appends, system})) < 2 {
		return nil
	}
	for round := range b.rounds {
		if err := b.appends(ctx, appends, round); err != nil {
			return err
		}
		if err := b.joins(ctx, system, round); err != nil {
			return err
		}
	}
	return nil
}

// appends measures the floor.
func (b *bench) appends(ctx context.Context, s *target.System, round int) error {
	p, c, end, err := b.crowd(ctx, s)
	if err != nil {
		return err
	}
	defer end()
	to, err := netip.ParseAddrPort(p.Addr)
	if err != nil {
		return err
	}
	b.progress.say("round %d of %d: bare appends", round+1, b.rounds)
	var count floors.Counter
	if err := c.Dial(to, &count, nil); err != nil {
		return err
	}
	if err := c.Run(ctx, func() bool { return count.Count > writersWarm }); err != nil {
		return err
	}
	return b.count("appends", p, round, func() (int, error) {
		before := count.Count
		enough := after(b.seconds)
		err := c.Run(ctx, func() bool { return enough() && count.Count > before })
		return count.Count - before, err
	})
}

// writersWarm is how many appends come before any are counted.
const writersWarm = 256

// count measures work that says how much it was.
func (b *bench) count(row string, p *target.Process, round int, work func() (units int, err error)) error {
	m := meter{process: p}
	m.read()
	began := time.Now()
	units, err := work()
	took := time.Since(began)
	m.read()
	if err != nil {
		return fmt.Errorf("%s: %w", row, err)
	}
	used := m.used()
	b.report.Samples = append(b.report.Samples, report.Sample{
		Row: row, System: p.System.Name, Round: round, Units: int64(units),
		Took: took.Seconds(), User: used.User.Seconds(), Kernel: used.System.Seconds(),
	})
	return nil
}

// joins has players make links, others join by them and finalize, and then
// friends come by pages to other parties.
func (b *bench) joins(ctx context.Context, s *target.System, round int) error {
	p, c, end, err := b.crowd(ctx, s)
	if err != nil {
		return err
	}
	defer end()
	hosts := max(int(hostsPerSecond*b.seconds.Seconds()), writesAtOnce)
	joiners := hosts * joinersEach
	players, err := greet(ctx, c, p.Addr, hosts+joiners, kit.Games[0])
	if err != nil {
		return err
	}
	b.progress.say("round %d of %d: %d players make %d links each", round+1, b.rounds, hosts, linksEach)
	codes := make([]string, hosts)
	if err := b.count("invites", p, round, func() (int, error) {
		done := 0
		err := each(ctx, c, hosts, writesAtOnce, &done, func(i int) error {
			made := 0
			players[i].Done = func(p *kit.Player, a *kit.Answer, s *target.Sink) {
				codes[i] = a.Code
				if made++; made == linksEach {
					done++
					return
				}
				s.Reply = p.AppendCommand(s.Reply, "invite", "")
			}
			return c.Say(i, players[i].AppendCommand(nil, "invite", ""))
		})
		return hosts * linksEach, err
	}); err != nil {
		return err
	}
	b.progress.say("round %d of %d: %d players join by them", round+1, b.rounds, joiners)
	if err := b.count("joins", p, round, func() (int, error) {
		done := 0
		err := each(ctx, c, joiners, writesAtOnce, &done, func(i int) error {
			return c.Say(hosts+i, join(players[hosts+i], codes[i%hosts], &done))
		})
		return joiners, err
	}); err != nil {
		return err
	}
	return b.friends(ctx, p, c, round, hosts)
}

// friends has players make a link each, and friends come by invite pages to be
// parties of four with them.
func (b *bench) friends(ctx context.Context, p *target.Process, c *load.Crowd, round, hosts int) error {
	base, joiners := c.Len(), hosts*joinersEach
	players, err := greet(ctx, c, p.Addr, hosts, kit.Games[0])
	if err != nil {
		return err
	}
	codes, err := invite(ctx, c, base, players, 1)
	if err != nil {
		return err
	}
	to, err := netip.ParseAddrPort(p.Addr)
	if err != nil {
		return err
	}
	f := friends{c: c, addr: p.Addr, to: to, upgrade: kit.Upgrade(p.Addr, kit.Games[0])}
	b.progress.say("round %d of %d: %d friends open invite pages", round+1, b.rounds, joiners)
	if err := b.count("opens", p, round, func() (int, error) { return joiners, f.open(ctx, codes, joiners) }); err != nil {
		return err
	}
	if err := f.look(ctx); err != nil {
		return err
	}
	b.progress.say("round %d of %d: %d friends press Start and come", round+1, b.rounds, joiners)
	return b.count("arrivals", p, round, func() (int, error) { return joiners, f.come(ctx) })
}
