//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
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
)

// neighbour measures two games of one server: players of one are delivered
// messages at a fixed pace, alone and then beside a game whose players send
// twenty times what they may, and come back at once when they are thrown out.
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
	for round := range b.rounds {
		if err := b.pace(ctx, all, quiet, "alone", chatPace, round); err != nil {
			return err
		}
		if err := b.beside(ctx, all, quiet, round); err != nil {
			return err
		}
	}
	return nil
}

// beside measures while the noisy game plays, which is driven by a process of
// its own that gives way to this one.
func (b *bench) beside(ctx context.Context, all []*crowd, quiet *crowd, round int) error {
	ctx, cancel := context.WithCancel(ctx)
	other, err := helper(ctx, "noise", quiet.process.Addr, noisy, "chrt", "--idle", "0")
	if err != nil {
		cancel()
		return err
	}
	defer func() {
		cancel()
		_ = other.Wait() // it was killed
	}()
	return b.pace(ctx, all, quiet, "beside", chatPace, round)
}

// noise plays a noisy game until it is ended, or for a minute. It says so on
// stdout when it begins.
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
		here[i], p.Careless = true, true
		p.Welcome = func(*kit.Player, *kit.Answer, *target.Sink) { here[i] = true }
	}
	first := kit.Upgrade(addr, kit.Limited)
	c.OnGone(func(i int, _ error) error {
		here[i] = false
		all[i].Return()
		return c.Redial(i, to, first)
	})
	var once []byte
	for range excess * kit.Volatile * int(bunch) / int(time.Second) {
		once = all[0].AppendSend(once, make([]byte, load.MessageSize))
	}
	fmt.Fprintln(stdout, "in")
	next := time.Now()
	for i := 0; ; i = (i + 1) % players {
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
