//go:build linux

package main

import (
	"context"
	"net/netip"
	"time"

	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/target"
)

const (
	// friendsAtOnce is how many are on their way at the same time, most of them
	// looking at a page.
	friendsAtOnce = 4096
	// seen is how long a page must be visible before a place is held for it. It
	// is waiting, not work.
	seen = 2 * time.Second
)

// friends are those who come by invite pages. Each presses Start, looks at the
// page until a place is held, arrives in the game with the ticket and finalizes.
type friends struct {
	c       *load.Crowd
	addr    string
	to      netip.AddrPort
	upgrade []byte
	// next are steps that open or close connections, which must wait until what
	// has come is read.
	next []func() error
	in   int
}

// come has n friends come, by the links in turn.
func (f *friends) come(ctx context.Context, codes []string, n int) error {
	begun := 0
	var failed error
	err := f.c.Run(ctx, func() bool {
		for ; begun < n && begun-f.in < friendsAtOnce && failed == nil; begun++ {
			failed = f.press(codes[begun%len(codes)])
		}
		for len(f.next) > 0 && failed == nil {
			failed = f.next[0]()
			f.next = f.next[1:]
		}
		return f.in == n || failed != nil
	})
	if failed != nil {
		return failed
	}
	return err
}

func (f *friends) press(code string) error {
	who := f.c.Len()
	return f.c.Dial(f.to, &kit.Press{Started: func(cookie, ticket string) {
		f.next = append(f.next, func() error {
			f.c.HangUp(who)
			return f.look(code, cookie, ticket)
		})
	}}, kit.AppendStart(nil, f.addr, code))
}

func (f *friends) look(code, cookie, ticket string) error {
	page := f.c.Len()
	return f.c.Dial(f.to, &kit.Page{Held: func() {
		f.next = append(f.next, func() error { return f.arrive(page, ticket) })
	}}, kit.PageUpgrade(f.addr, code, cookie))
}

func (f *friends) arrive(page int, ticket string) error {
	p := kit.NewPlayer()
	p.Arrive(ticket)
	p.Welcome = func(p *kit.Player, _ *kit.Answer, s *target.Sink) {
		s.Reply = p.AppendCommand(s.Reply, "finalize", `,"success":true`)
	}
	p.Done = func(*kit.Player, *kit.Answer, *target.Sink) {
		f.in++
		f.next = append(f.next, func() error {
			f.c.HangUp(page)
			return nil
		})
	}
	return f.c.Dial(f.to, p, f.upgrade)
}
