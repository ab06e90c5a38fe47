//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/target"
)

const (
	// excess is how many times as many messages as it may a noisy game's
	// player sends: as many as are due, every bunch.
	excess = 20
	bunch  = 20 * time.Millisecond
	// noisy is how many players the noisy game has.
	noisy = 40
	// pairsEach is how many pairs of windows there are in a round of two seconds,
	// and windowEach how much longer a window is than what others are measured
	// for: so long that the noisy game uses up what it may send at once, and then
	// goes on.
	pairsEach  = 5
	windowEach = 2
)

// neighbour measures two games of one server: players of one are delivered
// messages at a fixed pace, alone and beside a game whose players send twenty
// times what they may. A server that threw them out would have them back at once;
// ours reads them as slowly as they may send.
//
// A stall of the machine, of which there are some every second, moves the
// slowest hundredth more than any neighbour does. So both are measured in many
// windows, turn by turn, and of each window the middle one of its tenths of a
// second counts; pair is compared with pair.
func neighbour(ctx context.Context, b *bench) error {
	system := kit.System(false)
	if len(b.prepare(ctx, []*target.System{system})) == 0 {
		return nil
	}
	quiet, err := b.seat(ctx, system, b.players, b.party)
	if err != nil {
		return err
	}
	all := []*crowd{quiet}
	defer closeAll(all)
	pairs := b.rounds * max(int(pairsEach*b.seconds/(2*time.Second)), 1)
	for pair := range pairs {
		b.progress.say("pair %d of %d: alone and beside a noisy game", pair+1, pairs)
		order := []string{"alone", "beside"}
		if pair%2 == 1 {
			slices.Reverse(order) // what changes steadily favours neither
		}
		for _, row := range order {
			measure := b.window
			if row == "beside" {
				measure = b.beside
			}
			if err := measure(ctx, all, quiet, row, pair); err != nil {
				return err
			}
		}
	}
	return nil
}

// beside measures while the noisy game plays, which is driven by a process of
// its own that gives way to this one. What it has sent and the server has not
// read ends with it.
func (b *bench) beside(ctx context.Context, all []*crowd, c *crowd, row string, pair int) error {
	noise, cancel := context.WithCancel(ctx)
	other, err := helper(noise, "noise", c.process.Addr, noisy, "chrt", "--idle", "0")
	if err != nil {
		cancel()
		return err
	}
	defer func() {
		cancel()
		_ = other.Wait() // it was killed
	}()
	return b.window(ctx, all, c, row, pair)
}

// window measures one of a pair.
func (b *bench) window(ctx context.Context, all []*crowd, c *crowd, row string, pair int) error {
	m := meter{process: c.process}
	r, err := c.Pace(ctx, windowEach*b.seconds, chatPace, m.read)
	if err != nil {
		return err
	}
	s := sample(row, c.name(), pair, r, m.used())
	s.Tenth = middle(r.Tenths).Seconds()
	b.report.Samples = append(b.report.Samples, s)
	return tend(all)
}

// middle is the slowest hundredth of the middle one of many short times.
func middle(short []load.Histogram) time.Duration {
	var all []time.Duration
	for i := range short {
		all = append(all, short[i].Quantile(.99))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// noise plays a noisy game until it is ended, or for a minute: its players send
// volatile messages, and commands that store nothing. It says so on stdout when it
// begins.
func noise(ctx context.Context, addr string, players int, stdout io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	const size = 4
	c, err := load.New(size)
	if err != nil {
		return err
	}
	defer c.Close()
	all, err := greet(ctx, c, addr, players, kit.Limited)
	if err != nil {
		return err
	}
	if err := befriend(ctx, c, all, size); err != nil {
		return err
	}
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return err
	}
	here := make([]bool, players)
	for i, p := range all {
		here[i], p.Careless, p.Done = true, true, func(*kit.Player, *kit.Answer, *target.Sink) {}
		p.Welcome = func(*kit.Player, *kit.Answer, *target.Sink) { here[i] = true }
	}
	first := kit.Upgrade(addr, kit.Limited)
	c.OnGone(func(i int, _ error) error {
		here[i] = false
		all[i].Return()
		return c.Redial(i, to, first)
	})
	each := func(perSecond int) int { return excess * perSecond * int(bunch) / int(time.Second) }
	var once []byte
	fmt.Fprintln(stdout, "in")
	next := time.Now()
	for i := 0; ; i = (i + 1) % players {
		once = once[:0]
		for range each(kit.Volatile) {
			once = all[i].AppendSend(once, make([]byte, load.MessageSize))
		}
		for range each(kit.Commands) {
			once = all[i].AppendCommand(once, "invites", "")
		}
		if here[i] && c.Say(i, once) != nil {
			here[i] = false // it is about to be told so
		}
		if next = next.Add(bunch / time.Duration(players)); time.Since(next) > bunch {
			next = time.Now() // what was missed is not made up for
		}
		if err := c.RunUntil(ctx, next); err != nil {
			return err
		}
	}
}
