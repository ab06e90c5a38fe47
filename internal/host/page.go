package host

import (
	"context"
	"errors"
	"net/netip"
	"sync"
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
	p       *live
	loop    *loop
	invite  party.InviteID
	seat    party.SeatID
	home    string
	updates chan party.Invitation

	// On the loop only.
	started  bool       // Start was pressed
	since    party.Time // visible since; 0: hidden
	visible  time.Duration
	problem  party.Code // why no seat is held
	tryAgain party.Time
	holding  bool

	once sync.Once
}

// Invitation tells what a link shows now, and how far this browser's friend
// has come. A bad link is an invitation with a problem, not an error.
func (h *Host) Invitation(ctx context.Context, code, browser string) (party.Invitation, error) {
	v := make(chan party.Invitation, 1)
	fail := make(chan error, 1)
	dead, err := h.visit(ctx, code, browser, func(p *live, l link, seat party.SeatID) { v <- p.invitation(l.Invite, seat) }, fail)
	if err != nil || dead.Problem != "" {
		return dead, err
	}
	select {
	case i := <-v:
		return i, nil
	case err := <-fail:
		return ended(dead, err)
	case <-ctx.Done():
		return dead, &party.Error{Code: party.Unavailable}
	}
}

// visit finds the party a code leads to and runs fn on its loop, or tells fail.
func (h *Host) visit(ctx context.Context, code, browser string, fn func(*live, link, party.SeatID), fail chan<- error) (party.Invitation, error) {
	l, err := h.linkOf(ctx, code)
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

// invitation adds to what the party tells how far the browser's friend is.
func (p *live) invitation(invite party.InviteID, seat party.SeatID) party.Invitation {
	v := p.state.Invitation(invite, seat, now(), p.status, p.elsewhere)
	if seat == "" {
		return v
	}
	a := p.state.Arrival(seat, p.status)
	if a.Stage == party.Pressed {
		page := p.pageOf(seat)
		reason, left := p.gone[seat]
		switch {
		case left:
			a.Stage, a.Reason = party.Gone, string(reason)
		case page == nil || !page.started:
			return v
		default:
			a.Name = names.Friendly(string(seat))
			a.Face, a.Problem = Face(a.Name), page.problem
		}
	}
	v.You = &a
	return v
}

func (p *live) pageOf(seat party.SeatID) *Page {
	for page := range p.pages {
		if page.seat == seat && page.started {
			return page
		}
	}
	return nil
}

// Start makes the ticket of a browser's seat, in the place of an older one.
// Nothing is reserved, and nobody sees anything (law of the pressed seat).
func (h *Host) Start(ctx context.Context, code, browser string, from netip.Addr) (string, error) {
	if browser == "" {
		browser = auth.Browser() // no cookie: a seat of this Start alone
	}
	v, err := h.Invitation(ctx, code, browser)
	if err != nil {
		return "", err
	}
	if v.Problem != "" {
		return "", &party.Error{Code: v.Problem}
	}
	l, err := h.linkOf(ctx, code)
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
		err = h.putTicket(ctx, seat, ticket{link: l, Hash: hash}, revision)
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

// pressed notes that a seat's browser pressed Start.
func (p *live) pressed(seat party.SeatID) {
	delete(p.gone, seat)
	for page := range p.pages {
		if page.seat == seat {
			page.started, page.problem, page.tryAgain = true, "", 0
		}
	}
	p.pagesChanged()
	p.schedule()
}

// OpenPage registers a live invite page. Updates bring the newest invitation,
// at once and on every change, at most every 250 ms. A link that is dead from
// the start gets one update and no more.
func (h *Host) OpenPage(ctx context.Context, code, browser string, from netip.Addr) (*Page, error) {
	page := &Page{updates: make(chan party.Invitation, 1)}
	if h.o.Unlimited == nil || !h.o.Unlimited(from) {
		page.home = home(from)
	}
	opened := make(chan struct{})
	fail := make(chan error, 1)
	dead, err := h.visit(ctx, code, browser, func(p *live, l link, seat party.SeatID) {
		page.invite, page.seat, page.p, page.loop = l.Invite, seat, p, p.loop
		p.pages[page] = true
		p.pins++
		delete(p.closed, seat)
		page.updates <- p.invitation(l.Invite, seat)
		close(opened)
		p.schedule()
	}, fail)
	if err == nil && dead.Problem == "" {
		select {
		case <-opened:
			page.recall(ctx, h)
			return page, nil
		case e := <-fail:
			dead, err = ended(dead, e)
		case <-ctx.Done():
			err = &party.Error{Code: party.Unavailable}
		}
	}
	if err != nil {
		return nil, err
	}
	page.updates <- dead
	return page, nil
}

// recall finds out whether Start was pressed before this page came, or before
// the server started.
func (page *Page) recall(ctx context.Context, h *Host) {
	if page.seat == "" {
		return
	}
	if _, _, err := h.ticketOf(ctx, page.seat); err == nil {
		page.loop.post(func() {
			page.started = true
			page.p.pagesChanged()
			page.p.schedule()
		})
	}
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
	if page.loop == nil {
		return
	}
	page.loop.post(func() {
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
		if page.loop == nil {
			return
		}
		page.loop.post(func() {
			p := page.p
			delete(p.pages, page)
			p.pins--
			if page.seat != "" && !p.pageOpen(page.seat) {
				p.closed[page.seat] = now()
			}
			p.schedule()
		})
	})
}

func (p *live) pageOpen(seat party.SeatID) bool {
	for page := range p.pages {
		if page.seat == seat {
			return true
		}
	}
	return false
}

// due is when the page has been visible for long enough to hold a seat.
func (page *Page) due() party.Time {
	if !page.started || page.holding || page.seat == "" || page.p.state.Seat(page.seat) != nil || page.p.gone[page.seat] != "" {
		return 0
	}
	if page.p.state.Arrival(page.seat, page.p.status).Stage != party.Pressed {
		return 0
	}
	if page.since == 0 && page.visible < looked {
		return 0
	}
	at := max(page.since, 1)
	if page.visible < looked {
		at = page.since.Add(looked - page.visible)
	}
	return max(at, page.tryAgain)
}

// hold reserves the seat, or lets the page say why not.
func (p *live) hold(page *Page) {
	page.holding = true
	name := names.Friendly(string(page.seat))
	cmd := party.Hold{Seat: page.seat, Invite: page.invite, Name: name, Face: Face(name), Home: page.home}
	p.submit(&job{cmd: cmd, done: func(o outcome) {
		page.holding = false
		page.problem = ""
		if o.err != nil {
			page.problem = o.err.Code
			page.tryAgain = now().Add(looked)
			p.pagesChanged()
		}
		p.schedule()
	}})
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
		v := p.invitation(page.invite, page.seat)
		select {
		case <-page.updates:
		default:
		}
		page.updates <- v
	}
}
