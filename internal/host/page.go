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
	"partykit/internal/limit"
	"partykit/party"
)

// looked is how long an invite page must have been visible in all before its
// browser holds a seat: longer than any robot looks.
const looked = 2 * time.Second

// Page is one open invite page of a browser. The seat is held, lapses and is
// given up by what the page does.
type Page struct {
	p       *live // nil for a link that is dead from the start
	link    link
	seat    party.SeatID
	home    string
	browser string         // opaque mark
	player  party.PlayerID // of one in the game; "": a browser
	name    string         // of that player; "": a friendly one
	left    chan struct{}
	updates chan *party.Invitation

	// On the loop only.
	started      bool       // Start was pressed
	since        party.Time // visible since; 0: hidden
	visible      time.Duration
	problem      party.Code // why no seat is held
	tryAgain     party.Time
	holding      bool
	openCounted  bool       // was counted as looked at
	startCounted bool       // was counted as started
	dead         bool       // its link has expired while it was open
	declined     party.Time // until when its visitor may not ask again, as it was told
	knocking     func()     // what its visitor did before it had looked for long enough
	knocked      bool       // what its visitor did at the door was answered
	refused      bool       // the party refused to hold a seat
	refusedAt    uint64     // and how often it had changed by then
	led          party.Time // when it last looked whether its dead link leads on
	looks        bool       // or is about to
	shown        *party.Invitation

	at      party.Time // when it next has something to do; 0: not before something happens
	planned int        // its place among those that have; -1: none

	once   sync.Once
	opened atomic.Bool // registered, or given up before
}

// Invitation tells what a link shows now, and how far this browser's friend
// has come. A bad link is an invitation with a problem, not an error.
func (h *Host) Invitation(ctx context.Context, code, browser string, from netip.Addr) (party.Invitation, error) {
	l, err := h.linkOf(ctx, "", code, h.guesser(browser, from))
	if err != nil {
		return noLink(err)
	}
	_, v, err := h.lookOnward(ctx, l, h.looker(l, browser))
	return v, err
}

// GameOf tells which game a link leads to, as it is stored; "" of one that leads
// nowhere.
func (h *Host) GameOf(ctx context.Context, code, browser string, from netip.Addr) (party.GameID, error) {
	l, err := h.linkOf(ctx, "", code, h.guesser(browser, from))
	if err != nil && failure(err).Code != party.NotFound {
		return "", failure(err)
	}
	return l.Game, nil
}

// noLink says of a code that leads nowhere that it does.
func noLink(err error) (party.Invitation, error) {
	if failure(err).Code == party.NotFound {
		return party.Invitation{Problem: party.NotFound}, nil
	}
	return party.Invitation{}, failure(err)
}

// looker is a browser that looks at a link.
func (h *Host) looker(l link, browser string) party.Hold {
	return party.Hold{Seat: h.seat(browser, l.Invite), Browser: h.mark(browser)}
}

// look is what a link shows to somebody.
func (h *Host) look(ctx context.Context, l link, of party.Hold) (party.Invitation, error) {
	shown := make(chan party.Invitation, 1)
	return h.visit(ctx, l, shown, func(p *live) { shown <- p.invitation(l, of) })
}

