//go:build linux

package main

import (
	"context"
	"fmt"
	"net/netip"

	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/target"
)

// helloAtOnce is how many players are connecting at the same time.
const helloAtOnce = 256

// greet connects n players, to the games in turn, and returns when all are
// welcome.
func greet(ctx context.Context, c *load.Crowd, addr string, n int, games ...string) ([]*kit.Player, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	var first [][]byte
	for _, game := range games {
		first = append(first, kit.Upgrade(addr, game))
	}
	players := make([]*kit.Player, 0, n)
	in := 0
	err = each(ctx, c, n, helloAtOnce, &in, func(i int) error {
		p := kit.NewPlayer()
		p.Welcome = func(*kit.Player, *kit.Answer, *target.Sink) { in++ }
		players = append(players, p)
		return c.Dial(to, p, first[i%len(first)])
	})
	return players, err
}

// invite has the first of each size of players make a link. base is the first
// player's place in the crowd.
func invite(ctx context.Context, c *load.Crowd, base int, players []*kit.Player, size int) (codes []string, err error) {
	codes = make([]string, len(players)/size)
	done := 0
	err = each(ctx, c, len(codes), writesAtOnce, &done, func(i int) error {
		host := players[i*size]
		host.Done = func(_ *kit.Player, a *kit.Answer, _ *target.Sink) {
			codes[i] = a.Code
			done++
		}
		return c.Say(base+i*size, host.AppendCommand(nil, "invite", ""))
	})
	return codes, err
}

// befriend makes parties of players, each size of them one: the first invites,
// the others join by its link.
func befriend(ctx context.Context, c *load.Crowd, players []*kit.Player, size int) error {
	codes, err := invite(ctx, c, 0, players, size)
	if err != nil {
		return err
	}
	done := 0
	return each(ctx, c, len(codes)*(size-1), writesAtOnce, &done, func(i int) error {
		code, who := codes[i/(size-1)], i/(size-1)*size+1+i%(size-1)
		return c.Say(who, join(players[who], code, &done))
	})
}

// join is what a player sends that comes by a link; it finalizes when it is in,
// and is then counted.
func join(p *kit.Player, code string, done *int) []byte {
	in := false
	p.Done = func(p *kit.Player, _ *kit.Answer, s *target.Sink) {
		if in {
			*done++
			return
		}
		in = true
		s.Reply = p.AppendCommand(s.Reply, "finalize", `,"success":true`)
	}
	return p.AppendCommand(nil, "join", fmt.Sprintf(`,"code":%q`, code))
}

// each begins n things, so many at once, and returns when all are done, which
// is counted by whoever does them.
func each(ctx context.Context, c *load.Crowd, n, atOnce int, done *int, begin func(i int) error) error {
	begun := 0
	var failed error
	err := c.Run(ctx, func() bool {
		for begun < n && begun-*done < atOnce && failed == nil {
			failed = begin(begun)
			begun++
		}
		return *done == n || failed != nil
	})
	if failed != nil {
		return failed
	}
	return err
}
