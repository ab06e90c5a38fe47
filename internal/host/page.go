package host

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"partykit/internal/auth"
	"partykit/internal/engine"
	"partykit/internal/names"
	"partykit/party"
)

// looked is how long an invite page must have been visible in all before its
// browser holds a seat: longer than any robot looks.
const looked = 2 * time.Second

// Page is one open invite page of a browser. The seat is held, lapses and is
// given up by what the page does.
type Page struct {
	p       *live // nil for a link that is dead from the start
	invite  party.InviteID
	seat    party.SeatID
	home    string
	browser string // opaque mark
	name    string // of a player; "": a friendly one
	left    chan struct{}
	updates chan party.Invitation

	// On the loop only.
	started      bool       // Start was pressed
	since        party.Time // visible since; 0: hidden
	visible      time.Duration
	problem      party.Code // why no seat is held
	tryAgain     party.Time
	holding      bool
	openCounted  bool   // was counted as looked at
	startCounted bool   // was counted as started
	dead         bool   // its link has expired while it was open
	knocking     func() // what its visitor did before it had looked for long enough

	once   sync.Once
	opened atomic.Bool // registered, or given up before
}

// Invitation tells what a link shows now, and how far this browser's friend
// has come. A bad link is an invitation with a problem, not an error.
func (h *Host) Invitation(ctx context.Context, code, browser string, from netip.Addr) (party.Invitation, error) {
	v := make(chan party.Invitation, 1)
	fail := make(chan error, 1)
	dead, err := h.visit(ctx, code, browser, from, func(p *live, l link, seat party.SeatID) { v <- p.invitation(l.Invite, seat, h.mark(browser)) }, fail)
	if err != nil || dead.Problem != "" {
		return dead, err
	}
	select {
	case i := <-v:
		return i, nil
	case err := <-fail:
		return ended(dead, err)
	case <-ctx.Done():
	case <-h.ctx.Done():
	}
	return dead, &party.Error{Code: party.Unavailable}
}

// visit finds the party a code leads to and runs fn on its loop, or tells fail.
func (h *Host) visit(ctx context.Context, code, browser string, from netip.Addr, fn func(*live, link, party.SeatID), fail chan<- error) (party.Invitation, error) {
	l, err := h.linkOf(ctx, code, from)
	if err != nil {
		if failure(err).Code == party.NotFound {
			return party.Invitation{Problem: party.NotFound}, nil
		}
		return party.Invitation{}, failure(err)
	}
	v := party.Invitation{Game: l.Game, Invite: l.Invite}
	if _, err := h.active(l.Game); err != nil {
		v.Problem = failure(err).Code
		return v, nil
	}
	seat := h.seat(browser, l.Invite)
	h.with(ref(l.Game, l.Party), func(p *live, err error) {
		if err != nil {
			fail <- err
			return
		}
		fn(p, l, seat)
	})
	return v, nil
}

// ended turns a party that is gone into what its page says.
func ended(v party.Invitation, err error) (party.Invitation, error) {
	if failure(err).Code == party.NotFound {
		v.Problem = party.Ended
		return v, nil
	}
	return v, failure(err)
}

func (h *Host) seat(browser string, invite party.InviteID) party.SeatID {
	if browser == "" {
		return ""
	}
	return party.SeatID(h.o.Keys.SeatID(browser, string(invite)))
}

// mark names a browser in a party's log without telling its cookie.
func (h *Host) mark(browser string) string {
	if browser == "" {
		return ""
	}
	return h.o.Keys.SeatID(browser, "browser")
}

// invitation adds to what the party tells how far the browser's friend is.
func (p *live) invitation(invite party.InviteID, seat party.SeatID, browser string) party.Invitation {
	if _, err := p.h.active(p.state.Game); err != nil {
		return party.Invitation{Game: p.state.Game, Invite: invite, Problem: failure(err).Code}
	}
	v := p.state.Invitation(invite, seat, browser, now(), p.status, p.elsewhere)
	if seat == "" {
		return v
	}
	a := p.state.Arrival(seat, p.status)
	if a.Stage == party.Pressed {
		page := p.pageAt(seat)
		reason, left := p.gone[seat]
		switch {
		case left:
			a.Stage, a.Reason = party.Gone, string(reason)
		case page == nil || !page.started && page.problem == "":
			return v
		default:
			a.Name = names.Friendly(string(seat))
			a.Face, a.Problem = Face(a.Name), page.problem
		}
	}
	v.You = &a
	return v
}

