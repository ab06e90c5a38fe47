//go:build linux

package main

import (
	"context"
	"net/netip"
	"time"

	"partykit/bench/kit"
	"partykit/bench/load"
	"partykit/bench/report"
	"partykit/bench/target"
)

// tripsPerSecond is how many friends come, for each second that others are
// measured.
const tripsPerSecond = 100

// trips measures how long a friend waits at each step of its way in, on a server
// that does nothing else: from the press of Start until it has its ticket, and
// until its page is told that a place is held; and from the hello with that
// ticket until it is welcome as a member. One comes after the other. All have
// looked at their pages for long enough before, each at another party's.
func trips(ctx context.Context, b *bench) error {
	return b.alone(ctx, b.trips)
}

func (b *bench) trips(ctx context.Context, s *target.System, round int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	p, c, end, err := b.crowd(ctx, s)
	if err != nil {
		return err
	}
	defer end()
	n := max(int(tripsPerSecond*b.seconds.Seconds()), 10)
	players, err := greet(ctx, c, p.Addr, n, kit.Games[0])
	if err != nil {
		return err
	}
	codes, err := invite(ctx, c, 0, players, 1)
	if err != nil {
		return err
	}
	to, err := netip.ParseAddrPort(p.Addr)
	if err != nil {
		return err
	}
	b.progress.say("round %d of %d: %d friends come one after another", round+1, b.rounds, n)
	t := travellers{c: c, addr: p.Addr, to: to, upgrade: kit.Upgrade(p.Addr, kit.Games[0])}
	for _, code := range codes {
		if err := t.open(ctx, code); err != nil {
			return err
		}
	}
	if err := c.Run(ctx, after(seen+seen/4)); err != nil { // the last page is a moment younger
		return err
	}
	began := time.Now()
	for _, one := range t.all {
		if err := t.bring(ctx, one); err != nil {
			return err
		}
	}
	took := time.Since(began)
	for _, d := range []struct {
		row   string
		waits *load.Histogram
	}{{"trip-ticket", &t.ticket}, {"trip-held", &t.held}, {"trip-member", &t.member}} {
		b.report.Samples = append(b.report.Samples, report.Sample{
			Row: d.row, System: p.System.Name, Round: round, Units: d.waits.Count(), Took: took.Seconds(),
			P50: d.waits.Quantile(.5).Seconds(), P99: d.waits.Quantile(.99).Seconds(), Max: d.waits.Max().Seconds(),
		})
	}
	return nil
}

// travellers are friends who come one after another.
type travellers struct {
	c       *load.Crowd
	addr    string
	to      netip.AddrPort
	upgrade []byte

	all                  []*traveller
	ticket, held, member load.Histogram
}

// traveller is a friend with its invite page open.
type traveller struct {
	code, cookie string
	player       int // the crowd's, whose connection is the browser's
	browser      *kit.Browser
	page         *kit.Page
}

// open has one more open an invite page, and then its live connection.
func (t *travellers) open(ctx context.Context, code string) error {
	x := &traveller{code: code, player: t.c.Len(), browser: &kit.Browser{}, page: &kit.Page{}}
	t.all = append(t.all, x)
	x.browser.Opened = func(cookie string) { x.cookie = cookie }
	if err := t.c.Dial(t.to, x.browser, x.browser.AppendOpen(nil, t.addr, code)); err != nil {
		return err
	}
	if err := t.c.Run(ctx, func() bool { return x.cookie != "" }); err != nil {
		return err
	}
	return t.c.Dial(t.to, x.page, kit.PageUpgrade(t.addr, code, x.cookie))
}

// bring has one press Start, arrive when it has its ticket and its place, and
// finalize.
func (t *travellers) bring(ctx context.Context, x *traveller) error {
	var ticket string
	held, in := false, false
	pressed := time.Now()
	x.browser.Started = func(got string) {
		ticket = got
		t.ticket.Add(time.Since(pressed))
	}
	x.page.Held = func() {
		held = true
		t.held.Add(time.Since(pressed))
	}
	if err := t.c.Say(x.player, x.browser.AppendStart(nil, t.addr, x.code, x.cookie)); err != nil {
		return err
	}
	if err := t.c.Run(ctx, func() bool { return held && ticket != "" }); err != nil {
		return err
	}
	var said time.Time
	p := kit.NewPlayer()
	p.Arrive(ticket)
	p.Hello = func() { said = time.Now() }
	p.Welcome = func(p *kit.Player, _ *kit.Answer, s *target.Sink) {
		t.member.Add(time.Since(said))
		s.Reply = p.AppendCommand(s.Reply, "finalize", `,"success":true`)
	}
	p.Done = func(*kit.Player, *kit.Answer, *target.Sink) { in = true }
	if err := t.c.Dial(t.to, p, t.upgrade); err != nil {
		return err
	}
	return t.c.Run(ctx, func() bool { return in })
}