// visit runs fn on the loop of the party a link leads to, and returns what fn
// then sends to shown, or what is wrong with the link. fn may still run after
// the context has ended.
func (h *Host) visit(ctx context.Context, l link, shown <-chan party.Invitation, fn func(*live)) (party.Invitation, error) {
	v := party.Invitation{Game: l.Game, Invite: l.Invite}
	if _, err := h.active(l.Game); err != nil {
		v.Problem = failure(err).Code
		return v, nil
	}
	failed := make(chan error, 1)
	h.with(ref(l.Game, l.Party), func(p *live, err error) {
		if err != nil {
			failed <- err
			return
		}
		fn(p)
	})
	select {
	case v = <-shown:
		return v, nil
	case err := <-failed:
		if failure(err).Code == party.NotFound {
			v.Problem = party.Ended
			return v, nil
		}
		return v, failure(err)
	case <-ctx.Done():
	case <-h.ctx.Done():
	}
	return v, &party.Error{Code: party.Unavailable}
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
func (p *live) invitation(l link, of party.Hold) party.Invitation {
	of = l.hold(of)
	seat := of.Seat
	if _, err := p.h.active(p.state.Game); err != nil {
		return party.Invitation{Game: p.state.Game, Invite: of.Invite, Problem: failure(err).Code}
	}
	v := p.state.Invitation(of, now(), p.status, p.elsewhere)
	if l.forgotten(v.Problem) {
		v.Problem = party.Expired
	}
	if seat == "" {
		return v
	}
	a := p.state.Arrival(seat, p.status)
	if a.Stage == party.Pressed {
		page := p.pageAt(seat)
		reason, left := p.gone[seat]
		switch {
		case v.Declined != 0:
			a.Stage, a.Reason, a.Until = party.Gone, string(party.ReasonDeclined), v.Declined
		case left:
			a.Stage, a.Reason = party.Gone, string(reason)
		case page == nil || !page.started && page.problem == "":
			return v
		default:
			a.Name = p.h.friendly(p.state.Game, string(seat))
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
	l, err := h.linkOf(ctx, "", code, h.guesser(browser, from))
	if err != nil {
		return "", failure(err)
	}
	of := h.looker(l, browser)
	l, v, err := h.lookOnward(ctx, l, of)
	if err != nil {
		return "", err
	}
	if v.Problem != "" && v.Onward != party.OnwardJoin {
		return "", &party.Error{Code: v.Problem}
	}
	seat := of.Seat
	text, hash := auth.Ticket(string(seat))
	if err := h.replaceTicket(ctx, seat, ticket{link: l, Hash: hash, Browser: h.mark(browser)}); err != nil {
		return "", failure(err)
	}
	h.with(ref(l.Game, l.Party), func(p *live, err error) {
		if err == nil {
			p.pressed(seat)
			p.whisper(whisper{Pressed: seat})
		}
	})
	return text, nil
}

// OpenPage registers a live invite page. Updates bring the newest invitation, at
// once, when its seat is held, and on every change, of those at most every 250 ms
// and to a crowd more rarely.
// A link that is dead from the start gets one update and no more.
func (h *Host) OpenPage(ctx context.Context, code, browser string, from netip.Addr) (*Page, error) {
	return h.openPage(ctx, code, browser, "", "", from)
}

func (h *Host) openPage(ctx context.Context, code, browser string, player party.PlayerID, name string, from netip.Addr) (*Page, error) {
	page := &Page{
		updates: make(chan *party.Invitation, 1), left: make(chan struct{}),
		browser: h.mark(browser), player: player, name: name,
	}
	if h.o.Unlimited == nil || !h.o.Unlimited(from) {
		page.home = home(from)
	}
	l, err := h.linkOf(ctx, "", code, h.guesser(browser, from))
	if err != nil {
		return page.never(noLink(err))
	}
	of := h.looker(l, browser)
	of.Player = player
	l = h.onward(ctx, l, of)
	page.link, page.seat = l, of.Seat
	if page.started, err = h.hasPressed(ctx, l, page.seat); err != nil {
		return nil, err
	}
	opened := make(chan party.Invitation, 1)
	dead, err := h.visit(ctx, l, opened, func(p *live) {
		if page.opened.CompareAndSwap(false, true) {
			p.open(page)
			opened <- party.Invitation{}
		}
	})
	if err == nil && dead.Problem == "" {
		return page, nil
	}
	if !page.opened.CompareAndSwap(false, true) {
		<-opened
		page.Close()
	}
	return page.never(dead, err)
}

// never is a page whose link is dead from the start: it says so and no more.
func (page *Page) never(dead party.Invitation, err error) (*Page, error) {
	if err != nil {
		return nil, err
	}
	page.updates <- &dead
	return page, nil
}

// hasPressed finds out whether the browser has a ticket that nobody redeemed:
// Start was pressed before its page came, or before the server started.
func (h *Host) hasPressed(ctx context.Context, l link, seat party.SeatID) (bool, error) {
	if seat == "" {
		return false, nil
	}
	recalled, err := await(ctx, h, func(done func(bool, error)) {
		h.with(ref(l.Game, l.Party), func(p *live, err error) { done(err == nil && p.knowsStart(seat), nil) })
	})
	if err != nil || recalled {
		return recalled, err
	}
	t, _, err := h.ticketOf(ctx, l.Game, seat)
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
	h := limit.HomeOf(a)
	if !h.IsValid() {
		return ""
	}
	return auth.Hash("home " + h.String())[:12]
}

// Updates brings the invitation as it changes; the newest replaces one that
// was not taken. Pages that show the same share it: it must not be changed.
func (page *Page) Updates() <-chan *party.Invitation { return page.updates }

// Visible says whether the page can be seen now.
func (page *Page) Visible(yes bool) {
	if page.p == nil {
		return
	}
	page.p.post(func() {
		t := now()
		if page.since != 0 {
			page.visible += page.since.Until(t)
		}
		page.since = 0
		if yes {
			page.since = t
		}
		page.plan()
		page.p.schedule()
	})
}

// Close says that the page is gone. A seat it held lapses after 90 s.
func (page *Page) Close() {
	page.once.Do(func() {
		close(page.left)
		if page.p != nil {
			page.p.post(func() { page.p.leaves(page) })
		}
	})
}
