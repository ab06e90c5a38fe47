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

// seen is how long a page must be visible before a place is held for it. It is
// waiting, not work.
const seen = 2 * time.Second

// friends are those who come by invite pages. Each opens one, looks at it for long
// enough, presses Start, arrives in the game when it has its ticket and its place,
// and finalizes.
type friends struct {
	c       *load.Crowd
	addr    string
	to      netip.AddrPort
	upgrade []byte

	all  []*friend
	next []func() error // steps that open or close connections, which must wait until what has come is read
	done int
}

// friend is one of them, by its connections in the crowd.
type friend struct {
	code, cookie  string
	browser       *kit.Browser
	page          *kit.Page
	fetches, live int
	ticket        string
	held          bool
}

// each has n take some steps, writesAtOnce of them at the same time.
func (f *friends) each(ctx context.Context, n int, begin func(i int) error) error {
	begun := 0
	f.done = 0
	var failed error
	err := f.c.Run(ctx, func() bool {
		for ; begun < n && begun-f.done < writesAtOnce && failed == nil; begun++ {
			failed = begin(begun)
		}
		for len(f.next) > 0 && failed == nil {
			failed = f.next[0]()
			f.next = f.next[1:]
		}
		return f.done == n || failed != nil
	})
	if failed != nil {
		return failed
	}
	return err
}

// open has n open invite pages, of the links in turn, and the pages' live
// connections.
func (f *friends) open(ctx context.Context, codes []string, n int) error {
	return f.each(ctx, n, func(i int) error {
		x := &friend{code: codes[i%len(codes)], fetches: f.c.Len(), browser: &kit.Browser{}}
		f.all = append(f.all, x)
		x.page = &kit.Page{Told: func() { f.done++ }}
		x.browser.Opened = func(cookie string) {
			x.cookie = cookie
			f.next = append(f.next, func() error {
				x.live = f.c.Len()
				return f.c.Dial(f.to, x.page, kit.PageUpgrade(f.addr, x.code, cookie))
			})
		}
		return f.c.Dial(f.to, x.browser, x.browser.AppendOpen(nil, f.addr, x.code))
	})
}

// look has all of them look at their pages for long enough.
func (f *friends) look(ctx context.Context) error {
	return f.c.Run(ctx, after(seen+seen/4)) // the last page is a moment younger
}

// come has all of them press Start and go into the game.
func (f *friends) come(ctx context.Context) error {
	return f.each(ctx, len(f.all), func(i int) error {
		x := f.all[i]
		x.browser.Started = func(ticket string) { x.ticket = ticket; f.arrive(x) }
		x.page.Held = func() { x.held = true; f.arrive(x) }
		return f.c.Say(x.fetches, x.browser.AppendStart(nil, f.addr, x.code, x.cookie))
	})
}

// arrive has a friend that has ticket and place come into the game, and close the
// page when it is in.
func (f *friends) arrive(x *friend) {
	if x.ticket == "" || !x.held {
		return
	}
	p := kit.NewPlayer()
	p.Arrive(x.ticket)
	p.Welcome = func(p *kit.Player, _ *kit.Answer, s *target.Sink) {
		s.Reply = p.AppendCommand(s.Reply, "finalize", `,"success":true`)
	}
	p.Done = func(*kit.Player, *kit.Answer, *target.Sink) {
		f.next = append(f.next, func() error {
			f.c.HangUp(x.live)
			f.c.HangUp(x.fetches)
			f.done++
			return nil
		})
	}
	f.next = append(f.next, func() error { return f.c.Dial(f.to, p, f.upgrade) })
}
