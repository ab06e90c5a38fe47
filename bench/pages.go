//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"net/netip"

	"partykit/bench/floors"
	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/target"
	"partykit/bench/wire"
)

const (
	pageHosts    = 64 // players whose links are opened
	pageLinks    = 32 // of each
	pageBrowsers = 64 // connections that fetch at the same time
)

// pages measures invite pages: each link's first, which is rendered, and then
// some of them again and again; beside nginx and Go's own server, which have
// nothing to do but to send such a page.
func pages(ctx context.Context, b *bench) error {
	system := kit.System(false)
	if len(b.prepare(ctx, []*target.System{system})) == 0 {
		return nil
	}
	p, c, end, err := b.crowd(ctx, system)
	if err != nil {
		return err
	}
	defer end()
	var statics []*target.Process
	defer func() {
		for _, s := range statics {
			s.Stop()
		}
	}()
	for round := range b.rounds {
		links, err := links(ctx, c, p.Addr)
		if err != nil {
			return err
		}
		b.progress.say("round %d of %d: %d invite pages for the first time", round+1, b.rounds, len(links))
		var body []byte
		if err := b.count("pages-first", p, round, func() (int, error) {
			return fetch(ctx, p.Addr, links, func(n int) bool { return n == len(links) }, &body)
		}); err != nil {
			return err
		}
		b.progress.say("round %d of %d: invite pages", round+1, b.rounds)
		if err := b.fetches(ctx, p, links[:pageHosts], round); err != nil {
			return err
		}
		if round == 0 {
			for _, s := range b.prepare(ctx, []*target.System{floors.Nginx(body), floors.HTTP(body)}) {
				static, err := b.start(ctx, s)
				if err != nil {
					return err
				}
				statics = append(statics, static)
			}
		}
		for _, s := range statics {
			b.progress.say("round %d of %d: static pages of %s", round+1, b.rounds, s.System.Name)
			if err := b.fetches(ctx, s, []string{"/page"}, round); err != nil {
				return err
			}
		}
		if err := c.Tend(); err != nil {
			return err
		}
	}
	return nil
}

// fetches measures pages that were there before.
func (b *bench) fetches(ctx context.Context, p *target.Process, paths []string, round int) error {
	return b.count("pages", p, round, func() (int, error) {
		enough := after(b.seconds)
		return fetch(ctx, p.Addr, paths, func(n int) bool { return n > 0 && enough() }, nil)
	})
}

// links has new players make links, and returns their paths. The players stay
// connected, as whoever waits for friends does.
func links(ctx context.Context, c *load.Crowd, addr string) ([]string, error) {
	base := c.Len()
	players, err := greet(ctx, c, addr, pageHosts, kit.Games[0])
	if err != nil {
		return nil, err
	}
	var paths []string
	done := 0
	err = each(ctx, c, pageHosts, pageHosts, &done, func(i int) error {
		made := 0
		players[i].Done = func(p *kit.Player, a *kit.Answer, s *target.Sink) {
			paths = append(paths, "/join/"+a.Code)
			if made++; made == pageLinks {
				done++
				return
			}
			s.Reply = p.AppendCommand(s.Reply, "invite", "")
		}
		return c.Say(base+i, players[i].AppendCommand(nil, "invite", ""))
	})
	return paths, err
}

// fetch has browsers fetch pages, one after another, until it is enough, and
// returns how many it were. A page comes compressed, and the last is kept.
func fetch(ctx context.Context, addr string, paths []string, enough func(n int) bool, last *[]byte) (int, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return 0, err
	}
	c, err := load.New(1)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	c.Restless()
	var requests [][]byte
	for _, path := range paths {
		requests = append(requests, wire.Request(addr, path))
	}
	asked, got, plain := 0, 0, false
	browser := wire.Pages{
		Next: func() []byte {
			asked++
			return requests[(asked-1)%len(requests)]
		},
		Got: func(head, body []byte) {
			got++
			plain = plain || last != nil && !bytes.Contains(head, []byte("Content-Encoding: gzip"))
			if last != nil {
				*last = bytes.Clone(body)
			}
		},
	}
	if last != nil { // each of them once
		next := browser.Next
		browser.Next = func() []byte {
			if asked == len(requests) {
				return nil
			}
			return next()
		}
	}
	for range pageBrowsers {
		if err := c.Dial(to, &browser, browser.Next()); err != nil {
			return 0, err
		}
	}
	if err := c.Run(ctx, func() bool { return enough(got) }); err != nil {
		return 0, err
	}
	if plain {
		return got, errors.New("a page came without compression")
	}
	return got, nil
}