// Start makes the ticket of a browser's seat, in the place of an older one.
// Nothing is reserved, and nobody sees anything (law of the pressed seat).
func (h *Host) Start(ctx context.Context, code, browser string, from netip.Addr) (string, error) {
	if browser == "" {
		browser = auth.Browser() // no cookie: a seat of this Start alone
	}
	v, err := h.Invitation(ctx, code, browser, from)
	if err != nil {
		return "", err
	}
	if v.Problem != "" {
		return "", &party.Error{Code: v.Problem}
	}
	l, err := h.linkOf(ctx, code, from)
	if err != nil {
		return "", failure(err)
	}
	seat := h.seat(browser, l.Invite)
	text, hash := auth.Ticket(string(seat))
	for {
		_, revision, err := h.ticketOf(ctx, seat)
		if err != nil && !errors.Is(err, engine.ErrNotFound) {
			return "", failure(err)
		}
		err = h.putTicket(ctx, seat, ticket{link: l, Hash: hash, Browser: h.mark(browser)}, revision)
		if err == nil {
			break
		}
		if !errors.Is(err, engine.ErrConflict) {
			return "", failure(err)
		}
	}
	h.with(ref(l.Game, l.Party), func(p *live, err error) {
		if err == nil {
			p.pressed(seat)
			p.whisper(whisper{Pressed: seat})
		}
	})
	return text, nil
}

// OpenPage registers a live invite page. Updates bring the newest invitation,
// at once and on every change, at most every 250 ms. A link that is dead from
// the start gets one update and no more.
func (h *Host) OpenPage(ctx context.Context, code, browser string, from netip.Addr) (*Page, error) {
	return h.openPage(ctx, code, browser, "", from)
}

func (h *Host) openPage(ctx context.Context, code, browser, name string, from netip.Addr) (*Page, error) {
	page := &Page{updates: make(chan party.Invitation, 1), left: make(chan struct{}), browser: h.mark(browser), name: name}
	if h.o.Unlimited == nil || !h.o.Unlimited(from) {
		page.home = home(from)
	}
	pressed, err := h.hasPressed(ctx, code, browser, from)
	if err != nil {
		return nil, err
	}
	opened := make(chan struct{})
	fail := make(chan error, 1)
	dead, err := h.visit(ctx, code, browser, from, func(p *live, l link, seat party.SeatID) {
		if page.opened.CompareAndSwap(false, true) {
			page.invite, page.seat, page.started = l.Invite, seat, pressed
			p.open(page)
			close(opened)
		}
	}, fail)
	if err == nil && dead.Problem == "" {
		select {
		case <-opened:
			return page, nil
		case e := <-fail:
			dead, err = ended(dead, e)
		case <-ctx.Done():
			err = &party.Error{Code: party.Unavailable}
		case <-h.ctx.Done():
			err = &party.Error{Code: party.Unavailable}
		}
	}
	if err == nil {
		page.updates <- dead
		return page, nil
	}
	if !page.opened.CompareAndSwap(false, true) {
		<-opened
		page.Close()
	}
	return nil, err
}

// hasPressed finds out whether the browser has a ticket that nobody redeemed:
// Start was pressed before its page came, or before the server started.
func (h *Host) hasPressed(ctx context.Context, code, browser string, from netip.Addr) (bool, error) {
	l, err := h.linkOf(ctx, code, from)
	if err != nil || browser == "" {
		return false, nil // the visit tells what is wrong
	}
	t, _, err := h.ticketOf(ctx, h.seat(browser, l.Invite))
	switch {
	case errors.Is(err, engine.ErrNotFound):
		return false, nil
	case err != nil:
		return false, failure(err)
	}
	return t.Player == "", nil
}

// home marks an address, or its /64, without telling it.
func home(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	bits := 32
	if a = a.Unmap(); a.Is6() {
		bits = 64
	}
	prefix, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return auth.Hash("home " + prefix.String())[:12]
}

// Updates brings the invitation as it changes; the newest replaces one that
// was not taken.
func (page *Page) Updates() <-chan party.Invitation { return page.updates }

// Visible says whether the page can be seen now.
func (page *Page) Visible(yes bool) {
	if page.p == nil {
		return
	}
	page.p.loop.post(func() {
		t := now()
		if page.since != 0 {
			page.visible += page.since.Until(t)
		}
		page.since = 0
		if yes {
			page.since = t
		}
		page.p.schedule()
	})
}

// Close says that the page is gone. A seat it held lapses after 90 s.
func (page *Page) Close() {
	page.once.Do(func() {
		close(page.left)
		if page.p != nil {
			page.p.loop.post(func() { page.p.close(page) })
		}
	})
}

// pagesChanged has the open pages told soon.
func (p *live) pagesChanged() {
	if len(p.pages) == 0 {
		return
	}
	p.pagesDue = true
	p.schedule()
}

func (p *live) tellPages() {
	p.pagesDue = false
	p.gonePages = now().Add(statusPause)
	for page := range p.pages {
		v := p.invitation(page.invite, page.seat, page.browser)
		select {
		case <-page.updates:
		default:
		}
		page.updates <- v
	}
}
